/// A small finished run of any model, and its test users as they would come to a service.
module RobustMeta.Tests.ServedRun

open System
open System.Collections.Generic
open System.Collections.Immutable
open System.IO
open RobustMeta.Data
open RobustMeta.Experiments
open RobustMeta.Runtime
open RobustMeta.Serving
open RobustMeta.Tasks

let private world = lazy SyntheticRatings.Generate(SyntheticSpec(Users = 60, Items = 50), 2L)

/// A data set of ratings of the synthetic kind.
let dataset (ratings: Ratings) =
    Dataset(ratings, 4.0, ImmutableArray.Create "segment", ImmutableArray.Create "category")

/// The same rows as purchases: every one is a positive, and negatives are drawn.
let positives () =
    let all = dataset world.Value.Ratings

    Dataset(all.Ratings, 0.5, all.UserFeatures, all.ItemFeatures, Feedback = FeedbackKind.Positives)

let private small =
    [ "testQueryLength", "11"; "validationFraction", "0.2"; "testFraction", "0.2"; "baselines", "none" ]

let private ofModels = [ "epoch", "1"; "embeddingDim", "4"; "levels", "none" ]

type Run = { Prepared: PreparedExperiment; Result: MethodResult; Folder: string }

/// Trains a model on some data and writes its folder below a root.
let trainOn (dataset: Dataset) (root: string) (model: string) (settings: (string * string) list) =
    let isModel = RobustMeta.Models.ModelSpec.Registry.All.ContainsKey model
    let all = small @ (if isModel then ofModels else []) @ settings |> List.rev |> List.distinctBy fst
    let spec = ExperimentSpec.Of(model, [| for k, v in all -> struct (k, v) |])
    let prepared = PreparedExperiment.Of(spec, dataset)
    let result = ExperimentRunner.Run(prepared, spec)
    let folder = RunFolder(root, spec)
    folder.Write(prepared, result)
    { Prepared = prepared; Result = result; Folder = folder.Path }

/// Trains a model on a small world.
let train (root: string) (model: string) (settings: (string * string) list) =
    trainOn (dataset world.Value.Ratings) root model settings

/// A user's ratings: item and value.
let ratingsOf (run: Run) (rows: ImmutableArray<int>) =
    let ratings = run.Prepared.Dataset.Ratings
    [ for row in rows -> struct (ratings.Items[ratings.ItemIndex[row]], ratings.Values[row]) ]

let itemsOf run rows = [| for struct (item, _) in ratingsOf run rows -> item |]

/// A user's features as text.
let featuresOf (run: Run) (user: int) : IReadOnlyDictionary<string, string> =
    let features = Dictionary<string, string>()

    for column in run.Prepared.Dataset.Ratings.UserFeatures.Columns do
        match column with
        | :? TokenColumn as c when c.Name = "segment" -> features.Add(c.Name, c.Vocabulary[c.Tokens[user]])
        | _ -> ()

    features

/// The model after adaptation to a test user.
let adapt (model: ColdStartModel) run (task: UserTask) = model.For(ratingsOf run task.Support, featuresOf run task.User)

/// Serves the users of a file, a line each (`item value item value …`), in a process of its own that does nothing else, and
/// prints whether libtorch was loaded.
let serveAlone (folder: string) (ratings: string list) =
    use model = ColdStartModel.Load folder

    let rated =
        ratings
        |> List.chunkBySize 2
        |> List.map (fun pair -> struct (pair[0], Single.Parse(pair[1], Globalization.CultureInfo.InvariantCulture)))

    let best = model.For(rated).Recommend 3

    let isLoaded =
        File.ReadLines "/proc/self/maps" |> Seq.exists _.Contains("libtorch", StringComparison.OrdinalIgnoreCase)

    printfn $"recommended {best.Count}; libtorch loaded: {isLoaded}; route: {NativeLibraries.Route}"
    0
