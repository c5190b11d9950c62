module RobustMeta.Tests.Evaluation.EvaluatorTests

open System
open System.Collections.Immutable
open Expecto
open RobustMeta.Data
open RobustMeta.Engine
open RobustMeta.Evaluation
open RobustMeta.Experiments
open RobustMeta.Models
open RobustMeta.Runtime
open RobustMeta.Settings
open RobustMeta.Tasks

let private users, items = 6, 15

/// Each user rated nine of the items; every value from 1 to 5 occurs, so queries hold both kinds.
let private ratings =
    let cells =
        [
            for u in 0 .. users - 1 do
                for n, i in Seq.indexed (Seeds.Generator(3L, "items", $"{u}").Permutation items |> Seq.take 9) do
                    u, i, float32 (1 + (n + u) % 5)
        ]

    let column select = ImmutableArray.CreateRange(List.map select cells)

    Ratings(
        "tiny",
        Vocabulary.Of(Seq.init users (fun u -> $"user {u}")),
        Vocabulary.Of(Seq.init items (fun i -> $"item {i}")),
        column (fun (u, _, _) -> u),
        column (fun (_, i, _) -> i),
        column (fun (_, _, y) -> y),
        ImmutableArray.Empty,
        FeatureTable.Empty users,
        FeatureTable.Empty items,
        ReadReport(cells.Length)
    )

let private source label = TaskSource(ratings, label, 4.0)

/// The first two ratings of a user are the support; some of the other seven the query.
let private task user (query: int seq) =
    let rows = ratings.RowsOf(user).ToArray()

    UserTask(
        user,
        ImmutableArray.Create<int>(rows[0], rows[1]),
        ImmutableArray.CreateRange(query |> Seq.map (fun i -> rows[i]))
    )

let private everyone = ImmutableArray.CreateRange(Seq.init users (fun u -> task u [ 2..8 ]))

let private scoring name (score: TaskBatch -> float32[]) =
    { new IPredictor with
        member _.Name = name
        member _.ScoresAreLabels = true
        member _.Predict batch = score batch
    }

let private byItem = scoring "by item" (fun batch -> [| for i in batch.QueryItems -> float32 (7 * i % items) |])

let private evaluator label (metrics: string list) rule =
    let metrics = ImmutableArray.CreateRange(metrics |> List.map Metric.Parse)
    Evaluator(source label, metrics, CandidateRule.Parse rule, 9L)

let private evaluate metrics (tasks: UserTask seq) =
    (evaluator LabelKind.Click metrics "labelled").Evaluate(byItem, 3, ImmutableArray.CreateRange tasks)

let private candidatesOf (batch: TaskBatch) b =
    [ for i in batch.QueryStarts[b] .. batch.QueryStarts[b + 1] - 1 -> batch.QueryItems[i], batch.QueryLabels[i] ]

let private applied label rule seed (tasks: ImmutableArray<UserTask>) =
    let source = source label
    let batch = source.Batch(tasks, ReadOnlySpan [| 0 .. tasks.Length - 1 |])
    batch, CandidateRule.Parse(rule: string).Apply(batch, source, seed)

