/// Commands of serving, on a run that they share.
module RobustMeta.Tests.ServedCommand

open System
open System.IO
open Expecto
open RobustMeta.Scripts
open RobustMeta.Tests.ServedRun

/// A trained run that the tests of commands share.
let run = lazy (train (TempFolder.untilExit ()) "MetaPMF" [])

/// Exit code, output and errors of a command.
let call (words: string list) =
    let out, error = Console.Out, Console.Error
    use output = new StringWriter()
    use errors = new StringWriter()
    Console.SetOut output
    Console.SetError errors

    try
        let code = CommandLine.run words
        code, output.ToString(), errors.ToString()
    finally
        Console.SetOut out
        Console.SetError error

/// Ratings as lines of a file.
let asText (rows: struct (string * float32) list) =
    rows |> List.map (fun struct (item, value) -> FormattableString.Invariant $"{item},{value}")

/// The first task of the test users.
let task () = run.Value.Prepared.Split.Test[0]

/// Tests with a file of these lines.
let inFile (name: string) (lines: string list) (test: string -> unit) =
    TempFolder.within (fun root ->
        let path = Path.Combine(root, name)
        TempFolder.write (String.concat "\n" lines + "\n") path
        test path)

/// Requires that a command is refused with these words.
let refused (words: string list) (parts: string list) =
    let code, _, errors = call words
    Expect.equal code 2 "exit code"

    for part in parts do
        Expect.stringContains errors part "error"
