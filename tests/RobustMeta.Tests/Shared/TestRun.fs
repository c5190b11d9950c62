module RobustMeta.Tests.TestRun

open Expecto
open Expecto.Impl

let private failures (summary: TestRunSummary) =
    summary.failed @ summary.errored
    |> List.map (fun (test, result) -> String.concat "." test.name, result.result.ToString())

/// Runs the tests of the program one at a time, since libtorch is used from a single managed thread; the exit code.
/// The names and messages of what failed, then the counts are printed after all that the runner prints, so that the end of a
/// log tells what is wrong. Errored tests count as failed; skipped ones are listed by name by the runner.
let run args =
    let summary = ref None

    let code =
        runTestsInAssemblyWithCLIArgs
            [
                CLIArguments.Sequenced
                CLIArguments.No_Spinner
                CLIArguments.Colours 0
                CLIArguments.Summary
                CLIArguments.Append_Summary_Handler(SummaryHandler(fun s -> summary.Value <- Some s))
            ]
            args

    match summary.Value with
    | Some s ->
        printfn ""

        for name, message in failures s do
            printfn $"failed: {name}"
            printfn $"{message}"

        printfn $"{s.passed.Length} passed, {s.failed.Length + s.errored.Length} failed, {s.ignored.Length} skipped"
    | None -> ()

    code
