/// One concept, one name: former names and private metaphors stand neither in the guide nor in help.
module RobustMeta.Tests.Docs.WordsTests

open System
open System.IO
open System.Text.RegularExpressions
open Expecto
open RobustMeta.Experiments
open RobustMeta.Scripts
open RobustMeta.Tests.MarkdownBlocks

/// What is not written any more, and what is.
let private former =
    [
        @"task weights?\b", "user weight"
        @"sample weights?\b", "interaction weight"
        @"worst tenth", "worst decile"
        @"effective (sample )?share|sample share", "effective sample fraction"
        @"\bshares? of (the )?(users|ratings|relevant|interactions|rows|items)", "fraction"
        @"MeLU on bias", "MeLU-offset"
        @"(user|interaction)Score\b", "userShift, interactionShift"
        @"by being there|nobody is at|reading met|tells nobody|manieth|whatever comes of|\bhis or her|\bhe or she\b|\bhim or her\b",
        "plain words"
        @"base training|training mode none", "plain training"
        @"backward sweep", "backward pass"
    ]
    |> List.map (fun (pattern, word) -> Regex(pattern, RegexOptions.IgnoreCase), word)

/// The glossary and the changelog say which names were former; the pages of results keep the settings they were made with.
let private isFree (page: string) = List.contains (relative page) [ "docs/glossary.md"; "CHANGELOG.md" ]

let private found (place: string) (text: string) =
    [
        for pattern, word in former do
            for hit in pattern.Matches text do
                $"{place}: '{hit.Value}' is now {word}"
    ]

let private helpOf (method: string) = Help.settingsOf (ExperimentSpec.Of method) []

[<Tests>]
let tests =
    testList
        "words"
        [
            testCase "former names stand in no page of the guide and no help"
            <| fun () ->
                let inPages =
                    [
                        for page in pages do
                            if not (isFree page) then
                                yield! found (relative page) (File.ReadAllText page)
                    ]

                let inHelp =
                    [
                        yield! found "help" (Help.usage ())
                        for name in Help.commandNames do
                            yield! found name (Help.command name)
                        for name in Methods.Names do
                            yield! found name (helpOf name)
                    ]

                Expect.equal (String.Join("\n", inPages @ inHelp)) "" "former names"

            testCase "former names stand in no comment of the sources"
            <| fun () ->
                let comments =
                    [
                        for folder in [ "RobustMeta.Core"; "RobustMeta.Scripts" ] do
                            for pattern in [ "*.cs"; "*.fs"; "*.fsx" ] do
                                for file in
                                    Directory.EnumerateFiles(
                                        Path.Combine(root, folder),
                                        pattern,
                                        SearchOption.AllDirectories
                                    ) do
                                    if not (Regex.IsMatch(file, @"[\\/](obj|bin)[\\/]")) then
                                        for line in File.ReadLines file do
                                            if line.TrimStart().StartsWith("//", StringComparison.Ordinal) then
                                                relative file, line
                    ]

                Expect.isGreaterThan comments.Length 1000 "comments are read"

                let hits = comments |> List.collect (fun (file, line) -> found file line)
                Expect.equal (String.Join("\n", hits)) "" "former names"

            testCase "the project lines of the README name a project and the version of libtorch that is used"
            <| fun () ->
                let block = all.Value |> List.find (fun block -> block.Page = "README.md" && block.Language = "xml")

                let project = Regex.Match(block.Text, "robustmeta/([^\"]+)").Groups[1].Value
                Expect.isTrue (File.Exists(Path.Combine(root, project))) project
                let version = Regex.Match(block.Text, "Include=\"(libtorch[^\"]+)\" Version=\"([^\"]+)\"")
                let versions = File.ReadAllText(Path.Combine(root, "Directory.Packages.props"))

                Expect.stringContains
                    versions
                    $"Include=\"{version.Groups[1].Value}\" Version=\"{version.Groups[2].Value}\""
                    "version"

            testCase "my_experiment.fsx is the README's experiment"
            <| fun () ->
                let block = all.Value |> List.find (fun block -> block.Page = "README.md" && block.Language = "fsharp")

                let lines (text: string) =
                    text.Split '\n' |> Array.filter (fun line -> line <> "" && line[0] <> '#' && line[0] <> '/')

                let script = File.ReadAllText(Path.Combine(root, "RobustMeta.Scripts", "my_experiment.fsx"))
                Expect.equal (lines script) (lines block.Text) "lines"
        ]
