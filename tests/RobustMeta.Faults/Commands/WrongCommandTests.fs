/// Every wrong command of `wrong.txt` answers exactly what stands there. ROBUSTMETA_RECORD=FILE writes what they answer now into
/// FILE, to be read before it becomes what they shall answer.
module RobustMeta.Faults.Commands.WrongCommandTests

open System
open System.IO
open Expecto
open RobustMeta.Faults.Commands

let private entries = WrongCommand.read (Path.Combine(AppContext.BaseDirectory, "Commands", "wrong.txt"))

let private record (path: string) =
    File.WriteAllText(path, WrongCommand.print [ for e in entries -> WrongCommand.run Fixture.folder e.Words ])

[<Tests>]
let tests =
    testList
        "wrong commands and what they answer"
        [
            match Environment.GetEnvironmentVariable "ROBUSTMETA_RECORD" with
            | null
            | "" ->
                for entry in entries do
                    testCase entry.Words
                    <| fun () ->
                        let found = WrongCommand.run Fixture.folder entry.Words
                        Expect.equal found.Text entry.Text "text"
                        Expect.equal found.Code entry.Code "exit code"

                testCase "there are at least 120, and none ends well or with a stack trace"
                <| fun () ->
                    printfn $"wrong commands: {entries.Length}"
                    Expect.isGreaterThanOrEqual entries.Length 120 "entries"

                    for entry in entries do
                        Expect.isTrue (entry.Code = 1 || entry.Code = 2) $"{entry.Words}: exit {entry.Code}"
                        Expect.isFalse (entry.Text.Contains "   at ") entry.Words
            | path -> testCase "what they answer is recorded" (fun () -> record path)
        ]
