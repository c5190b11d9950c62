module RobustMeta.Tests.Scripts.TableWritersTests

open System
open System.IO
open Expecto
open FsCheck.FSharp
open RobustMeta.Evaluation
open RobustMeta.Scripts
open RobustMeta.Tests
open RobustMeta.Tests.Properties

let private table =
    let value mean = Cell.estimate (Interval(mean, mean - 0.01, mean + 0.01, 120))

    Table.make
        "overall"
        "Overall results"
        [
            Column.words "method"
            Column.plusMinus 4 "β = 0" |> Column.under "NDCG@10" |> Column.highest
            Column.plusMinus 4 "β = 2" |> Column.under "NDCG@10" |> Column.highest
            Column.fixedDigits 1 "seconds" |> Column.lowest
            Column.range 3 "gain"
            Column.probability "p"
            Column.whole "users"
        ]
        [
            [ Cell.text "MeLU"; value 0.7; value 0.5; Cell.number 12.25; Cell.missing; Cell.missing; Cell.count 6040 ]
            [
                Cell.text "MeLU+both"
                value 0.71 |> Cell.markedBy 0.01 0.001
                value 0.55
                Cell.number 100.0
                Cell.estimate (Interval(-0.01, -0.02, 0.005, 120))
                Cell.pValue 0.0004
                Cell.count 12
            ]
            [
                Cell.text "random"
                value 0.2 |> Cell.markedBy -0.5 0.01
                value 0.55
                Cell.number -0.12
                Cell.missing
                Cell.pValue 0.5
                Cell.count 1
            ]
        ]
    |> Table.withUncertainty "95 % Student interval" "users"
    |> Table.withMarks "than MeLU, p < 0.05 (Wilcoxon, Holm)"

/// A table with one hostile text in each place that takes one.
let private hostile (text: string) =
    Table.make
        text
        text
        [ Column.words text; Column.words text |> Column.under text; Column.fixedDigits 2 text |> Column.under text ]
        [ [ Cell.text text; Cell.text text; Cell.number 1.0 ]; [ Cell.text text; Cell.missing; Cell.number -2.0 ] ]
    |> Table.inBlocks (fun _ -> text)
    |> Table.withNotes [ text ]

let private hostileTexts =
    [
        "\\ { } $ & # ^ _ ~ % < > | \" ' ` -- ,, ?` !`"
        "</script><script>alert(1)</script>"
        "=cmd|' /C calc'!A0"
        "\\input{/etc/passwd}\\write18{ls}"
        "ÄÖÜßéèñçøåæœłđŋþğşıŒŸ β Ω 中 😀 ± − ≤ ▲ ² … “x” – —"
        String([| for c in 0x20..0x17F -> char c |])
    ]

let private document (tables: Table list) =
    String.Join(
        "\n",
        [
            "\\documentclass{article}"
            yield! LatexTable.preamble
            "\\begin{document}"
            yield! List.map LatexTable.text tables
            "\\end{document}"
        ]
    )

let private lines (text: string) = text.Split('\n', StringSplitOptions.RemoveEmptyEntries)

