/// What a study's results are gathered into, killed while it is written: whole or refused, never torn, and made by the next call.
module RobustMeta.Faults.Injection.PackKillTests

open System
open System.IO
open Expecto
open RobustMeta.Faults
open RobustMeta.Tests.TempFolder

let private study =
    """seeds = [1]
[shared]
epoch = 1
hiddenDim1 = 4
hiddenDim2 = 4
embeddingDim = 2
userNum = 120
shiftDraws = 1
baselines = "bias"
[data.synthetic]
dataset = "synthetic"
[base.MeLU]
model = "MeLU"
[method.plain]
preset = "plain"
"""

let private ran words =
    let code, text = Command.run [] words
    Expect.equal code 0 text

/// Kills a command at its renaming with a number, of which each puts a finished file in its place.
let private killed (log: string) (number: int) (words: string list) =
    let parent = Strace.inject log "rename" "signal=KILL" number
    let command = Command.startUnder parent Strace.variables words
    Expect.notEqual (command.Wait()) 0 $"killed at file {number}: {command.Text}"

/// The verb, what it writes, and how many files that is.
let private gatherings = [ "pack", "packed", 5; "export", "export.csv", 1; "collect", "all.parquet", 1 ]

let private points (count: int) = if Extent.isLong || count = 1 then [ 1..count ] else [ 2; count ]

[<Tests>]
let tests =
    testList
        "kills of what gathers results"
        [
            testCase
                "'pack', 'export' and 'collect' that are killed between two files leave nothing torn; the next call is whole"
            <| fun () ->
                Strace.need ()

                within (fun folder ->
                    let file, out = Path.Combine(folder, "mine.toml"), Path.Combine(folder, "out")
                    let log = Path.Combine(folder, "log")
                    write study file
                    ran [ "study"; file; "run"; "out"; out ]
                    let mutable kills = 0

                    for verb, name, count in gatherings do
                        let place = Path.Combine(folder, verb, name)
                        Directory.CreateDirectory(Path.Combine(folder, verb)) |> ignore
                        let words = [ "study"; verb; file; "out"; out; "to"; place ]
                        ran words
                        let whole = Command.results (Path.Combine(folder, verb))

                        for number in points count do
                            killed log number words
                            kills <- kills + 1

                            if verb = "pack" then
                                // The old list of files is gone, the new one is not there yet.
                                let report = Path.Combine(folder, "report.md")

                                let code, text =
                                    Command.run [] [ "study"; file; "report"; "from"; place; "to"; report ]

                                Expect.equal code 1 text
                                Expect.stringContains text "packing did not end" "refused"
                                Expect.stringContains text "Pack the study again" "remedy"
                            else
                                let old = Command.results (Path.Combine(folder, verb))
                                let isOurs (name: string, _) = not (name.EndsWith(".part", StringComparison.Ordinal))
                                Expect.equal (List.filter isOurs old) whole $"{verb}: the old file stays"

                            ran words
                            Expect.equal (Command.results (Path.Combine(folder, verb))) whole $"{verb}, file {number}"

                    printfn $"killed while gathering results: {kills} times")
        ]
