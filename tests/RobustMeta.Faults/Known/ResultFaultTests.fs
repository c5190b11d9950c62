/// Faults that users of similar software met, each as the smallest input that shows it: what results must be.
module RobustMeta.Faults.Known.ResultFaultTests

open System
open System.Diagnostics
open System.IO
open Expecto
open RobustMeta.Data
open RobustMeta.Evaluation
open RobustMeta.Experiments
open RobustMeta.Settings
open RobustMeta.Faults.Commands
open RobustMeta.Faults.Known
open RobustMeta.Scripts
open RobustMeta.Tests.TempFolder

let private rows = Mini.rows Mini.stars
let private small = [ "epoch", "1"; "hiddenDim1", "4"; "hiddenDim2", "4"; "embeddingDim", "2" ]

let private says (parts: string list) (act: unit -> unit) =
    match Expect.throwsC act id with
    | :? SettingException
    | :? ArgumentException as error ->
        for part in parts do
            Expect.stringContains error.Message part "message"
    | other -> failtest $"{other.GetType().Name}: {other.Message}"

let private unseen =
    testCase "unseen items are not relevant where ratings from zero on are"
    <| fun () ->
        within (fun root ->
            let rows = Mini.rows (fun random user item -> string (int (Mini.stars random user item) - 3))
            let data = Mini.load root (Mini.table "0" "") [ "r.csv", Mini.text rows ]

            let measured name =
                Mini.run
                    data
                    (Mini.spec
                        name
                        [ "label", "rating"; "candidates", "sampled 20"; "metrics", "NDCG@10,Precision@10" ])
                |> snd

            let random = measured "random"
            Expect.isLessThan (Mini.mean "NDCG@10" random) 0.8 "chance"
            Expect.isLessThan (Mini.mean "Precision@10" random) 0.8 "chance")

let private pooled =
    testCase "two settings of one model are two methods, and none takes the name of a baseline"
    <| fun () ->
        within (fun root ->
            let data = Mini.dataset root rows

            let given lr =
                Mini.spec "MeLU" (small @ [ "baselines", "bias" ]) |> Experiment.vary [ "preset", "plain"; "lr", lr ]

            let specs = [ given "0.001"; given "1.0" ]
            let prepared = PreparedExperiment.Of(specs.Head, data)
            let users (spec: ExperimentSpec) = ExperimentRunner.Run(prepared, spec).Users
            let comparison = Comparison.Of(prepared, specs, users)
            let means = List.ofSeq (comparison.Means "NDCG@10")
            Expect.equal means.Length 3 "two rows of MeLU, one of bias"
            let alone = Mini.users "NDCG@10" (List.ofSeq (users specs.Head))

            for name in comparison.Rows |> Seq.map _.Method |> Seq.distinct do
                let own = comparison.Rows |> Seq.filter (fun row -> row.Method = name) |> List.ofSeq
                Expect.equal (Mini.users "NDCG@10" own) alone $"users of {name}"

            says [ "method is 'bias'"; "a name of your own" ] (fun () ->
                Mini.spec "MeLU" (small @ [ "method", "bias" ]) |> ignore))

let private stale =
    testCase "results of other data are not read as those of these"
    <| fun () ->
        within (fun root ->
            let spec = Mini.spec "bias" [ "metrics", "NDCG@10" ]
            let first = PreparedExperiment.Of(spec, Mini.dataset root rows)
            let folder = RunFolder(Path.Combine(root, "out"), spec)
            folder.Write(first, ExperimentRunner.Run(first, spec))
            folder.RequireSameData first
            let mirrored = rows |> List.map (fun row -> { row with Rating = string (6 - int row.Rating) })
            let second = PreparedExperiment.Of(spec, Mini.dataset root mirrored)
            says [ "on other data"; "out NAME" ] (fun () -> folder.RequireSameData second))

let private otherErrors =
    testCase "errors of ratings are refused for clicks, and the error of clicks for ratings"
    <| fun () ->
        within (fun root ->
            let data = Mini.dataset root rows
            let run settings () = Mini.run data (Mini.spec "bias" settings) |> ignore
            says [ "MAE"; "label rating" ] (run [ "metrics", "MAE,RMSE,NDCG@10" ])
            says [ "LogLoss"; "label click" ] (run [ "label", "rating"; "metrics", "LogLoss,MAE" ]))

