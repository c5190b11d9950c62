/// The guide's own types keep the contracts that the guide says to test them on.
module RobustMeta.Tests.Docs.OwnTypeTests

open System.IO
open Expecto
open RobustMeta.Tests
open RobustMeta.Tests.MarkdownBlocks

let private contracts = Path.Combine(root, "tests", "contracts.fsx").Replace('\\', '/')

/// Runs a script that loads the suites; its name ends like that of the suites, which must not matter.
let private run (folder: string) (code: string) =
    let script = code.Replace("\"tests/contracts.fsx\"", $"\"{contracts}\"")
    TempFolder.write script (Path.Combine(folder, "my_contracts.fsx"))
    FSharpBlockTests.runScript folder [ "my_contracts.fsx" ]

/// A metric that depends on the size of the scores.
let private wrong =
    """#load "tests/contracts.fsx"
open System
open RobustMeta.Evaluation
open Contracts

type Largest() =
    inherit Metric("Largest", true)
    override _.Value query = Nullable(float (Seq.max query.Scores))

exit (List.sum [ check (ofMetric (Largest())) ])
"""

[<Tests>]
let tests =
    testList
        "own types of the guide"
        [
            testCase "the types of the page on extending pass all suites"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let page = inLanguage "fsharp" |> List.filter (fun block -> block.Page = "docs/extending.md")
                    let types, suites = page |> List.partition _.IsPlain

                    TempFolder.write
                        (FSharpBlockTests.scriptOf "my_types" types)
                        (Path.Combine(folder, "my_types.fsx"))

                    let suites = suites |> List.exactlyOne
                    Expect.equal suites.Marker "contracts" "marker"
                    let code, text = run folder suites.Text
                    Expect.equal code 0 text
                    let counted = text.Split("EXPECTO!").Length - 1
                    Expect.isGreaterThanOrEqual counted 8 $"suites that ran\n{text}")

            testCase "each type of the page on extending compiles by itself"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let page =
                        inLanguage "fsharp"
                        |> List.filter (fun block -> block.Page = "docs/extending.md" && block.IsPlain)

                    let declares (block: Block) = block.Text.Contains ".Registry.Add"
                    let blocks = page |> List.filter declares
                    Expect.hasLength blocks 8 "one of each kind"

                    let loads =
                        [
                            for number, block in List.indexed blocks do
                                let name = $"type_{number}.fsx"
                                let script = FSharpBlockTests.scriptOf name [ block ]
                                TempFolder.write script (Path.Combine(folder, name))
                                $"#load \"{name}\""
                        ]

                    TempFolder.write (String.concat "\n" loads) (Path.Combine(folder, "all.fsx"))
                    let code, text = FSharpBlockTests.runScript folder [ "--typecheck-only"; "all.fsx" ]
                    Expect.equal code 0 text)

            testCase "a type that breaks a rule ends with exit code 1 and the name of the rule"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let code, text = run folder wrong
                    Expect.equal code 1 text
                    Expect.stringContains text "the ranking alone counts" "rule")
        ]
