/// Commands whose output a test reads.
module RobustMeta.Tests.CapturedCommand

open System
open System.IO
open RobustMeta.Scripts

/// Runs a command and returns its exit code with what it printed to either stream.
let run (words: string list) =
    let output, error = Console.Out, Console.Error
    use printed = new StringWriter()

    try
        Console.SetOut printed
        Console.SetError printed
        CommandLine.run words, string printed
    finally
        Console.SetOut output
        Console.SetError error
