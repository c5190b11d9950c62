/// Processes that are killed at random moments, and asked to stop: the same command ends with the same bytes.
module RobustMeta.Faults.Injection.KillTests

open System
open System.IO
open System.Threading
open Expecto
open RobustMeta.Faults
open RobustMeta.Tests.TempFolder

/// One model of each family, with both engines where it has both, a population and a reference.
let private families =
    [
        "MeLU, fused", [ "MeLU"; "engine"; "fused" ]
        "MeLU, autograd", [ "MeLU"; "engine"; "autograd"; "epoch"; "4" ]
        "MetaRidge", [ "MetaRidge" ]
        "MAMO", [ "MAMO"; "epoch"; "4" ]
        "MWUF", [ "MWUF"; "epoch"; "4" ]
        "TaNP", [ "TaNP"; "epoch"; "4" ]
        "MetaPMF", [ "MetaPMF" ]
        "a population over radii",
        [ "MeLU"; "set"; "chi2 0.5"; "ascent"; "bestResponse"; "population"; "0,0.5"; "epoch"; "4" ]
        "a reference", [ "MeLU"; "ascent"; "bestResponse"; "set"; "chi2 0.5"; "reference"; "bias"; "epoch"; "6" ]
    ]

let private settings (words: string list) (out: string) =
    let isGiven = words |> List.contains "epoch"

    let small =
        if isGiven then
            Command.small |> List.filter (fun w -> w <> "epoch" && w <> "12")
        else
            Command.small

    "run" :: words @ small @ [ "out"; out ]

/// Kills a command at random moments until it is done; gives the number of kills.
let private killed (random: Random) (times: int) (words: string list) =
    let mutable kills = 0

    while kills < times do
        let command = Command.start [] words

        // Not by the time from its start alone: under load that would end before anything is written.
        if command.Prints "users to train" then
            Thread.Sleep(random.Next 1500)

        command.Kill()
        kills <- kills + 1

    let code, text = Command.run [] words
    Expect.equal code 0 text
    kills

let private kills =
    testList
        "SIGKILL"
        [
            for name, words in families do
                testCase name
                <| fun () ->
                    within (fun folder ->
                        let random = Random(name.Length)
                        let whole, torn = Path.Combine(folder, "whole"), Path.Combine(folder, "torn")
                        let code, text = Command.run [] (settings words whole)
                        Expect.equal code 0 text
                        let times = killed random (Extent.either 2 40) (settings words torn)
                        Expect.equal (Command.results torn) (Command.results whole) $"after {times} kills")
        ]

let private signals =
    testList
        "signals"
        [
            for signal, code in [ "INT", 130; "TERM", 143; "HUP", 129 ] do
                testCase $"SIG{signal} finishes the batch, saves, and says what the same command does"
                <| fun () ->
                    within (fun folder ->
                        // Long enough on a fast and idle machine: the signal must arrive while it trains.
                        let words out =
                            [ "run"; "MeLU"; "userNum"; "120"; "epoch"; "400"; "shiftDraws"; "1"; "baselines"; "none" ]
                            @ [ "out"; out ]

                        let whole, torn = Path.Combine(folder, "whole"), Path.Combine(folder, "torn")
                        Command.run [] (words whole) |> ignore
                        let command = Command.start [] (words torn)
                        Expect.isTrue (command.Prints "epoch 3/400") command.Text
                        command.Signal signal
                        Expect.equal (command.Wait()) code command.Text
                        Expect.stringContains command.Text "the same command goes on with epoch" "message"
                        let _, text = Command.run [] (words torn)
                        Expect.isFalse (text.Contains "epoch 1/400") "it did not start anew"
                        Expect.equal (Command.results torn) (Command.results whole) "results")

            testCase "a second signal ends at once"
            <| fun () ->
                within (fun folder ->
                    let command =
                        Command.start [] [ "run"; "MAMO"; "epoch"; "1000"; "batchSize"; "1000000"; "out"; folder ]

                    Expect.isTrue (command.Prints "users to train") command.Text
                    Thread.Sleep 300
                    command.Signal "INT"
                    Expect.isTrue (command.Prints "a second signal ends at once") command.Text
                    command.Signal "INT"
                    Expect.equal (command.Wait()) 130 command.Text)
        ]

[<Tests>]
let tests = testList "kills" [ kills; signals ]
