/// What the synthetic world is for, end to end: adaptation helps, and robust training helps the minority.
module RobustMeta.Tests.Experiments.SyntheticWorldTests

open Expecto
open RobustMeta.Data
open RobustMeta.Evaluation
open RobustMeta.Experiments
open RobustMeta.Scripts

let private dataset = lazy (DatasetCatalog.Default.Load "synthetic")

let private shared =
    [
        "epoch", "25"
        "gamma", "0.93"
        "weightDecay", "0.0003"
        "optimizer", "adam"
        "lr", "0.005"
        "localLr", "0.5"
        "embeddingDim", "16"
        "supportSize", "8"
        "testFraction", "0.3"
        "testUserFraction", "0.2"
        "metrics", "NDCG@10"
    ]

/// One split of some hundred test users says little about a method: the seeds' test users are pooled.
let private seeds = [ 1128; 1129; 1130 ]

/// (seed, test set, user) → NDCG@10.
let private train seeds (settings: (string * string) list) =
    dict
        [
            for seed in seeds do
                let spec = Experiment.spec "MeLU" (shared @ settings @ [ "seed", string seed ])
                let result = ExperimentRunner.Run(PreparedExperiment.Of(spec, dataset.Value), spec)

                for row in result.Users do
                    (seed, row.TestSet, row.User), row.Value
        ]

let private plain = lazy (train seeds [ "preset", "plain" ])

let private isMinority (user: string) =
    let group = dataset.Value.Ratings.UserFeatures.Find "group" :?> TokenColumn
    group.Vocabulary[group.Tokens[dataset.Value.Ratings.Users.Find(user).Value]] = SyntheticRatings.MinorityToken

/// Differences from plain training, paired by seed and user.
let private gains (own: System.Collections.Generic.IDictionary<int * int * string, float>) part =
    [|
        for KeyValue((_, testSet, user) as key, value) in own do
            if part testSet user then
                value - plain.Value[key]
    |]

let private worst = 4

[<Tests>]
let tests =
    testList
        "Synthetic world"
        [
            testCase "adaptation beats no adaptation"
            <| fun () ->
                let without = train (List.take 1 seeds) [ "preset", "plain"; "innerSteps", "0" ]
                let losses = gains without (fun testSet _ -> testSet = 2)
                Expect.isLessThan (Array.average losses) -0.02 "mean"
                Expect.isLessThan (Significance.Wilcoxon losses) 1e-6 "paired test"

            testCase "robust training helps the minority and the farthest shift"
            <| fun () ->
                let robust = train seeds [ "preset", "user"; "taskWeightLr", "0.1" ]

                for name, part in
                    [
                        "minority", (fun testSet user -> testSet = 2 && isMinority user)
                        "farthest shift", (fun testSet _ -> testSet = worst)
                    ] do
                    let found = gains robust part
                    Expect.isGreaterThan (Array.average found) 0.01 name
                    Expect.isLessThan (Significance.PairedT found) 0.05 $"{name}: paired test"
        ]
