/// The guide's page on results names every file that a run leaves, and every column.
module RobustMeta.Tests.Docs.ReadingResultsTests

open System.IO
open System.Text.RegularExpressions
open Expecto
open RobustMeta.Evaluation
open RobustMeta.Experiments
open RobustMeta.Scripts
open RobustMeta.Tests
open RobustMeta.Tests.MarkdownBlocks

let private page = File.ReadAllText(Path.Combine(root, "docs", "reading-results.md"))

let private isNamed (word: string) = page.Contains $"`{word}`"

/// Runs of every kind: a baseline, plain and robust training, an ensemble over radii, one that gives a warning.
let private runs =
    [
        [ "bias" ]
        [ "MeLU"; "preset"; "plain"; "lr"; "0" ]
        [ "MeLU"; "preset"; "robustmeta-population" ]
        [ "MeLU"; "preset"; "robustmeta-auto" ]
    ]

let private short = [ "userNum"; "150"; "shiftDraws"; "1" ]

let private header (path: string) = (File.ReadLines path |> Seq.head).Split ','

[<Tests>]
let tests =
    testList
        "results page"
        [
            testCase "names every metric"
            <| fun () ->
                Expect.isEmpty (Metric.Names |> Seq.filter (isNamed >> not)) "metrics that the page does not name"

            testCase "names every file of a run's folder, every column and every statistic"
            <| fun () ->
                TempFolder.within (fun folder ->
                    for words in runs do
                        let epoch = if words = [ "bias" ] then [] else [ "epoch"; "2" ]
                        let code = CommandLine.run ([ "run"; yield! words; "out"; folder ] @ short @ epoch)
                        Expect.equal code 0 $"%A{words}"

                    let files =
                        [
                            for run in Directory.GetDirectories folder do
                                yield! Directory.GetFiles run
                        ]

                    let general (name: string) = Regex.Replace(name, @"^history-.*\.csv$", "history-RADIUS.csv")
                    let names = files |> List.map (Path.GetFileName >> general) |> List.distinct
                    Expect.contains names "warnings.txt" "a run with a warning"
                    Expect.contains names "history-RADIUS.csv" "a run of an ensemble"
                    Expect.isEmpty (names |> List.filter (isNamed >> not)) "files that the page does not name"

                    let tables =
                        Path.Combine(folder, PerformanceFile.Name)
                        :: (files |> List.filter (fun path -> path.EndsWith ".csv" || Path.GetFileName path = "done"))

                    let columns = tables |> Seq.collect header |> Seq.distinct |> List.ofSeq
                    Expect.isGreaterThan columns.Length 50 "columns"
                    Expect.isEmpty (columns |> List.filter (isNamed >> not)) "columns that the page does not name"

                    let statistics =
                        [
                            for path in files |> List.filter (fun path -> Path.GetFileName path = "robustness.csv") do
                                for line in File.ReadLines path |> Seq.skip 1 do
                                    line.Split(',')[2]
                        ]
                        |> List.distinct

                    Expect.isEmpty
                        (statistics |> List.filter (isNamed >> not))
                        "statistics that the page does not name")

            testCase "the page and the README of 'new' say as the tables do why an interval and p may disagree"
            <| fun () ->
                let template = File.ReadAllText(Path.Combine(root, "RobustMeta.Scripts", "templates", "README.md"))

                for text in [ page; template ] do
                    Expect.stringContains (Regex.Replace(text, @"\s+", " ")) ShiftTables.IntervalAndP "sentence"
        ]
