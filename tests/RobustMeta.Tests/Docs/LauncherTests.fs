module RobustMeta.Tests.Docs.LauncherTests

open System
open System.Diagnostics
open System.IO
open Expecto
open RobustMeta.Tests
open RobustMeta.Tests.MarkdownBlocks

let private launch (folder: string) (words: string list) =
    let name = if OperatingSystem.IsWindows() then "robustmeta.cmd" else "robustmeta"
    let start = ProcessStartInfo(Path.Combine(root, name), words, WorkingDirectory = folder)
    start.RedirectStandardOutput <- true
    start.RedirectStandardError <- true
    use running = Process.Start start
    let output = running.StandardOutput.ReadToEnd() + running.StandardError.ReadToEnd()
    running.WaitForExit()
    running.ExitCode, output

[<Tests>]
let tests =
    testList
        "launcher"
        [
            testCase "starts the built command line from any folder and passes words and exit code on"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let code, text = launch folder [ "help" ]
                    Expect.equal code 0 text
                    Expect.stringContains text "quick_start" "help"
                    let code, text = launch folder [ "run"; "MeLU"; "set"; "chi2 one" ]
                    Expect.equal code 2 text
                    Expect.stringContains text "chi2 one" "a word with a blank stays one word")

            // In a process of its own: others have loaded libtorch by then.
            testCase "priors that are decided before training start load libtorch"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let small = "epoch 1 startRounds 3 factors 2 userNum 150 dataset synthetic preset plain"

                    for prior in [ "auto"; "safe" ] do
                        let code, text =
                            launch folder ([ "run"; "MetaPMF"; "userPrior"; prior ] @ List.ofArray (small.Split ' '))

                        Expect.equal code 0 text)
        ]
