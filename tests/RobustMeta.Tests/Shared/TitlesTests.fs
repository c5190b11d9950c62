/// A title stands for one test: it is how a failure is found and run again.
module RobustMeta.Tests.TitlesTests

open Expecto
open RobustMeta.Tests.Properties

let private repeated (titles: string list) =
    titles |> List.countBy id |> List.filter (fun (_, count) -> count > 1) |> List.map fst

[<Tests>]
let tests =
    testList
        "Titles"
        [
            testCase "no two tests have one title"
            <| fun () ->
                let all =
                    Impl.testFromThisAssembly ()
                    |> Option.defaultValue (testList "" [])
                    |> Test.toTestCodeList
                    |> List.map (fun test -> String.concat "." test.name)

                Expect.isGreaterThan all.Length 100 "tests of this assembly"
                Expect.isEmpty (repeated all) "titles"

            testCase "a failing property says how to run its case again"
            <| fun () ->
                let seed = { Seed = 1UL; Gamma = 3UL; Size = 20 }

                let message =
                    try
                        check 100 (Some seed) "a false one" (fun (x: int) -> x < -1000)
                        ""
                    with error ->
                        error.Message

                Expect.stringContains message "ROBUSTMETA_REPLAY=1,3,20" "the case"
                Expect.stringContains message "--filter-test-case \"a false one\"" "the test"
        ]