let private positives =
    testCase "purchases alone are ranked against sampled items"
    <| fun () ->
        within (fun root ->
            let table = (Mini.table "1" "").Replace("rating = \"rating\"\n", "")
            let data = Mini.load root table [ "r.csv", Mini.text rows ]

            for method in [ "MeLU"; "BPR" ] do
                let settings = if method = "MeLU" then small else []
                let spec = Mini.spec method (settings @ [ "candidates", "sampled 20"; "metrics", "NDCG@10" ])
                let _, found = Mini.run data spec
                Expect.isNonEmpty found method
                Expect.isTrue (found |> List.forall (fun row -> Double.IsFinite row.Value)) method)

let private likeAll =
    testCase "users who like all that they rated are measured against sampled items"
    <| fun () ->
        within (fun root ->
            let liking (random: Random) user item = if user % 2 = 0 then "5" else Mini.stars random user item

            let data = Mini.dataset root (Mini.rows liking)

            let spec = Mini.spec "bias" [ "metrics", "NDCG@10"; "candidates", "sampled 20"; "testUserFraction", "1" ]

            let prepared, found = Mini.run data spec
            Expect.equal (Mini.users "NDCG@10" found).Length prepared.Split.Test.Length "all test users")

let private ratedAll =
    testCase "users who rated everything are measured or counted when all items are ranked"
    <| fun () ->
        within (fun root ->
            let all =
                rows
                @ [
                    for user in 60..69 do
                        for item in 0..59 -> { User = user; Item = item; Rating = "4"; Time = 1 }
                ]

            let data = Mini.dataset root all

            let spec =
                Mini.spec
                    "bias"
                    [ "metrics", "NDCG@10"; "candidates", "all"; "testUserFraction", "1"; "testFraction", "0.6" ]

            let prepared, found = Mini.run data spec
            let dropped = prepared.TestSets |> Seq.sumBy (fun set -> Seq.sum set.Dropped.Values)
            let measured = Mini.users "NDCG@10" found
            Expect.isNonEmpty measured "the others are measured"
            Expect.isTrue (found |> List.forall (fun row -> Double.IsFinite row.Value)) "by finite numbers"

            Expect.equal
                (measured.Length + dropped + Seq.sum prepared.TasksWithoutRanking)
                prepared.Split.Test.Length
                "each is measured or counted")

let private oneUserSet =
    testCase "the ranking metrics of a row are over one set of users"
    <| fun () ->
        within (fun root ->
            let data = Mini.load root (Mini.table "5" "") [ "r.csv", Mini.text rows ]
            let spec = Mini.spec "bias" [ "label", "rating"; "labelThreshold", "5"; "testUserFraction", "1" ]
            let _, found = Mini.run data spec
            let reference = Mini.users "NDCG@10" found

            for metric in [ "Precision@10"; "Recall@10"; "F1@10" ] do
                Expect.equal (Mini.users metric found) reference metric)

let private order =
    testCase "the same ratings in another order are the same experiment"
    <| fun () ->
        within (fun root ->
            let spec = Mini.spec "EASE" [ "metrics", "NDCG@10" ]
            let first, found = Mini.run (Mini.dataset root rows) spec
            let shuffled = Array.ofList rows
            (Random 3).Shuffle shuffled

            for other in [ List.ofArray shuffled; List.rev rows; rows |> List.sortBy (fun r -> r.Item, r.User) ] do
                let second, again = Mini.run (Mini.dataset root other) spec
                Expect.equal second.Fingerprint first.Fingerprint "fingerprint"
                Expect.equal again found "test users and values")