[<Tests>]
let tests =
    testList
        "Table writers"
        [
            testCase "Markdown marks the best and the second, and says what ± is and over how many"
            <| fun () ->
                let text = MarkdownTable.text table
                Expect.stringContains text "**0.7100 ± 0.0100 ▲** |" "best"
                Expect.stringContains text "<u>0.7000 ± 0.0100</u>" "second"
                Expect.stringContains text "−0.010 [−0.020, +0.005]" "difference"
                Expect.stringContains text "over n = 120 users" "count"
                Expect.stringContains text "▲ better, ▼ worse: than MeLU" "marks"

            testCase "equal values share the place"
            <| fun () ->
                let places = [ for row in Table.standings table -> row[2] ]
                Expect.equal places [ Second; First; First ] "β = 2"
                Expect.equal [ for row in Table.standings table -> row[3] ] [ Second; Ordinary; First ] "seconds"

            testCase "blocks are ranked by themselves"
            <| fun () ->
                let places = table |> Table.inBlocks (fun i -> if i = 0 then "a" else "b") |> Table.standings
                Expect.equal [ for row in places -> row[1] ] [ Ordinary; First; Second ] "one row alone is not the best"

            testCase "CSV has numbers as measured"
            <| fun () ->
                let rows = lines (CsvTable.text table)

                Expect.equal
                    rows[0]
                    "method,\"NDCG@10, β = 0\",\"NDCG@10, β = 0 low\",\"NDCG@10, β = 0 high\",\"NDCG@10, β = 0 n\",\"NDCG@10, β = 0 mark\",\"NDCG@10, β = 2\",\"NDCG@10, β = 2 low\",\"NDCG@10, β = 2 high\",\"NDCG@10, β = 2 n\",seconds,gain,gain low,gain high,gain n,p,users"
                    "header"

                Expect.stringStarts rows[1] "MeLU,0.7,0.69,0.71,120,,0.5,0.49,0.51,120,12.25,,,,,,6040" "row"
                Expect.stringContains rows[2] ",100,-0.01,-0.02,0.005,120,0.0004,12" "row"
                Expect.stringContains rows[3] ",-0.12," "a negative number is no formula"

            testCase "plain text keeps to its width, without escape sequences"
            <| fun () ->
                let wide =
                    Table.make
                        "wide"
                        "A caption that is long enough to be wrapped, since it goes on and on until it is well past the hundredth column"
                        (Column.words "method" :: [ for i in 1..12 -> Column.plusMinus 4 $"β = {i}" |> Column.highest ])
                        [
                            for name in [ "MeLU"; "\u001b[31mMeLU+both[/]" ] ->
                                Cell.text name
                                :: [ for i in 1..12 -> Cell.estimate (Interval(float i, 0.0, float i * 2.0, 9)) ]
                        ]

                let text = ConsoleTable.text wide

                for line in lines text do
                    Expect.isLessThanOrEqual line.Length ConsoleTable.PlainWidth line

                Expect.isFalse (text.Contains '\u001b') "escape sequences"
                Expect.stringContains text "MeLU+both[/]" "brackets are text"
                Expect.stringContains text "12.0000 ± 12.0000" "the last column"
                Expect.stringContains (ConsoleTable.text table) "0.7100 ± 0.0100 ▲ *" "best"

            testCase "a terminal shows the best in bold"
            <| fun () ->
                use target = new StringWriter()
                ConsoleTable.write target false table
                Expect.stringContains (target.ToString()) "\u001b[1m0.7100 ± 0.0100 ▲" "bold"

            property "no writer lets a text out of its cell"
            <| Prop.forAll InertTextTests.hostileText (fun text ->
                let described = hostile text
                let csv, html = CsvTable.text described, HtmlTable.text described
                let grid = lines (MarkdownTable.grid described)
                let bars (line: string) = Text.RegularExpressions.Regex.Matches(line, @"(?<!\\)(\\\\)*\|").Count

                Expect.equal (csv.Split('\n').Length) 4 "CSV: header and two rows"
                Expect.equal grid.Length 4 "Markdown: header, rule and two rows"
                Expect.isTrue (grid |> Array.forall (fun line -> bars line = bars grid[1])) "Markdown: cells"
                Expect.isFalse (html.Contains "<script" || html.Contains "<!--") "HTML: our own tags alone"

                // A column of one wide character once never ended.
                for line in lines (ConsoleTable.text described) do
                    Expect.isLessThanOrEqual line.Length ConsoleTable.PlainWidth "console: width"
                    Expect.isFalse (line.Contains '\u001b') "console: escape sequences")

            testCase "LaTeX has rules, alignment, marks, caption and label"
            <| fun () ->
                let text = LatexTable.text table

                for part in
                    [
                        "\\toprule"
                        "\\midrule"
                        "\\bottomrule"
                        "\\caption{Overall results}"
                        "\\label{tab:overall}"
                        "S[table-format=1.4(3)]"
                        "\\multicolumn{2}{c}{NDCG@10}"
                        "\\cmidrule(lr){2-3}"
                        "{\\underline{\\tablenum[table-format=1.4(3)]{0.7000 \\pm 0.0100}}}"
                        "\\rlap{$^{\\blacktriangle}$}"
                    ] do
                    Expect.stringContains text part part

            testCase "LaTeX compiles with pdflatex, whatever the texts are"
            <| fun () ->
                Pdflatex.require ()

                TempFolder.within (fun folder ->
                    let paper = document (table :: List.map hostile hostileTexts)
                    File.WriteAllText(Path.Combine(folder, "paper.tex"), paper)
                    let code, said = Pdflatex.compile folder
                    Expect.equal code 0 said
                    Expect.isFalse (said.Contains "Missing character") "every character is in its font")
        ]