let private rules =
    testList
        "candidates"
        [
            testCase "labelled ranks the query itself"
            <| fun () ->
                let before, after = applied LabelKind.Click "labelled" 1L everyone
                Expect.isTrue (obj.ReferenceEquals(before, after)) "the same batch"

            testCase "sampled N and all hold the positives, and of the rest nothing that the user rated"
            <| fun () ->
                for label in [ LabelKind.Click; LabelKind.Rating ] do
                    let relevant = if label = LabelKind.Click then 1.0f else 4.0f

                    for rule, unseen in [ "sampled 4", 4; "sampled 6", 6; "sampled 100", 6; "all", 6 ] do
                        let before, after = applied label rule 1L everyone
                        Expect.equal after.SupportItems before.SupportItems "supports stay"

                        for b in 0 .. users - 1 do
                            let positives = candidatesOf before b |> List.filter (fun (_, y) -> y >= relevant)
                            let rated = set [ for row in ratings.RowsOf(b).ToArray() -> ratings.ItemIndex[row] ]
                            let kept, added = candidatesOf after b |> List.partition (fun (_, y) -> y >= relevant)
                            Expect.equal kept positives $"{rule}: positives of user {b}"
                            Expect.equal added.Length unseen $"{rule}: unseen of user {b}"

                            Expect.equal
                                (added |> List.map fst |> List.distinct |> List.length)
                                added.Length
                                "each once"

                            for i, y in added do
                                Expect.isFalse (rated.Contains i) $"{rule}: user {b} rated {i}"
                                Expect.isTrue (Single.IsNaN y) "no label"

            testCase "the draw follows seed and user, not the batch"
            <| fun () ->
                let draw seed tasks =
                    applied LabelKind.Click "sampled 3" seed (ImmutableArray.CreateRange<UserTask> tasks) |> snd

                let whole = draw 1L everyone
                let drawn batch b = candidatesOf batch b |> List.map fst
                let alone = [ for u in 0 .. users - 1 -> drawn (draw 1L [ everyone[u] ]) 0 ]
                Expect.equal (List.init users (drawn whole)) alone "alone as in a batch"
                Expect.notEqual (List.init users (drawn (draw 2L everyone))) alone "another seed"

            testCase "what is no rule is refused"
            <| fun () ->
                for text in [ "sampled"; "sampled 0"; "sampled -1"; "sampled x"; "al"; "" ] do
                    Expect.throwsC (fun () -> CandidateRule.Parse text |> ignore) (fun error ->
                        Expect.isTrue (error :? SettingException) text
                        Expect.stringContains error.Message "sampled N" text)
        ]

let private rows =
    testList
        "rows"
        [
            testCase "one a user and metric, named as the data names them"
            <| fun () ->
                let found = evaluate [ "HR@3"; "MAE" ] everyone

                let expected =
                    [
                        for u in 0 .. users - 1 do
                            for m in [ "HR@3"; "MAE" ] -> "by item", 3, $"user {u}", m
                    ]

                Expect.equal [ for r in found -> r.Method, r.TestSet, r.User, r.Metric ] expected "rows"

            testCase "the value is that of the metric on the user's own query"
            <| fun () ->
                for row in evaluate [ "MAE" ] everyone do
                    let user = ratings.Users.Find(row.User).Value
                    let rows = ratings.RowsOf(user).ToArray()[2..]

                    let errors =
                        [
                            for r in rows ->
                                abs (
                                    float (7 * ratings.ItemIndex[r] % items)
                                    - (if ratings.Values[r] >= 4.0f then 1.0 else 0.0)
                                )
                        ]

                    Expect.floatClose Accuracy.high row.Value (List.average errors) row.User

            testCase "draws of one user are averaged"
            <| fun () ->
                let draws = [ task 1 [ 2; 3; 4; 5 ]; task 1 [ 4; 5; 6 ]; task 1 [ 5; 6; 7; 8 ] ]
                let single = [ for draw in draws -> (Seq.exactlyOne (evaluate [ "MAE" ] [ draw ])).Value ]
                Expect.isGreaterThan (List.distinct single).Length 1 "the draws differ"
                let together = evaluate [ "MAE" ] (draws @ [ task 2 [ 2; 3 ] ])
                Expect.equal [ for r in together -> r.User ] [ "user 1"; "user 2" ] "rows"
                Expect.floatClose Accuracy.high together[0].Value (List.average single) "mean"

            testCase "metrics that rank are measured on the same draws, errors on all"
            <| fun () ->
                // User 0 rated 3, 4, 5, 1, 2, 3, 4 in places 2 to 8.
                let negative, mixed = task 0 [ 2; 5; 6 ], task 0 [ 2; 3; 4 ]
                Expect.isEmpty (evaluate [ "AUC"; "NDCG@2" ] [ negative ]) "undefined"
                let metrics (rows: UserResult seq) = [ for r in rows -> r.Metric ]

                Expect.equal
                    (metrics (evaluate [ "AUC"; "Precision@2"; "MAE" ] [ negative ]))
                    [ "MAE" ]
                    "precision alone would be over other users"

                Expect.equal
                    (List.ofSeq (evaluate [ "AUC"; "Precision@2" ] [ negative; mixed ]))
                    (List.ofSeq (evaluate [ "AUC"; "Precision@2" ] [ mixed ]))
                    "means"

                let measured = evaluator LabelKind.Click [ "AUC"; "Precision@2"; "MAE" ] "labelled"
                Expect.equal (measured.WithoutRanking(ImmutableArray.Create(negative, mixed))) 1 "counted"

            testCase "the same again, whatever the order of the tasks"
            <| fun () ->
                for rule in [ "labelled"; "sampled 3"; "all" ] do
                    let constant = scoring "alike" (fun batch -> Array.zeroCreate batch.QueryItems.Length)

                    let run (tasks: UserTask seq) =
                        let e = evaluator LabelKind.Click [ "NDCG@2"; "MRR@2" ] rule

                        e.Evaluate(constant, 0, ImmutableArray.CreateRange tasks)
                        |> List.ofSeq
                        |> List.sortBy (fun r -> r.User, r.Metric)

                    Expect.equal (run everyone) (run everyone) rule
                    Expect.equal (run (Seq.rev everyone)) (run everyone) $"{rule}, reversed"
        ]