let private time =
    testCase "training can end before a date, and what follows is the test"
    <| fun () ->
        within (fun root ->
            let data = Mini.dataset root rows
            let settings = [ "dataset", "mini"; "shift", "temporal"; "metrics", "NDCG@3"; "baselines", "none" ]
            let spec = ExperimentSpec.Of("bias", [| for key, value in settings -> struct (key, value) |])
            let prepared = PreparedExperiment.Of(spec, data)
            let times = prepared.Dataset.Ratings.Times
            let timesOf (rows: int seq) = rows |> Seq.map (fun row -> times[row])
            let later = (Seq.last prepared.TestSets).Tasks
            let cut = later |> Seq.map (fun task -> Seq.min (timesOf task.Query)) |> Seq.min
            Expect.isGreaterThan later.Length 0 "test users"

            for task in later do
                Expect.isLessThan
                    (Seq.max (timesOf task.Support))
                    (Seq.min (timesOf task.Query))
                    "support before query"

            for task in prepared.Split.MetaTrain do
                for rows in [ task.Support; task.Query ] do
                    Expect.isTrue (timesOf rows |> Seq.forall (fun time -> time < cut)) "training before the test")

let private advice =
    testCase "a query that is too short for the metrics names the setting that helps"
    <| fun () ->
        within (fun root ->
            let data = Mini.dataset root rows

            let spec =
                Mini.spec
                    "bias"
                    [
                        "supportRule", "allButQuery"
                        "queryLength", "10"
                        "minRatings", "13"
                        "maxRatings", "100"
                        "metrics", "NDCG@10"
                    ]

            says [ "queryLength" ] (fun () -> PreparedExperiment.Of(spec, data) |> ignore))

let private statistics =
    testList
        "statistics"
        [
            testCase "a difference that is no number gives no p-value, and an end"
            <| fun () ->
                let clock = Stopwatch.StartNew()

                match
                    try
                        Significance.Wilcoxon [| nan; 1.0; 2.0 |]
                    with error ->
                        Expect.stringContains error.Message "NaN" "the error names it"
                        nan
                with
                | p -> Expect.isTrue (Double.IsNaN p) "p"

                Expect.isLessThan clock.Elapsed.TotalSeconds 5.0 "seconds"

            testCase "a p-value that is no number leaves the others their own"
            <| fun () ->
                let holm = Significance.Holm [| 0.01; nan; 0.04 |]
                Expect.isTrue (Double.IsNaN holm[1]) "the one"
                Expect.equal [ holm[0]; holm[2] ] [ 0.02; 0.04 ] "the others"

            testCase "few and tied differences have their exact p-value, ties hidden by rounding too"
            <| fun () ->
                Expect.equal (Significance.Wilcoxon [| 1.0; 1.0; 1.0; 1.0; 1.0 |]) 0.0625 "2 of 32"
                let hidden = [| 0.5 - 0.525; 0.825 - 0.775; 0.375 - 0.325; 0.5 - 0.55 |]
                let plain = [| -0.025; 0.05; 0.05; -0.05 |]
                Expect.equal (Significance.Wilcoxon hidden) (Significance.Wilcoxon plain) "the same ranks"
        ]

let private texts =
    testList
        "texts"
        [
            testCase "names with a meaning in LaTeX and Markdown stay names"
            <| fun () ->
                let table =
                    Table.make
                        "t"
                        "Names."
                        [ Column.words "method" ]
                        [ [ Cell.text "MeLU^2_{k}~$5" ]; [ Cell.text "a|b" ] ]

                let latex, markdown = LatexTable.text table, MarkdownTable.text table
                Expect.isFalse (latex.Contains "MeLU^2_{k}~$5") "LaTeX"
                Expect.stringContains markdown "a\\|b" "Markdown"

            testCase "a name that opens a script leaves the page of a figure whole"
            <| fun () ->
                for name in [ "</script><b>"; "<!--<script>" ] do
                    let json = InertText.json $"{{\"name\":\"{name}\"}}"
                    Expect.isFalse (json.Contains '<') name
        ]

let private traces =
    testCase "no metric, and a folder as file of settings: an error in one line"
    <| fun () ->
        for words in [ "run MeLU metrics none"; "run DIR/folder.toml" ] do
            let entry = WrongCommand.run Fixture.folder words
            Expect.equal entry.Code 2 entry.Text
            Expect.isFalse (entry.Text.Contains "   at ") entry.Text

[<Tests>]
let tests =
    testList
        "faults that users met, in results"
        [
            unseen
            pooled
            stale
            otherErrors
            positives
            likeAll
            ratedAll
            oneUserSet
            order
            time
            advice
            statistics
            texts
            traces
        ]
