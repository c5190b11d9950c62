module RobustMeta.Faults.Program

open RobustMeta.Faults
open RobustMeta.Faults.Injection

// With the word that Command.fs uses the program is the command line itself: the child that gets killed.
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
        RobustMeta.Tests.TestRun.run args