let private refusals =
    testList
        "refusals"
        [
            testCase "a wrong number of scores"
            <| fun () ->
                let short = scoring "short" (fun batch -> Array.zeroCreate (batch.QueryItems.Length - 1))
                let run () = (evaluator LabelKind.Click [ "AUC" ] "labelled").Evaluate(short, 0, everyone)

                Expect.throwsC (fun () -> run () |> ignore) (fun error ->
                    Expect.isTrue (error :? ArgumentException) "kind"
                    Expect.stringContains error.Message "short returned 41 scores for 42" "message")

            testCase "a metric that gives no number is named, before a model is trained"
            <| fun () ->
                let metric =
                    { new Metric("Broken", true) with
                        override _.Value _ = Nullable nan
                    }

                let metrics = ImmutableArray.Create metric
                let broken = Evaluator(source LabelKind.Click, metrics, CandidateRule(Nullable()), 1L)

                Expect.throwsC (fun () -> broken.WithoutRanking everyone |> ignore) (fun error ->
                    Expect.isTrue (error :? SettingException) "kind"
                    Expect.stringContains error.Message "The metric Broken gives NaN for a user with 7" "message")

            testCase "a cut-off that holds the whole query"
            <| fun () ->
                Expect.throwsT<SettingException> (fun () -> evaluate [ "NDCG@7" ] everyone |> ignore) "seven of seven"
                Expect.isNonEmpty (evaluate [ "NDCG@6" ] everyone) "six of seven"
        ]

let private engines =
    let dataset =
        lazy
            (let world = SyntheticRatings.Generate(SyntheticSpec(Users = 40, Items = 60), 2L)
             Dataset(world.Ratings, 4.0, ImmutableArray.Create "segment", ImmutableArray.Create "category"))

    testList
        "evaluating leaves parameters and state bit-identical"
        [
            for model in ModelSpec.Registry.All.Keys do
                testCase model
                <| fun () ->
                    let settings =
                        [
                            "embeddingDim", "4"
                            "testQueryLength", "11"
                            "validationFraction", "0.2"
                            "testFraction", "0.3"
                        ]

                    let spec = ExperimentSpec.Of(model, [| for k, v in settings -> struct (k, v) |])
                    let prepared = PreparedExperiment.Of(spec, dataset.Value)

                    let built =
                        spec.Meta.Model.Create(
                            prepared.SchemaOf(spec.Meta.Features),
                            spec.Meta.Features.EmbeddingScale,
                            spec.Split.Label
                        )

                    use engine = new AutogradEngine(built, built.CreateParameters 1L)
                    let before = engine.Parameters.Snapshot()
                    let first = prepared.Evaluate(EnginePredictor("engine", engine))
                    Expect.isNonEmpty first "rows"

                    Expect.equal
                        (List.ofSeq (prepared.Evaluate(EnginePredictor("engine", engine))))
                        (List.ofSeq first)
                        "again"

                    let bits (arrays: ImmutableArray<float32[]>) =
                        [ for a in arrays -> Array.map BitConverter.SingleToInt32Bits a ]

                    Expect.equal (bits (engine.Parameters.Snapshot())) (bits before) "bits"
        ]

let private orders =
    testCase "scores that only order items have no error metric"
    <| fun () ->
        let order =
            { new IPredictor with
                member _.Name = "order"
                member _.ScoresAreLabels = false
                member _.Predict batch = byItem.Predict batch
            }

        let rows = (evaluator LabelKind.Click [ "AUC"; "LogLoss" ] "labelled").Evaluate(order, 0, everyone)
        Expect.all rows (fun row -> row.Metric = "AUC") "AUC alone"
        Expect.isNonEmpty rows "and that is measured"

[<Tests>]
let tests = testList "Evaluator" [ rules; rows; refusals; engines; orders ]
