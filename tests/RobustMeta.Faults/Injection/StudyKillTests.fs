/// A study that two processes share and that are killed: the same command ends with the bytes of an undisturbed one.
module RobustMeta.Faults.Injection.StudyKillTests

open System
open System.IO
open System.Threading
open Expecto
open RobustMeta.Faults
open RobustMeta.Tests.TempFolder

let private study =
    """seeds = [1, 2]
tuningSeed = 100
[shared]
epoch = 4
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
tuned = "lr"
values = [0.01, 0.02]
[method.robustmeta]
preset = "robustmeta"
tuned = "none"
"""

/// Results of the runs and baselines; claims are no results.
let private results (out: string) =
    Command.results out
    |> List.filter (fun (name, _) ->
        name.StartsWith("runs", StringComparison.Ordinal) || name.StartsWith("baselines", StringComparison.Ordinal))

[<Tests>]
let tests =
    testList
        "studies that are killed"
        [
            testCase "two processes of one study, killed at random, end with the bytes of one that was not"
            <| fun () ->
                within (fun folder ->
                    let file = Path.Combine(folder, "mine.toml")
                    write study file
                    let whole, torn = Path.Combine(folder, "whole"), Path.Combine(folder, "torn")
                    let words out = [ "study"; file; "run"; "out"; out ]
                    let code, text = Command.run [] (words whole)
                    Expect.equal code 0 text
                    let random = Random 17
                    let rounds = Extent.either 3 30

                    for _ in 1..rounds do
                        let both = [ Command.start [] (words torn); Command.start [] (words torn) ]
                        both.Head.Prints "users to train" |> ignore
                        Thread.Sleep(random.Next 1200)

                        for command in both do
                            command.Kill()

                    let both = [ Command.start [] (words torn); Command.start [] (words torn) ]

                    for command in both do
                        Expect.equal (command.Wait()) 0 command.Text

                    Expect.equal (results torn) (results whole) $"results after {2 * rounds} kills")
        ]
