module RobustMeta.Tests.Experiments.SelectByTests

open System.Collections.Immutable
open System.IO
open Expecto
open RobustMeta.Data
open RobustMeta.Evaluation
open RobustMeta.Experiments
open RobustMeta.Models.Baselines
open RobustMeta.Settings
open RobustMeta.Shift
open RobustMeta.Tasks
open RobustMeta.Tests.TempFolder

let private dataset =
    lazy
        (let world = SyntheticRatings.Generate(SyntheticSpec(Users = 400, Items = 100), 2L)
         Dataset(world.Ratings, 4.0, [| "segment" |], [| "category" |]))

let private prepared settings =
    let spec = RobustMeta.Scripts.Experiment.spec "popularity" settings
    PreparedExperiment.Of(spec, dataset.Value)

let private popularity (prepared: PreparedExperiment) = PopularitySpec().Fit(ExperimentFit prepared)

let private value settings =
    let prepared = prepared settings
    prepared.Validation.Evaluate.Invoke(popularity prepared)

[<Tests>]
let tests =
    testList
        "Selection rule"
        [
            testCase "the texts of rules, and what is none"
            <| fun () ->
                for text in [ "mean"; "worst"; "cvar 0.1" ] do
                    Expect.equal (string (SelectionRule.Parse text)) text "round trip"

                for text in [ "best"; "cvar"; "cvar 0"; "cvar 1.5"; "cvar x" ] do
                    Expect.throwsC (fun () -> prepared [ "selectBy", text ] |> ignore) (fun error ->
                        Expect.stringContains error.Message "selectBy" text)

            testCase "a fraction takes the users that the metric is worst for, whichever its direction"
            <| fun () ->
                let rule = SelectionRule.Parse "cvar 0.5"
                Expect.floatClose Accuracy.high (rule.Of([| 4.0; 1.0; 3.0; 2.0 |], true)) 1.5 "lowest"
                Expect.floatClose Accuracy.high (rule.Of([| 4.0; 1.0; 3.0; 2.0 |], false)) 3.5 "highest error"

                Expect.equal
                    (SelectionRule.WorstOf([ 0.2; 0.1 ], true), SelectionRule.WorstOf([ 0.2; 0.1 ], false))
                    (0.1, 0.2)
                    "worst"

            testCase "the worst of shifted validation sets is the lowest of their means"
            <| fun () ->
                let worst = prepared [ "selectBy", "worst" ]
                let found = worst.Validation.Evaluate.Invoke(popularity worst)

                let split =
                    TaskSplit(
                        worst.Split.MetaTrain,
                        worst.Split.Validation,
                        worst.Split.Validation,
                        worst.Split.Dropped
                    )

                let seed = worst.Spec.Seed
                let input = ShiftInput(worst.Source, split, 11, seed)
                let metrics = ImmutableArray.Create(Metric.Parse "NDCG@10")
                let evaluator = Evaluator(worst.Source, metrics, CandidateRule.Parse "labelled", seed)

                let byHand =
                    [
                        for set in ExponentialTilt().TestSets input ->
                            evaluator.Evaluate(popularity worst, set.Number, set.Tasks) |> Seq.averageBy _.Value
                    ]

                Expect.floatClose Accuracy.high found (List.min byHand) "the lowest of the sets' means"

            testCase "the criterion says which rule was taken, and a cvar is below the mean"
            <| fun () ->
                Expect.equal (prepared []).Validation.Name "NDCG@10" "mean"
                Expect.equal (prepared [ "selectBy", "worst" ]).Validation.Name "worst NDCG@10" "worst"
                Expect.equal (prepared [ "selectBy", "cvar 0.2" ]).Validation.Name "cvar 0.2 NDCG@10" "cvar"
                Expect.isLessThan (value [ "selectBy", "cvar 0.2" ]) (value []) "the worst fifth"

            testCase "shifts whose sets are the test's own are refused"
            <| fun () ->
                for shift in [ "quadrants"; "itemColdStart" ] do
                    Expect.throwsC
                        (fun () -> prepared [ "shift", shift; "selectBy", "worst"; "metrics", "NDCG@2" ] |> ignore)
                        (fun error -> Expect.stringContains error.Message "selectBy" shift)

            testCase "a given validation file chooses the epoch"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "v.csv")
                    let ratings = dataset.Value.Ratings
                    let random = System.Random 1

                    File.WriteAllLines(
                        path,
                        [
                            "user,item,rating"
                            for user in ratings.Users.Tokens do
                                for item in ratings.Items.Tokens do
                                    if random.NextDouble() < 0.5 then
                                        $"{user},{item},{1 + random.Next 5}"
                        ]
                    )

                    let own = value [ "shift", "givenTest"; "testData", path ]
                    let given = value [ "shift", "givenTest"; "testData", path; "validationData", path ]
                    Expect.notEqual given own "other ratings, another value")

            testCase "with items as tasks, items are measured, each on users who rated it"
            <| fun () ->
                let prepared = prepared [ "taskOf", "item"; "minRatings", "20" ]
                let rows = prepared.Evaluate(popularity prepared)
                let items = Set.ofSeq dataset.Value.Ratings.Items.Tokens
                Expect.isNonEmpty rows "results"
                Expect.all rows (fun row -> items.Contains row.User) "the column of users holds items"
        ]
