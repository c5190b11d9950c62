module RobustMeta.Tests.Docs.LinkTests

open System
open System.IO
open System.Text.RegularExpressions
open Expecto
open RobustMeta.Experiments
open RobustMeta.Scripts
open RobustMeta.Tests.MarkdownBlocks

let private link = Regex @"\]\((?<target>[^)\s]+)\)"

/// The anchor that a heading gets: lower case, spaces as hyphens, other signs left out.
let private anchor (heading: string) =
    let text = heading.TrimStart('#').Trim().ToLowerInvariant().Replace("`", "")
    Regex.Replace(text, @"[^\w\- ]", "").Replace(' ', '-')

let private anchors (page: string) =
    File.ReadAllLines page |> Array.filter (fun line -> line.StartsWith '#') |> Array.map anchor |> Set.ofArray

let private withoutCode (text: string) = Regex.Replace(Regex.Replace(text, @"(?ms)^```.*?^```", ""), "`[^`\n]*`", "")

/// Links of a page that lead nowhere in this repository. Addresses of the web are left to the reader.
let private broken (page: string) =
    [
        for found in link.Matches(withoutCode (File.ReadAllText page)) do
            let target = found.Groups["target"].Value

            if not (target.StartsWith "http" || target.StartsWith "mailto:") then
                let path, part =
                    match target.Split('#', 2) with
                    | [| path; part |] -> path, part
                    | _ -> target, ""

                let file =
                    if path = "" then
                        page
                    else
                        Path.GetFullPath(Path.Combine(Path.GetDirectoryName page, path))

                if path.StartsWith "api/" then
                    ()
                elif not (File.Exists file || Directory.Exists file) then
                    $"{relative page}: {target}"
                elif part <> "" && not ((anchors file).Contains part) then
                    $"{relative page}: {target} (no such heading)"
    ]

[<Tests>]
let tests =
    testList
        "links"
        [
            testCase "those of README, CHANGELOG and docs lead to files and headings that are there"
            <| fun () -> Expect.isEmpty (pages |> List.collect broken) "broken links"

            testCase "the README is at most 6,000 bytes"
            <| fun () -> Expect.isLessThanOrEqual (FileInfo(Path.Combine(root, "README.md")).Length) 6000L "bytes"

            testCase "the ranges of docs/results are those of the models"
            <| fun () ->
                let page = File.ReadAllText(Path.Combine(root, "docs", "results", "ranges.md"))
                // Not those that other tests have registered.
                let isOwn (name: string) =
                    let described: obj =
                        match Methods.Named name with
                        | :? MetaMethodSpec as meta -> meta.Model
                        | method -> method

                    described.GetType().Assembly = typeof<MetaMethodSpec>.Assembly

                let table = MarkdownTable.text (RangeTables.table (Methods.Names |> Seq.filter isOwn |> List.ofSeq) [])
                Expect.stringContains page table "made by: tune ranges to FILE.md"

            testCase "the figures of docs/results are those that the packed studies give"
            <| fun () ->
                RobustMeta.Tests.TempFolder.within (fun folder ->
                    let script = Path.Combine(root, "docs", "results", "figures.fsx")
                    let code, text = FSharpBlockTests.runScript folder [ script; folder ]
                    Expect.equal code 0 text

                    for name in [ "robust-gain.svg"; "models.svg" ] do
                        let committed = File.ReadAllText(Path.Combine(root, "docs", "results", name))
                        Expect.equal (File.ReadAllText(Path.Combine(folder, name))) committed name)

            for script, least, pages in
                [
                    "what-helps.fsx", 25, [ "what-helps-whom" ]
                    "measured.fsx",
                    700,
                    [
                        "exposure"
                        "study-radius"
                        "study-sensitivity"
                        "robustness"
                        "ml-100k"
                        "ml-1m"
                        "jester-1"
                        "anime-5k"
                        "steam-200k"
                        "book-crossing"
                        "synthetic"
                        "models"
                    ]
                ] do
                testCase $"the tables that {script} makes of the packed studies stand in its pages"
                <| fun () ->
                    RobustMeta.Tests.TempFolder.within (fun folder ->
                        let results = Path.Combine(root, "docs", "results")
                        let code, text = FSharpBlockTests.runScript folder [ Path.Combine(results, script) ]
                        Expect.equal code 0 text

                        let there =
                            pages
                            |> Seq.collect (fun page -> File.ReadAllLines(Path.Combine(results, page + ".md")))
                            |> Set.ofSeq

                        let printed = text.Split '\n' |> Array.filter (fun line -> line.StartsWith "| ")
                        Expect.isGreaterThan printed.Length least "rows"
                        Expect.isEmpty (Set.difference (Set.ofArray printed) there) "rows that the pages lack")
        ]
