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
                Expect.equal (melu.Robust(ChiSquareBallSet 0.3).DisplayName) "MeLU+Both" "no preset"
                Expect.equal (name "MeLU" [ "offset", "bias"; "levels", "none" ]) "MeLU-offset" "on the bias offset"
                Expect.equal (name "EASE" []) "EASE" "a baseline"
                Expect.stringContains (melu.Robust("robustmeta").Meaning) "cross-fitted" "meaning of the preset"

                Expect.equal
                    (names [ specOf "MeLU" [ "method", "bias" ]; specOf "bias" [] ])
                    [ "bias (model MeLU)"; "bias (model bias)" ]
                    "two methods under one name"

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
