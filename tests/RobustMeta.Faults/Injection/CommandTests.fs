/// Commands that are wrong, and machines that refuse: one line each, with the exit code of its kind, never a stack trace.
module RobustMeta.Faults.Injection.CommandTests

open System
open System.IO
open Expecto
open RobustMeta.Tests.TempFolder

let private says (code: int) (part: string) variables words =
    let found, text = Command.run variables words
    Expect.isFalse (text.Contains "   at ") $"a stack trace: {text}"
    Expect.stringContains text part "message"
    Expect.equal found code text

/// The words of a command, of which OUT is a new folder; exit code; a part of its message.
let private wrong =
    [
        "run MeLU metrics none out OUT", 2, "metrics is none"
        "run TaNP weightsAct support userNum 120 epoch 1 out OUT", 2, "support"
        "run OUT/s.toml", 2, "there is no such file"
        "run MeLU dataset nowhere out OUT", 2, "There is no data set 'nowhere'"
        "run MeLU dataset ml-100 out OUT", 2, "did you mean 'ml-100k'"
        "run MeLUU out OUT", 2, "MeLU"
        "run MeLU lr=0.1", 2, "lr 0.1"
        "run MeLU --lr 0.1", 2, "without dashes"
        "run MeLU set chi2 0.25", 2, "\"chi2 0.25\""
        "run MeLU lr", 2, "has no value"
        "rum MeLU", 2, "did you mean 'run'"
    ]

let private wrongCommands =
    testList
        "wrong commands"
        [
            for command, code, part in wrong do
                testCase command
                <| fun () ->
                    within (fun folder ->
                        let out = Path.Combine(folder, "out")

                        let words =
                            [
                                for word in command.Split ' ' do
                                    word.Replace("OUT", out)
                            ]

                        says code part [] words)
        ]

let private refusals =
    testList
        "machines that refuse"
        [
            testCase "a folder as file of settings"
            <| fun () ->
                within (fun folder ->
                    let path = Path.Combine(folder, "a.toml")
                    Directory.CreateDirectory path |> ignore
                    says 2 "this is a folder" [] [ "run"; path ])

            testCase "out that is a file"
            <| fun () ->
                within (fun folder ->
                    let path = Path.Combine(folder, "out")
                    write "x" path
                    says 2 path [] ([ "run"; "bias" ] @ [ "userNum"; "120"; "shiftDraws"; "1"; "out"; path ]))

            testCase "a home folder that cannot be written, and no home folder"
            <| fun () ->
                within (fun folder ->
                    for home in [ "/proc/nowhere"; "" ] do
                        let variables = [ "HOME", home; "XDG_DATA_HOME", home; "DOTNET_CLI_HOME", folder ]

                        says
                            0
                            "bias"
                            variables
                            [ "run"; "bias"; "userNum"; "120"; "shiftDraws"; "1"; "out"; Path.Combine(folder, "out") ])

            testCase "out on a file system that takes no files"
            <| fun () -> says 2 "/proc" [] [ "run"; "bias"; "userNum"; "120"; "shiftDraws"; "1"; "out"; "/proc/self" ]
        ]

[<Tests>]
let tests = testList "commands" [ wrongCommands; refusals ]
