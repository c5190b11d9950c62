module RobustMeta.Tests.Evaluation.MetricContractTests

open System
open System.Collections.Immutable
open Expecto
open RobustMeta.Evaluation
open RobustMeta.Experiments
open RobustMeta.Settings
open RobustMeta.Tasks

/// A metric from outside: the fraction of the first K that are not relevant.
type Misses() =
    inherit Metric("Misses", false, true)
    override this.Value query = Nullable(1.0 - float (this.Hits query) / float this.Cutoff)

/// A wrong metric: precision that counts its places by the candidates' scores.
type PositionBiased() =
    inherit Metric("PositionBiased", true, true)
    override _.Value query = Nullable(float query.Scores[0] / 10.0)

/// Another: it takes the worst ranking for the best.
type TurnedRound() =
    inherit Metric("TurnedRound", true, true)
    override this.Value query = Nullable(1.0 - float (this.Hits query) / float this.Cutoff)

/// A third: undefined where the best candidate is not relevant.
type Evasive() =
    inherit Metric("Evasive", true, true)
    override _.Value query = if query.Relevant[0] then Nullable 1.0 else Nullable()

let private precision k (relevant: bool list) =
    Some(float (relevant |> List.truncate k |> List.filter id |> List.length) / float k)

let private foreign =
    testList
        "a metric added from F#"
        [
            testCase "is parsed, measured and keeps the contract"
            <| fun () ->
                Metric.Registry.Replace(Misses())
                let metric = Metric.Parse "misses@3"
                Expect.equal metric.Name "Misses@3" "name"
                Expect.isEmpty (MetricContract.violations metric) "contract"

                let spec = ExperimentSpec.Of("MeLU", struct ("metrics", "Misses@5,NDCG@5"))
                let names = [ for m in spec.Evaluation.MetricsFor LabelKind.Click -> m.Name ]
                Expect.equal names [ "Misses@5"; "NDCG@5" ] "in specs"

            testCase "an unknown name still lists all"
            <| fun () ->
                Expect.throwsC (fun () -> Metric.Parse "NDGC@10" |> ignore) (fun error ->
                    Expect.isTrue (error :? SettingException) "kind"
                    Expect.stringContains error.Message "did you mean 'NDCG'" "nearest"
                    Expect.stringContains error.Message "RNDCG@K" "all")

            testCase "an example keeps its cut-off when another is asked for"
            <| fun () ->
                let example = Metric.Registry.Named "NDCG"
                Expect.equal ((example.At 3).Name, example.Name) ("NDCG@3", "NDCG@10") "a copy"
                Expect.throws (fun () -> (Metric.Registry.Named "AUC").At 3 |> ignore) "no cut-off"
                Expect.throws (fun () -> example.At 0 |> ignore) "below one"
        ]

let private wrong =
    testList
        "wrong metrics break the contract"
        [
            for metric: Metric, rule in
                [
                    PositionBiased() :> Metric, "the ranking alone counts"
                    TurnedRound(), "no ranking is better"
                    Evasive(), "whether it is defined"
                ] do
                testCase metric.Kind
                <| fun () ->
                    let broken = MetricContract.violations metric |> List.map fst |> String.concat "; "
                    Expect.stringContains broken rule "the rule"
        ]

[<Tests>]
let tests =
    testList
        "Metric contract"
        [
            testList
                "every registered metric"
                [ for metric in Metric.Registry.All.Values -> MetricContract.test metric ]
            foreign
            wrong
            MetricContract.agreesWith precision (Metric.Parse "Precision@4")
        ]
