/// How commands end: errors of the input with 2, failures with 1, bugs with 1 and what a report of them needs.
module RobustMeta.Tests.Scripts.ExitCodeTests

open System
open System.IO
open Expecto
open RobustMeta.Data
open RobustMeta.Evaluation
open RobustMeta.Scripts
open RobustMeta.Settings
open RobustMeta.Training

/// The exit code of a command that ends with an error, and what it prints.
let private ended (error: exn) =
    let before = Console.Error
    use printed = new StringWriter()

    try
        Console.SetError printed
        CommandLine.guarded [ "run"; "MeLU" ] (fun () -> raise error), string printed
    finally
        Console.SetError before

let private foreseen: (exn * int) list =
    [
        SettingException "wrong", 2
        DataFormatException("a.csv", 3, 2, "wrong"), 2
        FileNotFoundException "wrong", 2
        StatisticsInputException("wrong", "values"), 2
        ScoreException "wrong", 1
        DivergenceException(1, 2, "wrong"), 1
        IOException "wrong", 1
        UnauthorizedAccessException "wrong", 1
        InvalidDataException "wrong", 1
    ]

/// What the runtime raises where one part of a program gives another what it cannot take.
let private bugs: exn list =
    [
        ArgumentNullException "path"
        ArgumentOutOfRangeException("index", "must be less than the size")
        ArgumentException "An item with the same key has already been added"
        IndexOutOfRangeException()
        NullReferenceException()
        InvalidOperationException "Sequence contains no elements"
        FormatException "not in a correct format"
        Collections.Generic.KeyNotFoundException()
    ]

[<Tests>]
let tests =
    testSequenced
    <| testList
        "exit codes"
        [
            for error, expected in foreseen do
                testCase $"{error.GetType().Name} is answered with its message and {expected}"
                <| fun () ->
                    let code, text = ended error
                    Expect.equal code expected text
                    Expect.stringStarts text "error: " "one line that begins so"
                    Expect.stringContains text "wrong" "its message"
                    Expect.isFalse (text.Contains "bug" || text.Contains "   at ") "no bug, no stack"

            for error in bugs do
                testCase $"{error.GetType().Name} is a bug: 1, and how to report it"
                <| fun () ->
                    let code, text = ended error
                    Expect.equal code 1 text
                    Expect.stringContains text $"this is a bug in RobustMeta: {error.GetType().Name}" "what it is"
                    Expect.stringContains text "Please report the following lines" "what to do"
                    Expect.stringContains text "command: run MeLU" "the command"
        ]
