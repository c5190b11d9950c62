/// What pages say of the long forms: variables that some program reads, and scripts that are there and can be started.
module RobustMeta.Tests.Docs.LongFormTests

open System.Diagnostics
open System.IO
open System.Text.RegularExpressions
open Expecto
open RobustMeta.Tests.MarkdownBlocks

let private variable = Regex "ROBUSTMETA_[A-Z_]+"
let private script = Regex @"(?<![\w/.])(?:tests|\.ci|RobustMeta\.Scripts)/[\w./-]+\.(?:sh|fsx)"

let private isSource (path: string) =
    List.contains (Path.GetExtension path) [ ".cs"; ".fs"; ".fsx"; ".sh"; "" ]
    && not (Regex.IsMatch(path, @"[/\\](bin|obj|\.git)[/\\]"))

/// The text of all programs but this one.
let private sources =
    lazy
        ([
            for folder in [ "RobustMeta.Core"; "RobustMeta.Scripts"; "tests"; ".ci" ] do
                for file in Directory.GetFiles(Path.Combine(root, folder), "*", SearchOption.AllDirectories) do
                    if isSource file then
                        File.ReadAllText file
         ]
         |> String.concat "\n")

let private found (pattern: Regex) =
    [
        for page in Directory.GetFiles(Path.Combine(root, "docs"), "*.md") do
            for part in pattern.Matches(File.ReadAllText page) do
                part.Value
    ]
    |> List.distinct
    |> List.sort

[<Tests>]
let tests =
    testList
        "long forms"
        [
            testCase "every variable of the environment that a page names is read by a program"
            <| fun () ->
                let named = found variable
                Expect.contains named "ROBUSTMETA_FAULTS" "pages were read"

                for name in named do
                    Expect.stringContains sources.Value $"\"{name}\"" name

            testCase "every script that a page names is there, and a shell script is one that bash can read"
            <| fun () ->
                let named = found script
                Expect.contains named "tests/RobustMeta.Faults/fuzz.sh" "pages were read"

                for name in named do
                    let path = Path.Combine(root, name)
                    Expect.isTrue (File.Exists path) name

                    if path.EndsWith ".sh" then
                        let mode = File.GetUnixFileMode path
                        Expect.isTrue (mode.HasFlag UnixFileMode.UserExecute) $"{name} can be executed"
                        use bash = Process.Start("bash", [ "-n"; path ])
                        bash.WaitForExit()
                        Expect.equal bash.ExitCode 0 $"bash -n {name}"

            testCase "the page on promises gives the command of each long form"
            <| fun () ->
                let page = File.ReadAllText(Path.Combine(root, "docs", "promises.md"))

                for command in
                    [
                        "ROBUSTMETA_FAULTS=long tests/RobustMeta.Faults/bin/Release/net10.0/RobustMeta.Faults"
                        "tests/RobustMeta.Faults/fuzz.sh [SECONDS] [TARGET…]"
                        "dotnet fsi tests/mutation.fsx [COUNT] [SEED]"
                    ] do
                    Expect.stringContains page $"`{command}`" command
        ]
