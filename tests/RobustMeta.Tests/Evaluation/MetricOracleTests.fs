/// Every metric beside its definition written out over a list, with ties, one class, no candidates, and scores that are no numbers.
module RobustMeta.Tests.Evaluation.MetricOracleTests

open System
open Expecto
open RobustMeta.Evaluation
open RobustMeta.Tasks
open RobustMeta.Tests.Properties

let private rank (scores: float32[]) (labels: float32[]) =
    RankedQuery.Of(
        3,
        ReadOnlySpan [| 0 .. scores.Length - 1 |],
        ReadOnlySpan scores,
        ReadOnlySpan labels,
        BinaryRelevance 4.0,
        TieRule.SeededRandom,
        7L
    )

let private discount rank = 1.0 / Math.Log2(float rank + 2.0)
let private gain (relevant: bool list) = relevant |> List.mapi (fun i r -> if r then discount i else 0.0) |> List.sum

/// Values by definition, of the relevance of the ranking; nothing where the metric is undefined.
let private byDefinition (k: int) (relevant: bool list) : (string * float option) list =
    let top = List.truncate k relevant
    let positives = relevant |> List.filter id |> List.length
    let hits = top |> List.filter id |> List.length
    let defined value = if positives = 0 then None else Some value
    let best = List.init k (fun i -> i < positives)
    let chance = float positives / float relevant.Length * gain (List.replicate k true)

    let precisions =
        [
            for i in 0 .. top.Length - 1 do
                if top[i] then
                    float (top[..i] |> List.filter id |> List.length) / float (i + 1)
        ]

    [
        $"Precision@{k}", Some(float hits / float k)
        $"Recall@{k}", defined (float hits / float positives)
        $"F1@{k}",
        (let p, r = float hits / float k, float hits / float positives in
         defined (if hits = 0 then 0.0 else 2.0 * p * r / (p + r)))
        $"HR@{k}", defined (if hits > 0 then 1.0 else 0.0)
        $"MRR@{k}",
        defined (
            match List.tryFindIndex id top with
            | Some i -> 1.0 / float (i + 1)
            | None -> 0.0
        )
        $"MAP@{k}", defined (List.sum precisions / float (min k positives))
        $"NDCG@{k}", defined (gain top / gain best)
        $"RNDCG@{k}",
        (if positives = 0 || positives = relevant.Length then
             None
         else
             Some((gain top - chance) / (gain best - chance)))
    ]

let private errors (scores: float32[]) (labels: float32[]) =
    let differences = Array.map2 (fun s y -> float s - float y) scores labels
    let logistic score isRelevant = Math.Log(1.0 + Math.Exp(if isRelevant then -score else score))

    [
        "MAE", Array.averageBy abs differences
        "RMSE", sqrt (Array.averageBy (fun d -> d * d) differences)
        "LogLoss", Array.averageBy (fun (s, y) -> logistic (float s) (y >= 4.0f)) (Array.zip scores labels)
    ]

let private agrees name expected query =
    match expected, Option.ofNullable (Metric.Parse(name).Evaluate query) with
    | None, None -> ()
    | Some a, Some b -> Expect.floatClose Accuracy.high b a name
    | _, found -> failtest $"{name} is {found}; expected {expected}"

[<Tests>]
let tests =
    testList
        "Metrics by definition"
        [
            propertyOf 1000 "all metrics of a ranking, with ties and one class"
            <| fun (cells: (byte * byte) list) (cut: byte) ->
                let cells = (1uy, 1uy) :: (2uy, 2uy) :: cells
                // Few different scores, so that many tie; labels of 0 to 5.
                let scores = [| for s, _ in cells -> float32 (s % 5uy) - 2.0f |]
                let labels = [| for _, y in cells -> float32 (y % 6uy) |]
                let query = rank scores labels
                Expect.equal (Seq.sort query.Scores |> List.ofSeq) (Array.sort scores |> List.ofArray) "the same scores"
                Expect.isTrue (query.Scores |> Seq.pairwise |> Seq.forall (fun (a, b) -> a >= b)) "highest first"
                let k = 1 + int cut % (cells.Length - 1)

                for name, expected in byDefinition k (List.ofSeq query.Relevant) do
                    agrees name expected query

                for name, expected in errors scores labels do
                    agrees name (Some expected) query

            testCase "no candidates have no value, whatever the metric"
            <| fun () ->
                let query = rank [||] [||]

                for name in [ "AUC"; "MAE"; "RMSE"; "LogLoss" ] do
                    agrees name None query

            testCase "arrays of one's own are ranked, and refused where their lengths differ"
            <| fun () ->
                let query = RankedQuery.Of([| 0.1f; 0.9f; 0.5f |], [| 1.0f; 0.0f; 1.0f |])
                Expect.equal (List.ofSeq query.Relevant) [ false; true; true ] "ranked"

                Expect.throwsT<ArgumentException>
                    (fun () -> RankedQuery.Of([| 0.1f; 0.9f |], [| 1.0f |]) |> ignore)
                    "lengths"

            property "a score that is no finite number is refused before it is ranked first"
            <| fun (place: byte) ->
                for odd in [ Single.NaN; Single.PositiveInfinity; Single.NegativeInfinity ] do
                    let scores = Array.init 5 (fun i -> if i = int place % 5 then odd else float32 i)
                    Expect.throwsT<ScoreException> (fun () -> rank scores (Array.create 5 1.0f) |> ignore) "refused"
        ]
