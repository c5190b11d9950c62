/// The page of promises names tests that are there.
module RobustMeta.Tests.Docs.PromiseTests

open System
open System.IO
open System.Text.RegularExpressions
open Expecto
open RobustMeta.Tests

let private page = lazy (File.ReadAllLines(Path.Combine(MarkdownBlocks.root, "docs", "promises.md")))

/// The promise and the names of its tests, a row each.
let private promises () =
    [
        for line in page.Value do
            match line.Split '|' with
            | [| _; promise; tests; _ |] when promise.Contains "**" ->
                promise.Trim(), [ for name in Regex.Matches(tests, "`([^`]+)`") -> name.Groups[1].Value ]
            | _ -> ()
    ]

let private names =
    lazy
        (Impl.testFromThisAssembly ()
         |> Option.defaultValue (testList "" [])
         |> Test.toTestCodeList
         |> List.map (fun test -> String.concat "." test.name))

/// Texts of the other test program, whose titles stand in them as they are, or before what is filled in.
let private faults =
    lazy
        (Directory.GetFiles(
            Path.Combine(MarkdownBlocks.root, "tests", "RobustMeta.Faults"),
            "*.fs",
            SearchOption.AllDirectories
         )
         |> Array.filter (fun file -> not (file.Contains "/obj/"))
         |> Array.map File.ReadAllText
         |> String.concat "\n")

let private isTitle (part: string) = faults.Value.Contains($"\"{part}", StringComparison.Ordinal)

let private exists (name: string) =
    names.Value |> List.exists _.StartsWith(name, StringComparison.Ordinal)
    || name.Split('.', StringSplitOptions.RemoveEmptyEntries) |> Array.forall isTitle

[<Tests>]
let tests =
    testList
        "Promises"
        [
            testCase "each names tests that are there"
            <| fun () ->
                let promises = promises ()
                Expect.isGreaterThan promises.Length 12 "promises"

                for promise, tests in promises do
                    Expect.isNonEmpty tests promise

                    for test in tests do
                        Expect.isTrue (exists test) $"{promise}: there is no test '{test}'"
        ]
