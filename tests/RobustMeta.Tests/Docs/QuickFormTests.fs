/// Every script says how it runs in seconds: `.ci/run` runs them all in that form.
module RobustMeta.Tests.Docs.QuickFormTests

open System
open System.IO
open System.Text.RegularExpressions
open Expecto
open RobustMeta.Tests.MarkdownBlocks

let private scripts =
    [
        for folder in [ "RobustMeta.Scripts"; "docs" ] do
            for file in Directory.EnumerateFiles(Path.Combine(root, folder), "*.fsx", SearchOption.AllDirectories) do
                if not (Regex.IsMatch(file, @"[\\/](obj|bin|_site)[\\/]")) then
                    file
    ]

[<Tests>]
let tests =
    testCase "every script has a line `// quick: WORDS` with words"
    <| fun () ->
        Expect.isGreaterThan scripts.Length 25 "scripts are found"

        let without =
            scripts
            |> List.filter (fun file ->
                not (Regex.IsMatch(File.ReadAllText file, @"^// quick: *\S", RegexOptions.Multiline)))
            |> List.map relative

        Expect.equal (String.Join("\n", without)) "" "scripts without words for their quick form"
