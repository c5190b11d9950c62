/// Results belong to the data they were made from, in studies too.
module RobustMeta.Faults.Injection.OtherDataTests

open System
open System.IO
open Expecto
open RobustMeta.Tests.TempFolder

let private catalog =
    "[own]\nformat = \"delimited\"\nlabelThreshold = 4\n[own.columns]\nratings = \"r.csv\"\nuser = \"user\"\nitem = \"item\"\nrating = \"rating\"\n"

let private study =
    """seeds = [1]
[shared]
epoch = 1
hiddenDim1 = 4
hiddenDim2 = 4
embeddingDim = 2
testFraction = 0.3
testPoolFraction = 1
testQueryLength = 15
betas = "0"
shiftDraws = 1
metrics = "NDCG@10,MAE"
label = "rating"
baselines = "bias"
[data.own]
dataset = "own"
[base.MeLU]
model = "MeLU"
[method.plain]
preset = "plain"
"""

let private ratingsOf (items: int) (each: int) (mirrored: bool) =
    let random = Random 7

    "user,item,rating\n"
    + String.concat
        ""
        [
            for user in 0..59 do
                for item in random.GetItems([| 0 .. items - 1 |], 400) |> Array.distinct |> Array.truncate each do
                    let rating = 1 + random.Next 5
                    $"u{user},i{item},{if mirrored then 6 - rating else rating}\n"
        ]

/// 2,400 ratings of 60 users, or their mirror image.
let private ratings = ratingsOf 60 40

let private inStudyOf
    (catalog: string)
    (study: string)
    (rows: string)
    (test: string -> string -> (string list -> int * string) -> unit)
    =
    within (fun folder ->
        let data = Path.Combine(folder, "data")
        write catalog (Path.Combine(data, "catalog.toml"))
        write rows (Path.Combine(data, "own", "r.csv"))
        let file = Path.Combine(folder, "mine.toml")
        write study file
        let out = Path.Combine(folder, "out")

        test data out (fun words ->
            Command.run [ "ROBUSTMETA_DATA", data ] ([ "study"; file ] @ words @ [ "out"; out ])))

let private inStudy = inStudyOf catalog study (ratings false)

/// A piece of work that failed leaves an empty claim, which binds nobody.
let private withoutClaims (files: (string * string) list) =
    files |> List.filter (fun (name, _) -> not (name.StartsWith("claims", StringComparison.Ordinal)))

[<Tests>]
let tests =
    testList
        "other data"
        [
            testCase "a finished study refuses other data, with the remedy, and goes on with its own"
            <| fun () ->
                inStudy (fun data out study ->
                    let code, text = study [ "run" ]
                    Expect.equal code 0 text
                    let before = Command.results out
                    write (ratings true) (Path.Combine(data, "own", "r.csv"))
                    let code, text = study [ "run" ]
                    Expect.equal code 2 text
                    Expect.stringContains text "on other data" "what is wrong"
                    Expect.stringContains text "out NAME" "remedy"
                    Expect.equal (withoutClaims (Command.results out)) (withoutClaims before) "nothing was changed"
                    write (ratings false) (Path.Combine(data, "own", "r.csv"))
                    let code, text = study [ "run" ]
                    Expect.equal code 0 text)

            // Negatives are a part of the data, and each seed draws its own.
            testCase "a study of clicks whose runs are gone goes on with every seed"
            <| fun () ->
                let clicks = catalog.Replace("labelThreshold = 4\n", "feedback = \"positives\"\n")

                // Each user has eight of a hundred items, so that there are others to draw.
                let study =
                    study
                        .Replace("seeds = [1]", "seeds = [1, 2]")
                        .Replace("metrics = \"NDCG@10,MAE\"", "metrics = \"NDCG@10\"")
                        .Replace("label = \"rating\"", "label = \"click\"")

                inStudyOf clicks study (ratingsOf 100 8 false) (fun _ out study ->
                    let code, text = study [ "run" ]
                    Expect.equal code 0 text
                    let before = Command.results out
                    Directory.Delete(Path.Combine(out, "runs"), true)
                    let code, text = study [ "run" ]
                    Expect.equal code 0 text
                    Expect.equal (withoutClaims (Command.results out)) (withoutClaims before) "the same runs")

            testCase "a study's baselines that were damaged are measured again"
            <| fun () ->
                inStudy (fun _ out study ->
                    study [ "run" ] |> ignore
                    let before = Command.results out
                    let file = Directory.GetFiles(Path.Combine(out, "baselines"), "*.csv") |> Array.exactlyOne
                    let lines = File.ReadAllLines file
                    File.WriteAllLines(file, lines[.. lines.Length / 2])
                    let code, text = study [ "run" ]
                    Expect.equal code 0 text
                    Expect.equal (Command.results out) before "results")

            testCase "a training that diverged on other data is tried again on these"
            <| fun () ->
                inStudy (fun data out study ->
                    let words = [ "run"; "epoch"; "4"; "optimizer"; "sgd"; "clip"; "0"; "lr"; "100"; "localLr"; "100" ]
                    let code, text = study words
                    Expect.equal code 0 text
                    Expect.stringContains text "iverged" "it diverged"
                    let note = Directory.GetFiles(out, "diverged.txt", SearchOption.AllDirectories) |> Array.exactlyOne
                    Expect.stringContains (File.ReadAllText note) "\ndata " "the note says on which data"
                    let _, text = study words
                    Expect.isFalse (text.Contains "tried again") "the same data diverge alike"
                    write (ratings true) (Path.Combine(data, "own", "r.csv"))
                    // The baselines of the study are of the other data too.
                    Directory.Delete(Path.Combine(out, "baselines"), true)
                    let _, text = study words
                    Expect.stringContains text "diverged before, on other data; it is tried again" "other data")
        ]
