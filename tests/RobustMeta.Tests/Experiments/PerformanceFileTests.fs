module RobustMeta.Tests.Experiments.PerformanceFileTests

open System
open System.Globalization
open System.IO
open System.Threading
open Expecto
open RobustMeta.Data
open RobustMeta.Experiments
open RobustMeta.Tests.TempFolder

let private header = "model,testset,NDCG@10,Recall@10,Precision@10,F1@10,dataset,beta,seed,run"

let private settings = [ "userNum", "120"; "shiftDraws", "1"; "baselines", "none" ]

let private world = lazy DatasetCatalog.Default.Load "synthetic"

/// Fits a baseline below a folder and returns its run's folder.
let private fit root (name: string) (own: (string * string) list) =
    let spec = ExperimentSpec.Of(name, [| for key, value in settings @ own -> struct (key, value) |])
    let prepared = PreparedExperiment.Of(spec, world.Value)
    let folder = RunFolder(root, spec)
    folder.Write(prepared, ExperimentRunner.Run(prepared, spec))
    folder

let private path root = Path.Combine(root, PerformanceFile.Name)
let private lines root = File.ReadAllLines(path root)

[<Tests>]
let tests =
    testList
        "PerformanceFile"
        [
            testCase "the paper's six columns, then what a row is of; a row for each test set"
            <| fun () ->
                within (fun root ->
                    let folder = fit root "bias" [ "seed", "7" ]
                    let update = PerformanceFile.Update root

                    Expect.equal
                        (update.Added.Count, update.IsRebuilt, update.Unread.Count)
                        (5, false, 0)
                        "five test sets"

                    let all = lines root
                    Expect.equal all[0] header "header"
                    Expect.hasLength all 6 "rows"
                    let cells = all[1].Split ','
                    Expect.equal (cells[0], cells[1], cells[6]) ("bias", "0", "synthetic") "method, test set, data set"
                    Expect.equal (cells[7], cells[8]) ("-2", "7") "beta and seed"
                    Expect.equal cells[9] (Path.GetFileName folder.Path) "run"

                    let ndcg =
                        folder.ReadUsers()
                        |> Seq.filter (fun row -> row.TestSet = 0 && row.Metric = "NDCG@10")
                        |> Seq.averageBy _.Value

                    Expect.equal cells[2] (ndcg.ToString("F6", CultureInfo.InvariantCulture)) "mean over users")

            testCase "a second update adds nothing, another run its own rows"
            <| fun () ->
                within (fun root ->
                    fit root "bias" [] |> ignore
                    PerformanceFile.Update root |> ignore
                    let once = File.ReadAllText(path root)
                    Expect.isEmpty (PerformanceFile.Update root).Added "nothing is missing"
                    Expect.equal (File.ReadAllText(path root)) once "the same bytes"
                    fit root "popularity" [] |> ignore
                    Expect.hasLength (PerformanceFile.Update root).Added 5 "the other run"
                    Expect.stringStarts (File.ReadAllText(path root)) once "after those that were there")

            testCase "rows that were lost, torn, doubled or edited away are made again"
            <| fun () ->
                within (fun root ->
                    fit root "bias" [] |> ignore
                    fit root "popularity" [] |> ignore
                    PerformanceFile.Update root |> ignore
                    let whole = File.ReadAllText(path root)

                    let row = (lines root)[1]
                    let torn = whole.Substring(0, whole.Length - 20)

                    for damaged in [ torn; ""; $"{whole}{row}\n"; "rubbish\n" ] do
                        File.WriteAllText(path root, (damaged: string))
                        Expect.isTrue (PerformanceFile.Update root).IsRebuilt "says so"
                        Expect.equal (File.ReadAllText(path root)) whole "as before")

            testCase "a file of the previous format is set aside, not mixed with the new one"
            <| fun () ->
                within (fun root ->
                    let old = "model,testset,NDCG@10,Recall@10,Precision@10,F1@10\nMeLU,0,0.5,0.5,0.5,0.5\n"
                    File.WriteAllText(path root, old)
                    fit root "bias" [] |> ignore
                    let update = PerformanceFile.Update root
                    Expect.equal (File.ReadAllText update.SetAside) old "kept"
                    Expect.equal (Array.head (lines root)) header "a new file")

            testCase "a run that this version cannot read is named, and the others are written"
            <| fun () ->
                within (fun root ->
                    let folder = fit root "bias" []
                    fit root "popularity" [] |> ignore
                    File.AppendAllText(Path.Combine(folder.Path, "spec.toml"), "userScore = \"activity\"\n")
                    let update = PerformanceFile.Update root
                    Expect.hasLength update.Added 5 "the other run"
                    Expect.hasLength update.Unread 1 "one is not read"
                    Expect.stringContains (Seq.head update.Unread) "userScore" "and why")

            testCase "the culture does not matter"
            <| fun () ->
                let culture = CultureInfo.CurrentCulture

                try
                    let commas = CultureInfo.InvariantCulture.Clone() :?> CultureInfo
                    commas.NumberFormat.NumberDecimalSeparator <- ","
                    CultureInfo.CurrentCulture <- commas

                    within (fun root ->
                        fit root "bias" [] |> ignore
                        PerformanceFile.Update root |> ignore
                        Expect.all (lines root) (fun line -> line.Split(',').Length = 10) "ten columns")
                finally
                    CultureInfo.CurrentCulture <- culture

            testCase "several threads that update one file lose and double nothing"
            <| fun () ->
                within (fun root ->
                    for name in [ "bias"; "popularity"; "itemMean" ] do
                        fit root name [] |> ignore

                    let errors = Collections.Concurrent.ConcurrentQueue<exn>()

                    let update () =
                        try
                            PerformanceFile.Update root |> ignore
                        with error ->
                            errors.Enqueue error

                    let all = [ for _ in 1..4 -> Thread update ]

                    for thread in all do
                        thread.Start()

                    for thread in all do
                        thread.Join()

                    Expect.isEmpty errors "no thread failed"
                    Expect.hasLength (lines root) 16 "three runs of five test sets"
                    Expect.hasLength (Array.distinct (lines root)) 16 "no row twice")

            testCase "a folder that is not there fails at once"
            <| fun () ->
                let clock = Diagnostics.Stopwatch.StartNew()

                Expect.throwsT<DirectoryNotFoundException>
                    (fun () -> PerformanceFile.Update(Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}")) |> ignore)
                    "no folder"

                Expect.isLessThan clock.Elapsed (TimeSpan.FromSeconds 5.0) "without waiting for it"
        ]
