module RobustMeta.Tests.Robustness.ReferenceTests

open System
open System.Collections.Immutable
open Expecto
open RobustMeta.Data
open RobustMeta.Robustness
open RobustMeta.Robustness.References
open RobustMeta.Settings
open RobustMeta.Tasks
open RobustMeta.Tests

let private world = lazy SyntheticRatings.Generate(SyntheticSpec(Users = 60, Items = 50, MinRatings = 20), 5L)
let private split = lazy TaskSplit.Of(world.Value.Ratings, TaskSplitSpec(), 5L)
let private source label = TaskSource(world.Value.Ratings, label, 4.0)
let private tasks () = split.Value.MetaTrain

let private batchOf (source: TaskSource) (tasks: ImmutableArray<UserTask>) =
    source.Batch(tasks, ReadOnlySpan [| 0 .. tasks.Length - 1 |])

let private lossOf label score y =
    if label = LabelKind.Click then
        log (1.0 + exp score) - y * score
    else
        (score - y) ** 2.0

let private queryOf (batch: TaskBatch) u = [ batch.QueryStarts[u] .. batch.QueryStarts[u + 1] - 1 ]

let private close (a: float) (b: float) text = Expect.isTrue (abs (a - b) < 1e-5) $"{text}: {a} and {b}"

/// A predictor with the users that it was trained on and given scores.
type private Known(users: Set<int>, score: int -> float32) =
    member _.Users = users

    interface IPredictor with
        member _.Name = "known"
        member _.ScoresAreLabels = true
        member _.Predict batch = [| for item in batch.QueryItems -> score item |]

