module RobustMeta.Tests.Program

open Expecto

// One test at a time: libtorch is used from a single managed thread.
let private runAll args =
    // Models are tested on tensors directly, without the engine that loads the library.
    RobustMeta.Runtime.NativeLibraries.EnsureLoaded()
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

    // Printed here, after all that the runner prints, so that nothing precedes it on its line. Errored tests count as
    // failed; skipped ones are listed by name above.
    match summary.Value with
    | Some s ->
        printfn ""
        printfn $"{s.passed.Length} passed, {s.failed.Length + s.errored.Length} failed, {s.ignored.Length} skipped"
    | None -> ()

    code

[<EntryPoint>]
let main args =
    match List.ofArray args with
    // A process of its own that does nothing but serve: see the tests of ColdStartModel.
    | "serve" :: folder :: ratings -> ServedRun.serveAlone folder ratings
    | _ -> runAll args
