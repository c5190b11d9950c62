/// Searches and preparations that are killed, run twice at once, and run in other cultures: the same bytes as undisturbed.
module RobustMeta.Faults.Injection.SearchKillTests

open System
open System.Diagnostics
open System.IO
open System.Threading
open Expecto
open RobustMeta.Faults
open RobustMeta.Tests.TempFolder

let private tune (out: string) =
    [ "tune"; "MeLU"; "budget"; "2"; "keys"; "lr"; "epoch"; "3"; "userNum"; "120" ]
    @ [ "shiftDraws"; "1"; "out"; out ]

let private ran variables words =
    let code, text = Command.run variables words
    Expect.equal code 0 text

/// Kills a command once a file is there whose name begins so; false where the command was faster.
let private killedAt (folder: string) (file: string) (words: string list) (variables: (string * string) list) =
    let command = Command.start variables words
    let clock = Stopwatch.StartNew()

    let isThere () = Directory.Exists folder && Directory.GetFileSystemEntries(folder, file + "*").Length > 0

    while not (isThere () || command.HasExited) && clock.Elapsed.TotalMinutes < 2.0 do
        Thread.Sleep 1

    let wasRunning = not command.HasExited
    command.Kill()
    wasRunning

let private searches =
    testCase "a search that is killed, one that runs twice at once, and one in another culture leave the same bytes"
    <| fun () ->
        within (fun folder ->
            let out name = Path.Combine(folder, name)
            ran [] (tune (out "whole"))
            let whole = Command.results (out "whole")

            for _ in 1 .. Extent.either 1 20 do
                let command = Command.start [] (tune (out "torn"))
                command.Prints "users to train" |> ignore
                Thread.Sleep(Random.Shared.Next 800)
                command.Kill()

            let one = Command.start [] (tune (out "torn"))
            ran [ "LC_ALL", "fa_IR.UTF-8" ] (tune (out "torn"))
            Expect.equal (one.Wait()) 0 one.Text
            Expect.equal (Command.results (out "torn")) whole "results")

let private preparations =
    testCase "a preparation that is killed between its files is made again by the same command, whole"
    <| fun () ->
        within (fun folder ->
            let data = Path.Combine(folder, "data")

            write
                "[shop]\nformat = \"delimited\"\nlabelThreshold = 4\n[shop.columns]\nratings = \"r.csv\"\n"
                (Path.Combine(data, "catalog.toml"))

            let rows =
                [
                    for u in 1..200 do
                        for i in 1..40 -> $"u{u},i{(u * i) % 97},{1 + (u + i) % 5}"
                ]
                |> List.distinctBy (fun row -> row.Substring(0, row.LastIndexOf ','))

            write (String.Join('\n', "user,item,rating" :: rows)) (Path.Combine(data, "shop", "r.csv"))
            let variables = [ "ROBUSTMETA_DATA", data ]
            let out = Path.Combine(folder, "prepared")
            let words = [ "prepare"; "shop"; "core"; "2"; "out"; out ]
            ran variables words
            let whole = Command.results out

            let points = [ "ratings.bin"; "steps.csv"; "prepared.toml"; "ratings.bin." ]

            for file in List.truncate (Extent.either 2 4) points do
                Directory.Delete(out, true)
                killedAt out file words variables |> ignore
                ran variables words
                Expect.equal (Command.results out) whole $"killed at {file}")

[<Tests>]
let tests = testList "kills of searches and preparations" [ searches; preparations ]
