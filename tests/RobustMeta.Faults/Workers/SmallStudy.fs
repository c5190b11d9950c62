/// A study of 24 runs of a second or two, its workers as processes, and what they leave.
module RobustMeta.Faults.Workers.SmallStudy

open System
open System.Diagnostics
open System.IO
open System.Threading
open Expecto
open RobustMeta.Faults.Injection

/// The command line itself, for commands that start it again.
let program = Path.Combine(AppContext.BaseDirectory, "RobustMeta.Scripts.dll")

/// Number of runs.
let runs = 24

/// Plain and robust training, with and without what is tuned for it, on six seeds; `epochs` makes them longer.
let text (epochs: int) =
    $"""seeds = [1, 2, 3, 4, 5, 6]

[shared]
epoch = {epochs}
userNum = 120
embeddingDim = 4
hiddenDim1 = 8
hiddenDim2 = 8
shiftDraws = 1
metrics = "NDCG@10,AUC"
baselines = "none"

[data.synthetic]
dataset = "synthetic"

[method.plain]
model = "MeLU"
preset = "plain"

[method.robust]
model = "MeLU"
preset = "paper"

[method.ridge]
model = "MetaRidge"
preset = "plain"

[method.bias]
model = "bias"
"""

/// Writes the study's file into a folder and gives its path.
let write (folder: string) (epochs: int) =
    let file = Path.Combine(folder, "small.toml")
    File.WriteAllText(file, text epochs)
    file

/// Starts `study WORDS` with variables of the environment.
let start variables (words: string list) = Command.startProgram program variables ("study" :: words)

/// Runs `study WORDS` to its end, which must be a good one; gives what it printed.
let run variables (words: string list) =
    let command = start variables words
    let code = command.Wait()
    Expect.equal code 0 command.Text
    command.Text

/// All files that a study has come to, by name, but for those that hold times.
let results (out: string) =
    [
        for folder in [ "runs"; "baselines" ] do
            if Directory.Exists(Path.Combine(out, folder)) then
                yield! Command.results (Path.Combine(out, folder))
    ]

/// The same study done by one process in peace.
let undisturbed (folder: string) (file: string) =
    let out = Path.Combine(folder, "undisturbed")
    run [] [ file; "run"; "out"; out ] |> ignore
    results out

let private finished (out: string) = Directory.GetFiles(out, "done", SearchOption.AllDirectories).Length

/// Waits until all runs are finished and nobody holds a lease; tells how many there are where that takes too long.
let waitForRuns (out: string) (minutes: float) =
    let clock = Stopwatch.StartNew()
    let leases = Path.Combine(out, "leases")

    let isAtWork () = finished out < runs || (Directory.Exists leases && Directory.GetFiles(leases).Length > 0)

    while isAtWork () && clock.Elapsed.TotalMinutes < minutes do
        Thread.Sleep 500

    Expect.equal (finished out) runs "runs that are finished"

/// That nothing is lost, nothing doubled, and every file is that of an undisturbed study.
let expectWhole (expected: (string * string) list) (out: string) (circumstances: string) =
    let found = results out
    let names files = files |> List.map fst
    Expect.equal (names found) (names expected) $"{circumstances}: files"
    Expect.equal found expected $"{circumstances}: bytes"

    Expect.equal (finished out) runs $"{circumstances}: finished runs"

    let leases = Path.Combine(out, "leases")

    if Directory.Exists leases then
        Expect.isEmpty (Directory.GetFiles leases) $"{circumstances}: leases that stay"
