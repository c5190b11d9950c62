/// Outputs that are closed, and signals to commands that keep nothing before their end.
module RobustMeta.Faults.Injection.StreamTests

open System
open System.Diagnostics
open System.IO
open Expecto
open RobustMeta.Faults.Workers
open RobustMeta.Tests.TempFolder

let private words out = [ "run"; "bias"; "userNum"; "120"; "shiftDraws"; "1"; "out"; out ]

/// Runs a command line in a shell with something behind them; exit code and what reached standard error.
let private inShell (behind: string) (line: string list) =
    let quoted = String.Join(' ', line |> List.map (fun word -> $"'{word}'"))
    let info = ProcessStartInfo("bash", [ "-c"; $"set -o pipefail; {quoted} {behind}" ])
    info.RedirectStandardError <- true
    info.RedirectStandardOutput <- true
    use shell = nonNull (Process.Start info)
    let errors = shell.StandardError.ReadToEndAsync()
    shell.StandardOutput.ReadToEnd() |> ignore
    shell.WaitForExit()
    shell.ExitCode, errors.Result

let private closed =
    testList
        "outputs that are closed"
        [
            for name, behind in
                [
                    "a closed standard output", ">&-"
                    "a reader that leaves after a line", "| head -1"
                    "a full device", "> /dev/full"
                ] do
                testCase $"{name}: the results are there, and no stack trace"
                <| fun () ->
                    within (fun folder ->
                        let whole, out = Path.Combine(folder, "whole"), Path.Combine(folder, "out")
                        Command.run [] (words whole) |> ignore
                        let code, errors = inShell behind (Command.line (words out))
                        Expect.isFalse (errors.Contains "   at ") errors
                        Expect.isTrue (code = 0 || code = 1) $"exit {code}: {errors}"

                        if code = 1 then
                            Expect.stringContains errors "error: standard output " "what is wrong"

                        // Where closing the output ended the command, the same command completes the results.
                        let code, text = Command.run [] (words out)
                        Expect.equal code 0 text
                        Expect.equal (Command.results out) (Command.results whole) "results")
        ]

let private study =
    "seeds = [1]\n[shared]\nepoch = 1\nuserNum = 120\nshiftDraws = 1\nbaselines = \"none\"\n[data.synthetic]\ndataset = \"synthetic\"\n[base.MeLU]\nmodel = \"MeLU\"\n[method.plain]\npreset = \"plain\"\n"

/// Commands that print something, of a study file FILE with the folder OUT; the exit code where standard output is closed, and where
/// standard error is.
let private printing =
    [
        "study submit FILE engine local workers 1 out OUT", 1, 0
        "study status FILE out OUT", 1, 0
        "study plan FILE out OUT", 1, 0
        "study collect FILE out OUT", 1, 0
        "study work FILE shard 1/0 out OUT", 2, 2
        "doctor", 1, 0
        "rum MeLU", 2, 2
    ]

let private anyCommand =
    testCase "commands whose output or errors are closed end with the right code, and without a stack trace"
    <| fun () ->
        within (fun folder ->
            let file = Path.Combine(folder, "mine.toml")
            write study file

            for line, printed, told in printing do
                let words out =
                    [
                        for word in line.Split ' ' do
                            match word with
                            | "FILE" -> file
                            | "OUT" -> Path.Combine(folder, out)
                            | word -> word
                    ]
                    |> List.append [ "dotnet"; SmallStudy.program ]

                // Errors first: what is made then is read where the output is closed.
                let code, _ = inShell "2>&-" (words "out")
                Expect.equal code told $"{line}: standard error is closed"
                let code, errors = inShell ">&-" (words "out")
                Expect.equal code printed $"{line}: {errors}"
                Expect.isFalse (errors.Contains "   at ") errors

                // The first line of 'study submit' fails before a worker starts.
                if code = 1 then
                    Expect.equal (errors.Split("error: standard output").Length - 1) 1 errors

            let code, _ = inShell "> /dev/full 2> /dev/full" [ "dotnet"; SmallStudy.program; "help" ]
            Expect.equal code 1 "nothing can be told at all")

let private signals =
    testList
        "signals to commands that keep nothing"
        [
            for signal, code in [ "INT", 130; "TERM", 143; "HUP", 129 ] do
                testCase $"SIG{signal} ends 'theory' at once, and says that nothing is kept"
                <| fun () ->
                    within (fun folder ->
                        let out = Path.Combine(folder, "out")
                        let running = Command.start [] [ "theory"; "out"; out ]
                        Expect.isTrue (running.Prints "1 of 4") running.Text
                        running.Signal signal
                        Expect.equal (running.Wait()) code running.Text
                        Expect.isFalse (running.Text.Contains "4 of 4") "long before its end"
                        Expect.stringContains running.Text "keeps nothing before its end" "said"
                        Expect.isEmpty (Directory.GetFiles out) "nothing is left")

            testCase "'data check' of a device ends at once"
            <| fun () ->
                let code, text = Command.run [] [ "data"; "check"; "/dev/zero" ]
                Expect.equal code 2 text
        ]

[<Tests>]
let tests = testList "streams" [ closed; anyCommand; signals ]
