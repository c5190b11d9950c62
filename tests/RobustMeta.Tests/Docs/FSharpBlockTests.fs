module RobustMeta.Tests.Docs.FSharpBlockTests

open System
open System.Diagnostics
open System.IO
open Expecto
open RobustMeta.Tests
open RobustMeta.Tests.MarkdownBlocks

let private load = Path.Combine(root, "RobustMeta.Scripts", "load.fsx").Replace('\\', '/')

/// The blocks of a page one after the other, as a reader would enter them, with the page's line numbers.
let internal scriptOf (page: string) (blocks: Block list) =
    let text (block: Block) =
        let code = block.Text.Replace("\"RobustMeta.Scripts/load.fsx\"", $"\"{load}\"") |> quick
        $"#line {block.Line} \"{page}\"\n{code}"

    let first = blocks.Head.Text.TrimStart()
    let header = if first.StartsWith "#load" then "" else $"#load \"{load}\"\n"
    header + String.Join('\n', blocks |> List.map text)

/// Runs a script in a folder and returns the exit code with what was printed.
let internal runScript (folder: string) (arguments: string list) =
    let start = ProcessStartInfo("dotnet", "fsi" :: arguments, WorkingDirectory = folder)
    start.RedirectStandardOutput <- true
    start.RedirectStandardError <- true
    // The runner of these tests may itself have been started by `dotnet run`.
    start.Environment.Remove "MSBuildSDKsPath" |> ignore
    use running = Process.Start start
    let errors = running.StandardError.ReadToEndAsync()
    let output = running.StandardOutput.ReadToEnd()
    running.WaitForExit()
    running.ExitCode, output + errors.Result

[<Tests>]
let tests =
    testList
        "F# blocks"
        [
            testCase "those of README and guide run, without a warning, in one session"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let blocks =
                        inLanguage "fsharp"
                        |> List.filter (fun block -> block.IsPlain || block.Marker = GuideRun.Marker)

                    GuideRun.train folder

                    let scripts =
                        [
                            for page, blocks in blocks |> List.groupBy _.Page do
                                let name = page.Replace("/", "_").Replace(".md", "").Replace("-", "_") + ".fsx"
                                let script = GuideRun.fill folder (scriptOf page blocks)
                                TempFolder.write script (Path.Combine(folder, name))
                                name
                        ]

                    Expect.isGreaterThan scripts.Length 1 "pages with F# blocks"
                    let loads = [ for name in scripts -> $"#load \"{name}\"" ]
                    TempFolder.write (String.Join('\n', loads) + "\n") (Path.Combine(folder, "all.fsx"))
                    let code, text = runScript folder [ "all.fsx" ]
                    Expect.equal code 0 text
                    Expect.isFalse (text.Contains ": warning FS" || text.Contains ": info FS") text)
        ]
