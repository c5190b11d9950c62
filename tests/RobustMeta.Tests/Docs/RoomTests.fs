/// The rooms of the library depend on each other in one direction, whose order is that of `order`.
module RobustMeta.Tests.Docs.RoomTests

open System.IO
open System.Text.RegularExpressions
open Expecto
open RobustMeta.Tests.MarkdownBlocks

/// From the lowest room to the highest: a room uses those before it alone.
let private order =
    [
        "Runtime"
        "Settings"
        "Data"
        "Tasks"
        "Bias"
        "Shift"
        "Models"
        "Engine"
        "Robustness"
        "Evaluation"
        "Training"
        "Experiments"
        "Theory"
        "Studies"
        "Serving"
    ]

/// Rooms that meet in the trainer alone.
let private apart = set [ "Models", "Robustness"; "Robustness", "Models" ]

let private core = Path.Combine(root, "RobustMeta.Core")

let private ofRoom (room: string) =
    Directory.EnumerateFiles(Path.Combine(core, room), "*.cs", SearchOption.AllDirectories)

// A room is named by `using RobustMeta.Room`, or in front of one of its types: `Room.Type`. Comments and texts do not count.
let private mention =
    let names = String.concat "|" order
    Regex $@"\bRobustMeta\.(?<room>{names})\b|(?<![\w.])(?<room>{names})\.(?<type>[A-Z]\w*)"

let private typesOf =
    dict
        [
            for room in order do
                if Directory.Exists(Path.Combine(core, room)) then
                    room, set [ for file in ofRoom room -> Path.GetFileNameWithoutExtension file ]
        ]

let private code (path: string) =
    File.ReadLines path
    |> Seq.filter (fun line -> not (line.TrimStart().StartsWith "//"))
    |> Seq.map (fun line -> Regex.Replace(line, @"""(\\.|[^""\\])*""", "\"\""))
    |> String.concat "\n"

/// The rooms that a file of a room uses.
let private used (room: string) (path: string) =
    mention.Matches(code path)
    // A property may have the name of a room.
    |> Seq.filter (fun found ->
        let name = found.Groups["type"]
        not name.Success || typesOf[found.Groups["room"].Value].Contains name.Value)
    |> Seq.map _.Groups["room"].Value
    |> Seq.distinct
    |> Seq.filter (fun other -> other <> room)
    |> List.ofSeq

[<Tests>]
let tests =
    testList
        "Rooms"
        [
            testCase "every folder of the library is a room with a place in the order"
            <| fun () ->
                let folders =
                    [
                        for folder in Directory.EnumerateDirectories core do
                            if Seq.isEmpty (Directory.EnumerateFiles(folder, "*.cs")) |> not then
                                Path.GetFileName folder
                    ]

                Expect.isEmpty (List.except order folders) "folders without a place"

            testCase "a room uses lower rooms alone, and models and robustness do not know each other"
            <| fun () ->
                let place = dict (List.indexed order |> List.map (fun (i, room) -> room, i))

                let arrows =
                    [
                        for room in order do
                            if Directory.Exists(Path.Combine(core, room)) then
                                for file in ofRoom room do
                                    for other in used room file -> room, other, relative file
                    ]

                Expect.isGreaterThan arrows.Length 100 "arrows"

                let wrong =
                    arrows
                    |> List.filter (fun (from, other, _) -> place[other] > place[from] || apart.Contains(from, other))

                Expect.isEmpty wrong "arrows against the order"

            testCase "the page on the layout of the code lists the rooms in their order"
            <| fun () ->
                let page = File.ReadAllText(Path.Combine(root, "docs", "architecture.md"))

                let rooms =
                    [
                        for row in Regex.Matches(page, @"^\| `(?<room>[A-Z]\w+)` \|", RegexOptions.Multiline) do
                            row.Groups["room"].Value
                    ]

                Expect.equal rooms order "rooms"
        ]