[<Tests>]
let tests =
    testList
        "References"
        [
            testCase "bias: a user's losses do not depend on the user's own query labels"
            <| fun () ->
                for label in [ LabelKind.Click; LabelKind.Rating ] do
                    let source = source label
                    let tasks = tasks ()
                    let train = batchOf source tasks
                    let reference = BiasReference.Of(source, tasks)

                    for u in [ 0; 7; 20 ] do
                        // The same statistics from a world in which the user's query does not exist: the other users alone.
                        let others = tasks.RemoveAt u
                        let alone = BiasReference.Of(source, others).Predictor
                        let own = alone.Predict(source.Batch(tasks, ReadOnlySpan [| u |]))

                        queryOf train u
                        |> List.iteri (fun j i ->
                            // The global mean still counts the user: one part in sixty.
                            let score = float (reference.Scores.Span[i])
                            Expect.isTrue (abs (score - float own[j]) < 0.05) $"{label}: {score} and {own[j]}"

                            close
                                reference.Losses[i]
                                (lossOf label score (float train.QueryLabels[i]))
                                "loss of the score")

            testCase "entropy and user constants: one number per user, the least that constants reach"
            <| fun () ->
                for label in [ LabelKind.Click; LabelKind.Rating ] do
                    let source = source label
                    let train = batchOf source (tasks ())
                    let entropy = EntropyReference.Of(source, tasks ())
                    let least = UserConstantReference.Of(source, tasks ())

                    for u in 0 .. train.Count - 1 do
                        let own = queryOf train u
                        let labels = own |> List.map (fun i -> float train.QueryLabels[i])
                        let mean = List.average labels

                        let best =
                            if label = LabelKind.Rating then
                                labels |> List.averageBy (fun y -> (y - mean) ** 2.0)
                            elif mean = 0.0 || mean = 1.0 then
                                0.0
                            else
                                labels |> List.averageBy (lossOf label (log (mean / (1.0 - mean))))

                        for i in own do
                            close entropy.Losses[i] best "entropy"
                            close least.Losses[i] least.Losses[own.Head] "constant"

                    // Fitted to the query itself, the bias model is better on average than out of sample.
                    Expect.isLessThan
                        (Seq.average least.Losses)
                        (Seq.average (BiasReference.Of(source, tasks ()).Losses))
                        "fine-tuned"

            testCase "cross-fitting: each user is scored by a predictor that was fitted without him"
            <| fun () ->
                let source = source LabelKind.Click
                let tasks = tasks ()
                let fitted = ResizeArray<Set<int>>()

                let fit (part: ImmutableArray<UserTask>) : IPredictor =
                    let users = set [ for t in part -> t.User ]
                    fitted.Add users
                    Known(users, fun item -> float32 fitted.Count * 0.1f + float32 item * 0.01f)

                let reference = CrossFittedReference.Of(source, tasks, 3, fit, 9L)
                let train = batchOf source tasks
                Expect.equal fitted.Count 3 "folds"
                let everyone = set [ for t in tasks -> t.User ]
                let left = [ for users in fitted -> everyone - users ]
                Expect.equal (List.sumBy Set.count left) tasks.Length "every user is left out once"
                Expect.equal (Set.unionMany left) everyone "every user is left out"
                Expect.isTrue (left |> List.forall (fun l -> abs (l.Count - tasks.Length / 3) <= 1)) "even folds"

                for u in 0 .. tasks.Length - 1 do
                    let fold = left |> List.findIndex (Set.contains tasks[u].User)

                    for i in queryOf train u do
                        // All predictors are asked after the last was fitted or right after their own fit; either way
                        // a score that depends on the fold shows which one was used.
                        let score = reference.Scores.Span[i]
                        close (float score) (0.1 * float (fold + 1) + 0.01 * float train.QueryItems[i]) "score"

                Expect.throwsT<SettingException>
                    (fun () -> CrossFittedReference.Of(source, tasks, 1, fit, 9L) |> ignore)
                    "one fold"

            testCase "item averages: the excess is over what was seen before, shrunk, with forgetting"
            <| fun () ->
                let batch = TinyWorld.batch [ { User = 0; Support = [ 0, 1f ]; Query = [ 1, 1f; 2, 0f; 1, 0f ] } ]
                let reference = ItemAverageReference(TinyWorld.items, 50.0)
                let excess = Array.zeroCreate 3
                reference.Excess(batch, ReadOnlySpan [| 1f; 2f; 3f |], Span excess)
                Expect.equal excess [| 1.0; 2.0; 3.0 |] "nothing is known at first"

                for _ in 1..2000 do
                    reference.Excess(batch, ReadOnlySpan [| 1f; 2f; 3f |], Span excess)

                // Item 1 averages 2 over two of three observations, as does everything: so does item 2.
                Array.iter2 (fun e x -> Expect.isTrue (abs (e - x) < 0.05) $"%A{excess}") excess [| -1.0; 0.0; 1.0 |]

            testCase "the best reference by validation is taken, and none where the plain model is better than all"
            <| fun () ->
                let source = source LabelKind.Click
                let check = ReferenceCheck(source, split.Value.Validation)
                let bias = BiasReference.Of(source, tasks ())
                let bad = Known(Set.empty, fun _ -> 5f) :> IPredictor
                let train = batchOf source (tasks ())
                let losses = ImmutableArray.CreateRange(Seq.replicate train.QueryItems.Length 1.0)
                let poor = FixedReference("poor", train, losses, ImmutableArray.Empty, bad)

                let chosen (candidates: Reference list) plain =
                    let struct (reference, losses) = check.Choose(Array.ofList candidates, plain)
                    reference.Name, [ for l in losses -> l.Name, l.IsChosen ]

                Expect.equal
                    (chosen [ poor; bias ] bad)
                    ("bias", [ "plain", false; "poor", false; "bias", true ])
                    "bias is the best"

                // No better than itself.
                Expect.equal (chosen [ bias ] bias.Predictor) ("none", [ "plain", true; "bias", false ]) "a tie"
                Expect.equal (fst (chosen [ poor ] bias.Predictor)) "none" "worse"

                let choice (candidates: Reference list) plain =
                    let struct (_, losses) = check.Choose(Array.ofList candidates, plain)
                    ReferenceCheck.Choice losses

                Expect.stringStarts (choice [ poor; bias ] bad) "reference 'bias' has a mean loss of " "kept"
                Expect.stringContains (choice [ poor; bias ] bad) "less than the plainly trained model" "by how much"
                Expect.stringStarts (choice [ poor ] bias.Predictor) "no reference, and no adversary" "dropped"
                Expect.stringContains (choice [ poor ] bias.Predictor) "more than the plainly" "by how much"
                let named = check.Compare(poor, bias.Predictor)
                Expect.equal [ for l in named -> l.IsChosen ] [ false; true ] "a named reference is kept"

                let warning (candidate: Reference) plain =
                    let struct (_, losses) = check.Choose([| candidate |], plain)
                    ReferenceCheck.Warning losses

                Expect.isNull (warning bias bad) "better than the model"
                Expect.stringContains (warning poor bias.Predictor) "'poor'" "worse than the model"

            testCase "the loss of the check is the mean over users of the mean over their queries"
            <| fun () ->
                let source = source LabelKind.Click
                let validation = split.Value.Validation
                let batch = batchOf source validation
                let score = fun item -> float32 (item % 5) - 2f

                let expected =
                    List.average
                        [
                            for u in 0 .. batch.Count - 1 ->
                                queryOf batch u
                                |> List.averageBy (fun i ->
                                    lossOf
                                        LabelKind.Click
                                        (float (score batch.QueryItems[i]))
                                        (float batch.QueryLabels[i]))
                        ]

                let bias = BiasReference.Of(source, tasks ())
                let check = ReferenceCheck(source, validation)
                let struct (_, losses) = check.Choose([| bias |], Known(Set.empty, score))
                close losses[0].Loss expected "plain model"

            testCase "a spec fits each kind of reference, and needs a model to cross-fit"
            <| fun () ->
                let fit kind model =
                    SettingList
                        .With(ReferenceSpec(), [ Collections.Generic.KeyValuePair("reference", kind) ])
                        .Fit(source LabelKind.Click, tasks (), model, 1L)

                let known = Func<ImmutableArray<UserTask>, IPredictor>(fun _ -> Known(Set.empty, fun _ -> 0f))

                for kind in ReferenceKind.Registry.All.Values do
                    if kind.Name <> "auto" then
                        let reference: Reference = fit kind.Name known
                        Expect.equal reference.Name kind.Name "name"
                        Expect.equal (isNull reference.Predictor) (not kind.Predicts) $"{kind}: predicts"
                        Expect.equal reference.Scores.IsEmpty (not kind.Predicts) $"{kind}: has scores"

                Expect.throwsT<SettingException> (fun () -> fit "crossfit" null |> ignore) "no model"
                Expect.throwsT<SettingException> (fun () -> fit "auto" known |> ignore) "no validation users"
        ]
