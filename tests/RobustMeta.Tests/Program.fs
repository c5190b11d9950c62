module RobustMeta.Tests.Program

open Expecto

/// The closing line counts errored tests as failed; skipped ones are listed by name above it.
let private closingLine (summary: Impl.TestRunSummary) =
    let failed = summary.failed.Length + summary.errored.Length
    printfn $"{summary.passed.Length} passed, {failed} failed, {summary.ignored.Length} skipped"

// One test at a time: libtorch is used from a single managed thread.
[<EntryPoint>]
let main args =
    runTestsInAssemblyWithCLIArgs
        [
            CLIArguments.Sequenced
            CLIArguments.No_Spinner
            CLIArguments.Colours 0
            CLIArguments.Summary
            CLIArguments.Append_Summary_Handler(SummaryHandler closingLine)
        ]
        args
