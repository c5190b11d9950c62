/// What every reference must hold to, those of a user too: `ReferenceContract.test (MyReference())` is a test list.
module RobustMeta.Tests.Robustness.ReferenceContract

open System
open Expecto
open RobustMeta.Data
open RobustMeta.Models.Baselines
open RobustMeta.Robustness.References
open RobustMeta.Tasks

let private world = lazy SyntheticRatings.Generate(SyntheticSpec(Users = 60, Items = 50, MinRatings = 20), 5L)
let private split = lazy TaskSplit.Of(world.Value.Ratings, TaskSplitSpec(), 5L)

let private fit (kind: ReferenceKind) (source: TaskSource) =
    // The model of references that train one: the mean of each item.
    let model = Func<_, IPredictor>(fun tasks -> ItemMeanSpec().Fit(source, tasks, 5L))
    kind.Fit(ReferenceInput(source, split.Value.MetaTrain, ReferenceSpec(Reference = kind), model, 5L))

/// Means per user, then the excess over the reference, of some losses of all training queries.
let private answers (reference: Reference) (batch: TaskBatch) (losses: float32[]) =
    let means, excess = Array.zeroCreate<float> batch.Count, Array.zeroCreate<float> losses.Length
    reference.UserMeans(batch, Span means)
    reference.Excess(batch, ReadOnlySpan losses, Span excess)
    means, excess

let private check (kind: ReferenceKind) label =
    let source = TaskSource(world.Value.Ratings, label, 4.0)
    let batch = source.All split.Value.MetaTrain
    let losses = Array.init batch.QueryItems.Length (fun i -> float32 (i % 7) / 7f)
    let reference = fit kind source
    let means, excess = answers reference batch losses
    Expect.all excess Double.IsFinite "finite"

    for u in 0 .. batch.Count - 1 do
        let own = [ batch.QueryStarts[u] .. batch.QueryStarts[u + 1] - 1 ]
        let mean = own |> List.averageBy (fun j -> float losses[j] - excess[j])
        Expect.isLessThan (abs (mean - means[u])) 1e-6 $"mean reference loss of user {u}"

    Expect.equal (answers (fit kind source) batch losses) (means, excess) "the same when fitted again"
    Expect.equal (not (isNull reference.Predictor)) kind.Predicts "predicts as it says"

    if kind.Predicts then
        Expect.equal reference.Scores.Length losses.Length "a score of every training query"
        let scores = reference.Predictor.Predict(source.All split.Value.Test)
        Expect.all scores Single.IsFinite "scores of unseen users"

/// The suite.
let test (kind: ReferenceKind) =
    testList
        $"contract of the reference {kind.Name}"
        [
            testCase $"{kind.Name} says what losses are measured against"
            <| fun () ->
                Expect.isNotEmpty kind.Meaning "meaning"
                Expect.isLessThanOrEqual kind.Meaning.Length 100 "one line"

            for label in [ LabelKind.Click; LabelKind.Rating ] do
                testCase $"{kind.Name}, {label}: excess is loss minus a finite loss, whose means it tells"
                <| fun () -> check kind label
        ]
