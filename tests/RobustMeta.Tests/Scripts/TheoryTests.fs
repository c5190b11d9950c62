module RobustMeta.Tests.Scripts.TheoryTests

open System.IO
open Expecto
open RobustMeta.Scripts
open RobustMeta.Tests

[<Tests>]
let tests =
    testList
        "Theory command"
        [
            testCase "the quick report"
            <| fun () ->
                TempFolder.within (fun out ->
                    Expect.equal (CommandLine.run [ "theory"; "quick"; "out"; out ]) 0 "exit code"
                    let text = File.ReadAllText(Path.Combine(out, "theory.md"))
                    Expect.stringContains text ": 0 violations" "upper bound"
                    Expect.isTrue (File.Exists(Path.Combine(out, "theory.html"))) "figure")
        ]
