module RobustMeta.Tests.Scripts.TablesTests

open Expecto
open RobustMeta.Evaluation
open RobustMeta.Scripts

let private row name testSet user value = UserResult(name, testSet, user, "NDCG@10", value)

[<Tests>]
let tests =
    testList
        "Tables"
        [
            testCase "Markdown is aligned, and says so"
            <| fun () ->
                let text = Tables.markdown { Header = [ "a"; "long" ]; Rows = [ [ "first"; "1" ]; [ "b"; "22" ] ] }

                Expect.equal
                    text
                    "| a     | long |\n| ----- | ---: |\n| first |    1 |\n| b     |   22 |\n"
                    "aligned columns"

            testCase "numbers, intervals and p-values"
            <| fun () ->
                Expect.equal (Tables.interval 3 (Interval(0.5, 0.4, 0.6, 9))) "0.500 ± 0.100" "interval"
                Expect.equal (Tables.interval 3 (Interval(0.5, nan, nan, 1))) "0.500" "one value has no interval"
                Expect.equal (Tables.number 2 nan) "–" "nothing"

                Expect.equal (Tables.difference 2 (Interval(-0.1, -0.2, 0.05, 9))) "−0.10 [−0.20, +0.05]" "difference"

                Expect.equal (Tables.pValue 0.0004) "< 0.001" "small"
                Expect.equal (Tables.pValue 0.0449) "0.045" "ordinary"

            testCase "differences pair users and correct over test sets"
            <| fun () ->
                let rows =
                    [|
                        for set in 0..1 do
                            for u in 0..19 do
                                row "plain" set $"u{u}" 0.5
                                // Set 0: everyone gains; set 1: half gain, half lose alike.
                                row "robust" set $"u{u}" (if set = 0 || u % 2 = 0 then 0.6 else 0.4)

                            row "robust" set "alone" 9.0
                    |]

                let found = Summary.differences rows "robust" "plain" "NDCG@10" (fun _ -> true)
                Expect.equal (found |> List.map _.Interval.Count) [ 20; 20 ] "a user without a partner does not count"
                Expect.floatClose Accuracy.high found[0].Interval.Mean 0.1 "gain"
                Expect.floatClose Accuracy.high found[1].Interval.Mean 0.0 "no gain"
                let alone = Significance.Wilcoxon(Array.replicate 20 0.1)
                Expect.floatClose Accuracy.high found[0].P (2.0 * alone) "Holm: twice the smaller of two"
                Expect.equal found[1].P 1.0 "no evidence"
        ]
