/// Experiments made of typed values, and names of the methods that they compare.
module RobustMeta.Tests.Experiments.ExperimentTests

open System
open System.IO
open Expecto
open RobustMeta.Evaluation
open RobustMeta.Experiments
open RobustMeta.Models
open RobustMeta.Models.Baselines
open RobustMeta.Robustness
open RobustMeta.Robustness.Sets
open RobustMeta.Shift
open RobustMeta.Tasks
open RobustMeta.Tests.TempFolder
open RobustMeta.Training

let private quick = TrainerSpec(Epoch = 1)
let private melu = MetaMethodSpec(MeLUSpec(HiddenDim1 = 4, HiddenDim2 = 4), Training = quick)
let private small = TaskSplitSpec(UserNum = 120)
let private names (specs: ExperimentSpec list) = List.ofSeq (MethodNames.Of specs)
let private specOf model settings = ExperimentSpec.Of(model, [| for k, v in settings -> struct (k, v) |])

[<Tests>]
let tests =
    testList
        "Experiment"
        [
            testCase "typed values are the experiment that strings describe"
            <| fun () ->
                let typed =
                    Experiment("ml-100k", MetaMethodSpec(MeLUSpec(HiddenDim1 = 64)).Robust(ChiSquareBallSet 0.25))
                        .Measured(Ndcg().At(10), Recall().At(10))
                        .Shifted(ExponentialTilt(Betas = [| 0.0; 1.0 |]))
                        .Seeded(3L)

                let text =
                    specOf
                        "MeLU"
                        [
                            "dataset", "ml-100k"
                            "hiddenDim1", "64"
                            "set", "chi2 0.25"
                            "ascent", "bestResponse"
                            "metrics", "NDCG@10,Recall@10"
                            "betas", "0,1"
                            "seed", "3"
                        ]

                Expect.equal (Seq.exactlyOne typed.Specs).Text text.Text "one text"

            testCase "a model, a robust model and a baseline are compared in one experiment"
            <| fun () ->
                within (fun root ->
                    let experiment =
                        Experiment("synthetic", melu.Plain(), melu.Robust "paper", EaseSpec())
                            .Split(small)
                            .Measured(Ndcg().At(10))
                            .Beside("popularity", "EASE")

                    let comparison = experiment.Run root
                    let found = comparison.Rows |> Seq.map _.Method |> Seq.distinct |> List.ofSeq
                    Expect.equal found [ "MeLU"; "MeLU+paper"; "EASE"; "popularity" ] "EASE once"
                    Expect.hasLength (Directory.GetDirectories root) 3 "a folder of each method"
                    Expect.sequenceEqual (experiment.Run root).Rows comparison.Rows "read again"
                    Expect.hasLength (comparison.Means "NDCG@10") (4 * 5) "means"
                    Expect.equal comparison.Axis "beta" "axis")

            testCase "two settings of one model are two rows, named by what differs; the same twice is one"
            <| fun () ->
                within (fun root ->
                    let wide = MetaMethodSpec(MeLUSpec(HiddenDim1 = 6, HiddenDim2 = 4), Training = quick).Plain()

                    let comparison =
                        Experiment("synthetic", melu.Plain(), wide, melu.Plain(), EaseSpec(Regularization = 30.0))
                            .Split(small)
                            .Measured(Ndcg().At(10))
                            .Beside("EASE")
                            .Run
                            root

                    Expect.equal
                        (comparison.Rows |> Seq.map _.Method |> Seq.distinct |> List.ofSeq)
                        [ "MeLU (hiddenDim1 4)"; "MeLU (hiddenDim1 6)"; "EASE"; "EASE (defaults)" ]
                        "four methods"

                    for _, rows in comparison.Rows |> Seq.groupBy _.Method do
                        let users = rows |> Seq.map (fun row -> row.TestSet, row.User) |> List.ofSeq
                        Expect.equal (List.distinct users) users "no user twice")

            testCase "a name says what is trained"
            <| fun () ->
                let name model settings = (specOf model settings).MethodName
                Expect.equal (name "MeLU" [ "levels", "none" ]) "MeLU" "plain"
                Expect.equal (name "MeLU" []) (name "MeLU" [ "levels", "both" ]) "the default by another way"
                Expect.equal (melu.Robust("robustmeta").DisplayName) "MeLU+robustmeta" "a preset"
                Expect.equal (melu.Robust(ChiSquareBallSet 0.3).DisplayName) "MeLU+chi2 0.3" "no preset"
                Expect.equal (name "MeLU" [ "offset", "bias"; "levels", "none" ]) "MeLU-offset" "on the bias offset"
                Expect.equal (name "EASE" []) "EASE" "a baseline"
                Expect.stringContains (melu.Robust("robustmeta").Meaning) "cross-fitted" "meaning of the preset"

                Expect.equal
                    (names [ specOf "MeLU" [ "method", "mine" ]; specOf "bias" [ "method", "mine" ] ])
                    [ "mine (model MeLU)"; "mine (model bias)" ]
                    "two methods under one name"

            testCase "settings without a preset have a name that tells them"
            <| fun () ->
                let set = [ "ascent", "bestResponse"; "set", "chi2 0.3" ]

                for settings, expected in
                    [
                        set, "chi2 0.3"
                        ("levels", "user") :: set, "user chi2 0.3"
                        ("levels", "interaction") :: set, "interaction chi2 0.3"
                        ("interactionSet", "kl 0.2") :: set, "chi2 0.3 and kl 0.2"
                        ("reference", "bias") :: set, "chi2 0.3 over bias"
                        [ "set", "chi2 0.3" ], "chi2 0.3 projectedGradient"
                        [ "levels", "none"; "distill", "0.3"; "reference", "bias" ], "distill 0.3 bias"
                        [ "levels", "both"; "interactionRule", "focal" ], "simplex and focal projectedGradient"
                        [ "reference", "bias" ], "simplex projectedGradient over bias"
                    ] do
                    let spec = specOf "MeLU" settings
                    Expect.equal spec.MethodName $"MeLU+{expected}" "name"

                    Expect.equal
                        (spec.With(struct ("method", spec.MethodName))).Hash.Length
                        12
                        "it may be given by hand"

            testCase "a name of another method or preset is refused; a name of one's own is not"
            <| fun () ->
                for name in
                    [
                        "MeLU+robustmeta"
                        "melu"
                        "bias"
                        "EASE"
                        "MeLU-offset"
                        "MetaSGD+paper"
                        "MeLU+chi2 0.3"
                        "MeLU+user kl 0.1"
                    ] do
                    Expect.throwsC (fun () -> specOf "MeLU" [ "method", name ] |> ignore) (fun error ->
                        Expect.stringContains error.Message $"method is '{name}'" "the name"
                        Expect.stringContains error.Message "'MeLU+paper'" "what is trained")

                for name in [ "MeLU+paper"; "mine"; "MeLU+mine"; "robustmeta"; "my MeLU" ] do
                    Expect.equal (specOf "MeLU" [ "method", name ]).MethodName name "taken"

                let onOffset = specOf "MeLU" [ "offset", "bias"; "levels", "none"; "method", "MeLU" ]
                Expect.equal onOffset.MethodName "MeLU" "the offset need not be said"

                // What is changed after the name was given must not make it wrong.
                let spec = specOf "MeLU" [ "method", "MeLU+paper" ]
                Expect.throws (fun () -> spec.With(struct ("levels", "none")) |> ignore) "no longer the paper's method"

            testCase "a baseline is fitted to a reference's folds as a model is; one that only orders is refused"
            <| fun () ->
                within (fun root ->
                    let against reference =
                        let references =
                            References.ReferenceSpec(
                                Reference = References.CrossFittedReference(),
                                ReferenceModel = reference
                            )

                        MetaMethodSpec(
                            MeLUSpec(HiddenDim1 = 4),
                            Training = quick,
                            Robustness = ReweighterSpec(References = references)
                        )

                    let run reference = Experiment("synthetic", against reference).Split(small).Beside().Run root
                    Expect.isNonEmpty (run "EASE").Rows "EASE as reference"

                    Expect.throwsC (fun () -> run "popularity" |> ignore) (fun error ->
                        Expect.stringContains error.Message "only orders items" "says why"))

            testCase "an experiment without a method is refused"
            <| fun () -> Expect.throwsT<ArgumentException> (fun () -> Experiment "synthetic" |> ignore) "no method"
        ]
