module RobustMeta.Tests.Studies.CollectionTests

open System
open System.IO
open System.Threading
open Expecto
open RobustMeta.Data
open RobustMeta.Studies
open RobustMeta.Studies.Collection
open RobustMeta.Tests

let private sample () =
    StudySample.parse (
        StudySample.text
            .Replace("tuned = \"lr\"\nvalues = [0.01, 0.02]", "tuned = \"none\"")
            .Replace("tuned = \"set\"\nvalues = [\"chi2 0.25\", \"chi2 0.5\"]", "tuned = \"none\"")
    )

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

                    // Only what tuning chose by stays.
                    for users in Directory.GetFiles(folder, "users.csv", SearchOption.AllDirectories) do
                        let spec = File.ReadAllText(Path.Combine(nonNull (Path.GetDirectoryName users), "spec.toml"))

                        if not (spec.Contains "seed = 100\n") then
                            Directory.Delete(nonNull (Path.GetDirectoryName users), true)

                    Directory.Delete(Path.Combine(folder, "baselines"), true)
                    Expect.equal (cells ()) before "the same numbers")

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
