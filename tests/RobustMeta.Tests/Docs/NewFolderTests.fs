module RobustMeta.Tests.Docs.NewFolderTests

open System.IO
open Expecto
open RobustMeta.Scripts
open RobustMeta.Tests

[<Tests>]
let tests =
    testList
        "new folder"
        [
            testCase "its analysis runs as it is, from elsewhere, without a warning; its files are kept"
            <| fun () ->
                TempFolder.within (fun root ->
                    let folder = Path.Combine(root, "my study")
                    Expect.equal (CommandLine.run [ "new"; folder ]) 0 "exit code"
                    let code, text = FSharpBlockTests.runScript root [ Path.Combine(folder, "analysis.fsx") ]
                    Expect.equal code 0 text
                    Expect.isFalse (text.Contains ": warning FS" || text.Contains ": info FS") text
                    Expect.stringContains text "MeLU+robustmeta" "both methods"
                    Expect.isTrue (File.Exists(Path.Combine(folder, "results", "figure.html"))) "figure"
                    let before = File.ReadAllText(Path.Combine(folder, "study.toml"))
                    Expect.equal (CommandLine.run [ "new"; folder ]) 2 "is not written over"
                    Expect.equal (File.ReadAllText(Path.Combine(folder, "study.toml"))) before "kept")

            testCase "the next steps are told in their order"
            <| fun () ->
                TempFolder.within (fun root ->
                    let code, text = CapturedCommand.run [ "new"; Path.Combine(root, "mine") ]
                    Expect.equal code 0 text

                    let steps =
                        [ "cd "; "study.toml probe"; "study.toml run"; "study.toml report"; "fsi analysis.fsx" ]

                    let places = [ for step in steps -> text.IndexOf step ]
                    Expect.isTrue (places |> List.forall (fun place -> place > 0)) text
                    Expect.equal places (List.sort places) text)
        ]
