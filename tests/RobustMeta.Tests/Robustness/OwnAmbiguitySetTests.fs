/// A set of one's own, written in F# outside the library: it can be named in specs and fulfils the contract; and the contract
/// finds sets that are wrong.
module RobustMeta.Tests.Robustness.OwnAmbiguitySetTests

open System
open Expecto
open RobustMeta.Robustness
open RobustMeta.Robustness.Sets
open RobustMeta.Runtime
open RobustMeta.Experiments
open RobustMeta.Settings

/// Uniform weights, a fraction of which an adversary may place anywhere (ε-contamination, Huber 1964).
type ContaminationSet(fraction: float) =
    inherit AmbiguitySet("contamination", fraction, (fun size -> ContaminationSet size))
    new() = ContaminationSet 0.2
    override _.UniformWeight n = 1.0 / float n

    override _.ProjectCore weights =
        let least = (1.0 - fraction) / float weights.Length

        for i in 0 .. weights.Length - 1 do
            weights[i] <- weights[i] - least

        SimplexProjection.Apply(weights, fraction)

        for i in 0 .. weights.Length - 1 do
            weights[i] <- weights[i] + least

    override _.BestResponseCore(losses, weights) =
        SimplexSet().BestResponse(losses, weights)

        for i in 0 .. weights.Length - 1 do
            weights[i] <- (1.0 - fraction) / float weights.Length + fraction * weights[i]

    override _.DualValueCore losses =
        (1.0 - fraction) * UniformSet().DualValue losses + fraction * SimplexSet().DualValue losses

    override _.ContainsCore(weights, tolerance) =
        let mutable least = infinity

        for weight in weights do
            least <- min least weight

        least >= (1.0 - fraction) / float weights.Length - tolerance && SimplexSet().Contains(weights, tolerance)

/// A simplex with one thing wrong.
type private Wrong(best, dual, project) =
    inherit AmbiguitySet("wrong")
    override _.UniformWeight n = 1.0 / float n
    override _.ProjectCore weights = if project then weights.Fill 0.1 else SimplexSet().Project weights
    override _.ContainsCore(weights, tolerance) = SimplexSet().Contains(weights, tolerance)
    override _.DualValueCore losses = SimplexSet().DualValue losses - (if dual then 1e-3 else 0.0)

    override _.BestResponseCore(losses, weights) =
        if best then
            weights.Clear()
            weights[0] <- 1.0
        else
            SimplexSet().BestResponse(losses, weights)

let private broken (set: AmbiguitySet) =
    [
        for name, check in AmbiguitySetContract.checks do
            let failed =
                [ 1L .. 20L ]
                |> List.exists (fun seed ->
                    try
                        check set (Seeds.Generator(seed, "wrong"))
                        false
                    with _ ->
                        true)

            if failed then
                name
    ]

[<Tests>]
let tests =
    testList
        "a set of one's own"
        [
            for fraction in [ 0.2; 0.7; 1.0 ] do
                AmbiguitySetContract.tests (ContaminationSet fraction)

            testCase "can be named in specs once it is registered"
            <| fun () ->
                AmbiguitySet.Registry.Replace(ContaminationSet())

                let spec =
                    ExperimentSpec.Of("MeLU", struct ("set", "contamination 0.35"), struct ("ascent", "bestResponse"))

                Expect.equal (AmbiguitySet.Parse spec.Meta.Robustness.Set) (ContaminationSet 0.35) "the set"
                Expect.contains AmbiguitySet.Names "contamination 0.2" "names"

                Expect.throwsT<SettingException>
                    (fun () -> AmbiguitySet.Parse "contaminaton" |> ignore)
                    "a wrong name is refused"

                Expect.throwsT<ArgumentException>
                    (fun () -> AmbiguitySet.Registry.Add(ContaminationSet()))
                    "a second one of the name"

            testCase "the contract finds what is wrong with a set"
            <| fun () ->
                Expect.isEmpty (broken (Wrong(false, false, false))) "nothing wrong"

                for best, dual, project, check in
                    [
                        true, false, false, "the best response is a member and reaches the dual value"
                        false, true, false, "the best response is a member and reaches the dual value"
                        false, false, true, "the projection is a member and satisfies the variational inequality"
                    ] do
                    Expect.contains (broken (Wrong(best, dual, project))) check $"{best} {dual} {project}"
        ]
