module RobustMeta.Tests.Studies.CollectionTests

open System
open System.IO
open System.Threading
open Expecto
open RobustMeta.Data
open RobustMeta.Scripts
open RobustMeta.Studies
open RobustMeta.Studies.Collection
open RobustMeta.Tests

let private sample () =
    StudySample.parse (
        StudySample.text
            .Replace("tuned = \"lr\"\nvalues = [0.01, 0.02]", "tuned = \"none\"")
            .Replace("tuned = \"set\"\nvalues = [\"chi2 0.25\", \"chi2 0.5\"]", "tuned = \"none\"")
    )

let private tuned lines =
    StudySample.parse (
        $"""seeds = [1, 2]
tuningSeed = 100

[shared]
epoch = 1
userNum = 150

[tuning]
tuned = "none"

[data.synthetic]
dataset = "synthetic"

[base.MetaPMF]
model = "MetaPMF"

[method.plain]
preset = "plain"
{lines}

[method.dro]
preset = "robustmeta"
tuned = "none"
"""
    )

let private searched tuner = tuned $"tuned = [\"lr\", \"factors\"]\ntuner = \"{tuner}\"\nbudget = 3\nparallel = 3"

let private listed = tuned "tuned = \"lr\"\nvalues = [0.003, 0.01]"

/// What tuning chose, and among what.
let private chosen (cell: CellResult) =
    [
        for tuning in Seq.append [ cell.Shared ] (Seq.map (fun (struct (_, choice)) -> choice) cell.Tuned) ->
            tuning.Value, List.ofSeq tuning.Candidates
    ]

/// Everything that a report takes of a cell's results.
let private told (cell: CellResult) =
    [
        for measure in cell.Measures do
            for name in Seq.append cell.Methods cell.Baselines ->
                $"{measure.Name} {name}", List.ofArray (cell.PerSeed(name, measure))
        for d in cell.Differences() ->
            $"{d.Method} {d.Measure.Name} difference", [ d.OverSeeds.Mean; d.OverUsers.Low; d.Corrected ]
    ]

[<Tests>]
let tests =
    testList
        "Study collection"
        [
            testCase "a report reads one file as it reads the folders, which need not be there"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let spec = sample ()
                    let store = StudyStore folder
                    StudyRunner(spec, store, StudyHooks.Silent, CancellationToken.None).Run()
                    let cells () = [ for cell in CellReader(spec, store).ReadAll() -> told cell ]
                    let before = cells ()
                    let path = Path.Combine(folder, StudyCollection.FileName)
                    Expect.equal (StudyCollection.Write(spec, store, path)) 4 "two methods, two seeds"
                    let bytes = File.ReadAllBytes path
                    StudyCollection.Write(spec, store, path) |> ignore
                    Expect.equal (File.ReadAllBytes path) bytes "equal results, equal bytes"

                    // Nor what tuning chose by.
                    Directory.Delete(Path.Combine(folder, "runs"), true)
                    Directory.Delete(Path.Combine(folder, "baselines"), true)
                    Expect.equal (cells ()) before "the same numbers")

            testCase
                "a study that is searched or tuned by a grid is reported from its file alone, and from no other study's"
            <| fun () ->
                for name, spec in [ "search", searched "random"; "grid", listed ] do
                    TempFolder.within (fun folder ->
                        let store = StudyStore(Path.Combine(folder, "away"))
                        StudyRunner(spec, store, StudyHooks.Silent, CancellationToken.None).Run()
                        let home = Path.Combine(folder, "home")
                        Directory.CreateDirectory home |> ignore
                        StudyCollection.Write(spec, store, Path.Combine(home, StudyCollection.FileName)) |> ignore
                        let read store = CellReader(spec, store).ReadAll() |> List.ofSeq
                        let there, here = read store, read (StudyStore home)
                        Expect.hasLength here 1 name
                        Expect.equal (List.map told here) (List.map told there) $"{name}: the same numbers"
                        Expect.equal (List.map chosen here) (List.map chosen there) $"{name}: the same choices"

                        let other = if name = "grid" then searched "random" else searched "tpe"

                        let error =
                            Expect.throwsC (fun () -> CellReader(other, StudyStore home).ReadAll() |> ignore) _.Message

                        Expect.stringContains error "holds no run that the study" $"{name}: another tuning")

            testCase "status and report count the runs of a search"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let spec = searched "random"
                    let store = StudyStore folder

                    let tuning () =
                        StudyStatus.Of(spec, store).Runs
                        |> Seq.filter (fun run -> run.Run.Stage = RunStage.MethodTuning)
                        |> Seq.countBy _.State
                        |> List.ofSeq

                    Expect.equal (tuning ()) [ RunState.Missing, 3 ] "before"
                    StudyRunner(spec, store, StudyHooks.Silent, CancellationToken.None).Run()
                    Expect.equal (tuning ()) [ RunState.Done, 3 ] "after"
                    let text = StudyReport.tuningText spec
                    Expect.stringContains text "a search (random, budget of 3 runs) for each method" "report"
                    Expect.stringContains (StudyReport.tuningText listed) "2 candidates for each method" "a grid")

            testCase "methods that are tuned by several searches are told apart"
            <| fun () ->
                let by (tuner: string) = $"tuner = \"{tuner}\"\nbudget = 6"

                let spec =
                    StudySample.text
                        .Replace("tuned = \"lr\"\nvalues = [0.01, 0.02]", "tuned = \"lr\"\n" + by "tpe")
                        .Replace(
                            "tuned = \"set\"\nvalues = [\"chi2 0.25\", \"chi2 0.5\"]",
                            "tuned = \"lr\"\n" + by "random"
                        )
                    |> StudySample.parse

                let text = StudyReport.tuningText spec

                for part in [ "(tpe, budget of 6 runs) for plain"; "(random, budget of 6 runs) for robustmeta" ] do
                    Expect.stringContains text part "each"

            testCase "a study without a finished run has nothing to collect, and no file is written"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let path = Path.Combine(folder, StudyCollection.FileName)

                    let error =
                        Expect.throwsC
                            (fun () -> StudyCollection.Write(sample (), StudyStore folder, path) |> ignore)
                            _.Message

                    Expect.stringContains error "no finished run" "text"
                    Expect.isFalse (File.Exists path) "a file")

            testCase "a collected file that is damaged or none is told with the remedy"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let path = Path.Combine(folder, StudyCollection.FileName)

                    let nothingTuned =
                        (sample ()).Text.Replace("tuned = \"weightDecay\"\nvalues = [0.0, 0.001]", "tuned = \"none\"")

                    let spec = StudySample.parse nothingTuned

                    let message () =
                        try
                            CellReader(spec, StudyStore folder).ReadAll() |> ignore
                            ""
                        with :? DataFormatException as error ->
                            error.Message

                    File.WriteAllText(path, "no parquet")
                    Expect.stringContains (message ()) StudyCollection.FileName "damaged"

                    ParquetFile.Write(path, [| 1; 2 |], [| ParquetColumn<int>.Integer("x", (fun x -> int64 x)) |])
                    Expect.stringContains (message ()) "'study collect' writes the file anew" "another table")
        ]
