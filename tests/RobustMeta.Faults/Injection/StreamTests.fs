/// Outputs that are closed, and signals to commands that keep nothing before their end.
module RobustMeta.Faults.Injection.StreamTests

open System
open System.Diagnostics
open System.IO
open Expecto
open RobustMeta.Tests.TempFolder

let private words out = [ "run"; "bias"; "userNum"; "120"; "shiftDraws"; "1"; "out"; out ]

/// Runs the words of a command in a shell with something behind them; exit code and what reached standard error.
let private inShell (behind: string) (words: string list) =
    let quoted = String.Join(' ', Command.line words |> List.map (fun word -> $"'{word}'"))
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
                        let code, errors = inShell behind (words out)
                        Expect.isFalse (errors.Contains "   at ") errors
                        Expect.isTrue (code = 0 || code = 1) $"exit {code}: {errors}"

                        if code = 1 then
                            Expect.stringContains errors "error: standard output " "what is wrong"

                        // Where closing the output ended the command, the same command completes the results.
                        let code, text = Command.run [] (words out)
                        Expect.equal code 0 text
                        Expect.equal (Command.results out) (Command.results whole) "results")
        ]

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
let tests = testList "streams" [ closed; signals ]
