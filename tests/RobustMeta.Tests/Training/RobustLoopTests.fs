/// The loop that the examples write out by hand trains as the library does.
module RobustMeta.Tests.Training.RobustLoopTests

open System.Collections.Immutable
open Expecto
open RobustMeta.Data
open RobustMeta.Engine
open RobustMeta.Examples
open RobustMeta.Models
open RobustMeta.Robustness
open RobustMeta.Tasks
open RobustMeta.Training

let private world = lazy SyntheticRatings.Generate(SyntheticSpec(Users = 30, Items = 60), 3L).Ratings
let private seed = 4L
let private spec = TrainerSpec(Lr = 0.1, Gamma = 0.9, BatchSize = 7, Epoch = 3, Clip = 0.0, WeightDecay = 0.0)

let private robust set = ReweighterSpec(Set = set, TaskWeightLr = 0.3, SampleWeightLr = 0.2)

// Models, tasks and engines of both loops are made alike and apart.
let private start () =
    let ratings = world.Value
    let source = TaskSource(ratings, LabelKind.Rating, 4.0)
    let tasks = TaskSplit.Of(ratings, TaskSplitSpec(), seed).MetaTrain
    let features = FeatureSpec(UserFeatures = [], ItemFeatures = [])
    let schema = InputSchemaBuilder.Build(ratings, tasks, features)
    let model = MeLUSpec().Create(schema, 0.1, LabelKind.Rating)
    let parameters = model.CreateParameters seed
    source, tasks, model, new FusedEngine(model, parameters, 1, 0)

let private valuesOf (engine: IMetaGradientEngine) =
    [ for parameter in engine.Parameters.All -> parameter.Name, List.ofSeq parameter.Values ]

[<Tests>]
let tests =
    testList
        "the robust loop by hand"
        [
            for set in [ "simplex"; "chi2 0.25"; "cvar 0.5" ] do
                testCase $"gives the trainer's parameters and weights over {set}"
                <| fun () ->
                    let source, tasks, _, engine = start ()
                    use engine = engine
                    let before = valuesOf engine
                    let byHand = RobustLoop(engine, source, tasks, AmbiguitySet.Parse set)
                    byHand.Train(spec, 0.3, 0.2, seed)

                    let source, tasks, model, other = start ()
                    use other = other
                    let reweighter = Reweighter.Fit(robust set, source, tasks, null, seed)
                    // The last epoch always is the best: the trainer gives it back.
                    let mutable epochs = 0

                    let newest =
                        ValidationCriterion(
                            "newest",
                            true,
                            fun _ ->
                                epochs <- epochs + 1
                                float epochs
                        )

                    Trainer(spec, other, reweighter, source, tasks, newest, seed, model.Phases).Run() |> ignore

                    Expect.notEqual (valuesOf engine) before "has learned"
                    Expect.equal (valuesOf engine) (valuesOf other) "parameters"

                    if set = "simplex" then
                        // The trainer defers projections onto it, which moves last digits.
                        for user in 0 .. tasks.Length - 1 do
                            Expect.floatClose
                                { absolute = 1e-12; relative = 1e-12 }
                                reweighter.Weights.Users[user]
                                byHand.UserWeights[user]
                                $"weight of user {user}"
                    else
                        Expect.equal byHand.UserWeights reweighter.Weights.Users "user weights"

                    for user in 0 .. tasks.Length - 1 do
                        Expect.equal
                            byHand.InteractionWeights[user]
                            (reweighter.Weights.Of(user).ToArray())
                            $"interaction weights of user {user}"

                    Expect.exists byHand.UserWeights (fun weight -> abs (weight - 1.0) > 0.01) "weights have moved"
        ]
