module RobustMeta.Faults.Program

open Expecto
open RobustMeta.Faults
open RobustMeta.Faults.Injection

// One test at a time: libtorch is used from a single managed thread. With the word that Command.fs uses the program is the
// command line itself: the child that gets killed.
[<EntryPoint>]
let main args =
    match List.ofArray args with
    | Command.Marker :: words -> RobustMeta.Scripts.CommandLine.main (Array.ofList words)
    | [ Fuzz.Target.Marker; name ] -> Fuzz.Target.serve name
    | [ "--seeds"; name; folder ] -> Fuzz.Target.writeSeeds name folder
    | _ ->
        let folder, removed = Commands.Fixture.make ()
        use _ = removed
        Commands.Fixture.folder <- folder
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
            printfn $"{s.passed.Length} passed, {s.failed.Length + s.errored.Length} failed, {s.ignored.Length} skipped"
        | None -> ()

        code
