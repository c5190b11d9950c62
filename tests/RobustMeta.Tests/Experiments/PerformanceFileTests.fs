module RobustMeta.Tests.Experiments.PerformanceFileTests

open System
open System.Collections.Generic
open System.Globalization
open System.IO
open System.Threading
open Expecto
open RobustMeta.Experiments

let private inFile test =
    let folder = Directory.CreateTempSubdirectory("robustmeta-test-").FullName

    try
        test (Path.Combine(folder, "performance.csv"))
    finally
        Directory.Delete(folder, true)

let private append path rows =
    PerformanceFile.Append(
        path,
        [
            for model, testSet, values in rows -> struct (model, testSet, (values: float list) :> IReadOnlyList<float>)
        ]
    )

let private header = "model,testset,NDCG@10,Recall@10,Precision@10,F1@10"

[<Tests>]
let tests =
    testList
        "PerformanceFile"
        [
            testCase "six columns, one header"
            <| fun () ->
                inFile (fun path ->
                    append path [ "MeLU", 0, [ 0.5; 1.0; 0.25; 1.0 / 3.0 ] ]
                    append path [ "MeLU+Both", 1, [ 0.0; 1e-7; 0.1; 0.2 ]; "EASE", 2, [ 1.0; 1.0; 1.0; 1.0 ] ]

                    Expect.equal
                        (File.ReadAllText path)
                        (String.concat
                            "\n"
                            [
                                header
                                "MeLU,0,0.500000,1.000000,0.250000,0.333333"
                                "MeLU+Both,1,0.000000,0.000000,0.100000,0.200000"
                                "EASE,2,1.000000,1.000000,1.000000,1.000000"
                                ""
                            ])
                        "text")

            testCase "the culture does not matter, and commas in names do not add columns"
            <| fun () ->
                let culture = CultureInfo.CurrentCulture

                try
                    let commas = CultureInfo.InvariantCulture.Clone() :?> CultureInfo
                    commas.NumberFormat.NumberDecimalSeparator <- ","
                    CultureInfo.CurrentCulture <- commas

                    inFile (fun path ->
                        append path [ "a,b", 0, [ 0.5; 0.5; 0.5; 0.5 ] ]

                        Expect.equal
                            (Array.last (File.ReadAllLines path))
                            "\"a,b\",0,0.500000,0.500000,0.500000,0.500000"
                            "row")
                finally
                    CultureInfo.CurrentCulture <- culture

            testCase "any other number of values is refused, and nothing is written"
            <| fun () ->
                inFile (fun path ->
                    for values in [ []; [ 1.0; 2.0; 3.0 ]; [ 1.0; 2.0; 3.0; 4.0; 5.0 ] ] do
                        Expect.throwsC (fun () -> append path [ "MeLU", 0, values ]) (fun error ->
                            Expect.isTrue (error :? ArgumentException) "kind"
                            Expect.stringContains error.Message $"{values.Length} values; expected 4" "message")

                    Expect.isFalse (File.Exists path) "no file")

            testCase "appends of several threads lose nothing"
            <| fun () ->
                inFile (fun path ->
                    let threads, appends = 4, 12
                    let errors = List<exn>()

                    let write thread () =
                        try
                            for n in 1..appends do
                                append
                                    path
                                    [ for half in 0..1 -> $"m{thread}", 2 * n + half, List.replicate 4 (float thread) ]
                        with error ->
                            lock errors (fun () -> errors.Add error)

                    let all = [ for t in 1..threads -> Thread(write t) ]

                    for thread in all do
                        thread.Start()

                    for thread in all do
                        thread.Join()

                    Expect.isEmpty errors "no thread failed"
                    let lines = File.ReadAllLines path
                    Expect.equal lines[0] header "header"

                    let expected =
                        [
                            for t in 1..threads do
                                for n in 2 .. 2 * appends + 1 do
                                    $"m{t},{n},{t}.000000,{t}.000000,{t}.000000,{t}.000000"
                        ]

                    Expect.equal (List.sort (List.ofArray lines[1..])) (List.sort expected) "every row, whole, once"

                    for t in 1..threads do
                        let own = lines |> Array.filter _.StartsWith($"m{t},")

                        Expect.equal
                            [ for line in own -> int (line.Split(',')[1]) ]
                            [ 2 .. 2 * appends + 1 ]
                            "in order")

            testCase "a folder that is not there fails at once"
            <| fun () ->
                inFile (fun path ->
                    let clock = Diagnostics.Stopwatch.StartNew()

                    Expect.throwsT<DirectoryNotFoundException>
                        (fun () -> append (Path.Combine(path, "none", "p.csv")) [ "m", 0, [ 1.0; 1.0; 1.0; 1.0 ] ])
                        "no folder"

                    Expect.isLessThan clock.Elapsed (TimeSpan.FromSeconds 5.0) "without waiting for it")
        ]
