module RobustMeta.Tests.Tasks.TaskSplitTests

open System
open System.Collections.Immutable
open Expecto
open RobustMeta.Data
open RobustMeta.Tasks

let private world = lazy SyntheticRatings.Generate(SyntheticSpec(Users = 200, Items = 80, MinRatings = 20), 1L)
let private split spec seed = TaskSplit.Of(world.Value.Ratings, spec, seed)
let private parts (s: TaskSplit) = [ s.MetaTrain; s.Validation; s.Test ]
let private spec = TaskSplitSpec()

let private slice b (starts: ImmutableArray<int>) (xs: 'a seq) =
    xs |> Seq.skip starts[b] |> Seq.take (starts[b + 1] - starts[b]) |> List.ofSeq

let private batchOf (source: TaskSource) tasks (positions: int[]) = source.Batch(tasks, ReadOnlySpan positions)

let private requireLabels kind (labelOf: int -> float32) (s: TaskSplit) =
    let ratings = world.Value.Ratings
    let batch = batchOf (TaskSource(ratings, kind, 4.0)) s.MetaTrain [| 3; 0 |]

    let require b (task: UserTask) =
        let items (rows: ImmutableArray<int>) = [ for r in rows -> ratings.ItemIndex[r] ]
        let labels (rows: ImmutableArray<int>) = [ for r in rows -> labelOf r ]
        Expect.equal (slice b batch.SupportStarts batch.SupportItems) (items task.Support) "support items"
        Expect.equal (slice b batch.QueryStarts batch.QueryItems) (items task.Query) "query items"
        Expect.equal (slice b batch.SupportStarts batch.SupportLabels) (labels task.Support) "support labels"
        Expect.equal (slice b batch.QueryStarts batch.QueryLabels) (labels task.Query) "query labels"

    Expect.equal (List.ofSeq batch.Positions) [ 3; 0 ] "positions"
    require 0 s.MetaTrain[3]
    require 1 s.MetaTrain[0]

[<Tests>]
let tests =
    testList
        "TaskSplit"
        [
            testCase "every user is in one part, in shares 8:1:1"
            <| fun () ->
                let s = split spec 1L
                let users = parts s |> List.collect (fun p -> [ for t in p -> t.User ])
                Expect.equal (List.sort users) [ 0..199 ] "all users, once"
                Expect.equal (parts s |> List.map _.Length) [ 160; 20; 20 ] "shares"

            testCase "support and query are disjoint ratings of the user, of the lengths asked for"
            <| fun () ->
                let s = split (TaskSplitSpec(SupportSize = 12, QueryLength = 15, PoolLength = 25)) 1L
                let ratings = world.Value.Ratings

                for longest, part in [ 15, s.MetaTrain; 15, s.Validation; 25, s.Test ] do
                    for task in part do
                        let own = ratings.RowsOf(task.User).ToArray()
                        let rows = Seq.append task.Support task.Query |> List.ofSeq
                        Expect.equal (List.distinct rows).Length rows.Length "disjoint"
                        Expect.isTrue (rows |> List.forall (fun r -> Array.contains r own)) "the user's own"
                        Expect.equal task.Support.Length (min 12 (own.Length / 2)) "support"
                        Expect.equal task.Query.Length (min longest (own.Length - task.Support.Length)) "query"

            testCase "the MeLU rule: 13..100 ratings, the query ten of them, the support the rest"
            <| fun () ->
                let s = split TaskSplitSpec.Melu 1L
                let ratings = world.Value.Ratings

                for task in Seq.concat (parts s) do
                    let own = ratings.RowsOf(task.User).Length
                    Expect.isTrue (own >= 13 && own <= 100) "activity"
                    Expect.equal (task.Query.Length, task.Support.Length) (10, own - 10) "lengths"

                let kept = parts s |> List.sumBy _.Length
                Expect.equal (kept + Seq.sum s.Dropped.Values) 200 "every dropped user is counted"

            testCase "dropped users are counted by reason"
            <| fun () ->
                let lengths = [ for u in 0..199 -> world.Value.Ratings.RowsOf(u).Length ]
                let s = split (TaskSplitSpec(MinRatings = 30, MaxRatings = 50, UserNum = 40)) 1L
                let eligible = lengths |> List.filter (fun n -> n >= 30 && n <= 50) |> List.length

                Expect.equal
                    s.Dropped[DropReason.TooFewRatings]
                    (lengths |> List.filter (fun n -> n < 30) |> List.length)
                    "few"

                Expect.equal
                    s.Dropped[DropReason.TooManyRatings]
                    (lengths |> List.filter (fun n -> n > 50) |> List.length)
                    "many"

                Expect.equal s.Dropped[DropReason.BeyondUserNum] (eligible - 40) "cap"

            testCase "same seed, same split; a user's support depends on nobody else"
            <| fun () ->
                let key (s: TaskSplit) = parts s |> List.map (fun p -> [ for t in p -> t.User, List.ofSeq t.Support ])
                Expect.equal (key (split spec 5L)) (key (split spec 5L)) "same seed"
                Expect.notEqual (key (split spec 5L)) (key (split spec 6L)) "other seed"

                let supports s =
                    parts s |> List.collect (fun p -> [ for t in p -> t.User, List.ofSeq t.Support ]) |> Map.ofList

                let all, capped = supports (split spec 5L), supports (split (TaskSplitSpec(UserNum = 50)) 5L)
                Expect.equal capped.Count 50 "cap"

                for KeyValue(user, support) in capped do
                    Expect.equal support all[user] "same support among fewer users"

            testCase "too few users are refused, with the filters that dropped them"
            <| fun () ->
                Expect.throwsC (fun () -> split (TaskSplitSpec(MinRatings = 5000)) 1L |> ignore) (fun e ->
                    Expect.stringContains e.Message "200 with fewer ratings than minRatings" "reason")

            testCase "batches hold the tasks' items and labels"
            <| fun () ->
                let s = split spec 1L
                requireLabels LabelKind.Click (fun r -> if world.Value.Ratings.Values[r] >= 4.0f then 1.0f else 0.0f) s
                requireLabels LabelKind.Rating (fun r -> world.Value.Ratings.Values[r]) s

            testCase "batches cover every task once"
            <| fun () ->
                let source = TaskSource(world.Value.Ratings, LabelKind.Click, 4.0)
                let all = source.Batches((split spec 1L).MetaTrain, 32) |> Seq.collect _.Positions
                Expect.equal (Seq.sort all |> List.ofSeq) [ 0..159 ] "positions"
        ]
