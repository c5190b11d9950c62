module RobustMeta.Tests.Scripts.TablesTests

open Expecto
open RobustMeta.Evaluation
open RobustMeta.Scripts

[<Tests>]
let tests =
    testList
        "Tables"
        [
            testCase "Markdown is aligned, and says so"
            <| fun () ->
                let text = MarkdownTable.grid (Table.ofText [ "a"; "long" ] [ [ "first"; "1" ]; [ "b"; "22" ] ])

                Expect.equal
                    text
                    "| a     | long |\n| ----- | ---: |\n| first |    1 |\n| b     |   22 |\n"
                    "aligned columns"

            testCase "numbers, intervals and p-values"
            <| fun () ->
                Expect.equal (CellText.plusMinus 3 (Interval(0.5, 0.4, 0.6, 9))) "0.500 ± 0.100" "interval"
                Expect.equal (CellText.plusMinus 3 (Interval(0.5, nan, nan, 1))) "0.500" "one value has no interval"
                Expect.equal (CellText.number 2 nan) "–" "nothing"
                Expect.equal (CellText.number 2 -1.5) "−1.50" "the minus of signed numbers, not a hyphen"

                Expect.equal (CellText.range 2 (Interval(-0.1, -0.2, 0.05, 9))) "−0.10 [−0.20, +0.05]" "difference"

                Expect.equal (CellText.probability 0.0004) "< 0.001" "small"
                Expect.equal (CellText.probability 0.0449) "0.045" "ordinary"
        ]
