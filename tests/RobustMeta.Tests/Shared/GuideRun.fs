/// What the blocks of the guide need that begin with a trained model: a data set with the items and features that they name,
/// the files that they read, and a run of one epoch.
module RobustMeta.Tests.GuideRun

open System
open System.Diagnostics
open System.IO
open Expecto
open RobustMeta.Runtime
open RobustMeta.Tests
open RobustMeta.Tests.MarkdownBlocks

/// The marker of the blocks that need a run: `<!-- test: run -->`.
[<Literal>]
let Marker = "run"

/// How the pages write the folder of a run in programs.
let private named = "results/ml-1m-MetaPMF-0123456789ab"

let private items = [ "2858"; "1"; "50"; "260"; yield! [ for i in 1..56 -> $"i{i}" ] ]

let private ratingsOf (random: Random) count user =
    random.Permutation items.Length
    |> Seq.truncate count
    |> Seq.map (fun i -> $"{user},{items[i]},{1 + random.Next 5}")
    |> List.ofSeq

let private featuresOf (users: string list) =
    "user,gender,age"
    :: [ for i, user in List.indexed users -> $"""{user},{(if i % 2 = 0 then "F" else "M")},{25 + i % 3 * 10}""" ]

let private catalog =
    """[my-shop]
format = "delimited"
labelThreshold = 4
userFeatures = ["gender", "age"]
[my-shop.columns]
ratings = "ratings.csv"
user = "user"
item = "item"
rating = "rating"
users = "users.csv"
usersId = "user"
userFeatures = ["gender:token", "age:token"]
"""

/// A text block of the page on serving, by its first line.
let private sample (first: string) =
    let block =
        inLanguage "text" |> List.find (fun block -> block.Page = "docs/serving.md" && block.Code.Head = first)

    block.Text

/// Writes the data set and the files that the commands of the guide read.
let prepare (folder: string) =
    let random = Seeds.Generator(3L, "guide")
    let write name (text: string) = TempFolder.write text (Path.Combine(folder, name))
    let table name (lines: string list) = write name (String.Join('\n', lines) + "\n")
    let rated = "user,item,rating"
    let users = [ for u in 1..120 -> $"u{u}" ]
    let arrived = [ for u in 1..20 -> $"new{u}" ]
    write "data/catalog.toml" catalog
    table "data/my-shop/ratings.csv" (rated :: List.collect (ratingsOf random 50) users)
    table "data/my-shop/users.csv" (featuresOf users)
    table "ratings.csv" (rated :: List.collect (ratingsOf random 50) users)
    write "mine.csv" (sample "item,rating")
    write "users.csv" (sample rated)
    table "users-features.csv" (featuresOf [ "anna"; "ben" ])
    table "titles.csv" ("item,title" :: [ for item in items -> $"{item},Title of {item}" ])
    table "arrived.csv" (rated :: List.collect (ratingsOf random 20) arrived)
    table "arrived-features.csv" (featuresOf arrived)

/// Scores in any order for the exported tasks, as a program of the reader's own would write them.
let writeScores (folder: string) =
    let rows =
        [
            for number in 0..4 do
                let path = Path.Combine(folder, "tasks", $"testset-{number}.csv")

                for line in File.ReadLines path |> Seq.skip 1 do
                    match List.ofArray (line.Split ',') with
                    | user :: "query" :: item :: _ -> $"{user},{number},{item},{item.Length}"
                    | _ -> ()
        ]

    TempFolder.write
        (String.Join('\n', "user,testset,item,score" :: rows) + "\n")
        (Path.Combine(folder, "own-scores.csv"))

/// Runs the launcher in a folder, as a reader would, with the data set at hand: exit code, and what was printed.
let launch (folder: string) (words: string list) =
    let name = if OperatingSystem.IsWindows() then "robustmeta.cmd" else "robustmeta"
    let start = ProcessStartInfo(Path.Combine(root, name), words, WorkingDirectory = folder)
    start.RedirectStandardOutput <- true
    start.RedirectStandardError <- true
    start.Environment["ROBUSTMETA_DATA"] <- Path.Combine(folder, "data")
    use running = Process.Start start
    let errors = running.StandardError.ReadToEndAsync()
    let output = running.StandardOutput.ReadToEnd()
    running.WaitForExit()
    running.ExitCode, output + errors.Result

/// The folder of the run in a prepared folder, where there is one.
let private runIn (folder: string) =
    let results = Path.Combine(folder, "results")

    if Directory.Exists results then
        Directory.GetDirectories(results, "*MetaPMF*") |> Array.tryExactlyOne
    else
        None

/// A block's text with the prepared data and run in place of those that the page names.
let fill (folder: string) (code: string) =
    let code = code.Replace("dataset ml-1m", "dataset my-shop")

    match runIn folder with
    | Some run ->
        let run = run.Replace('\\', '/')
        Text.RegularExpressions.Regex.Replace(code.Replace(named, run), @"\$?\bRUN\b", run)
    | None -> code

/// Prepares a folder and trains the run in it.
let train (folder: string) =
    prepare folder

    let words = [ "run"; "MetaPMF"; "dataset"; "my-shop"; "preset"; "plain"; "epoch"; "1"; "shiftDraws"; "1" ]
    let code, text = launch folder words
    Expect.equal code 0 text
