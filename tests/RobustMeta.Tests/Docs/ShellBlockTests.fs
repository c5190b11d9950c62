module RobustMeta.Tests.Docs.ShellBlockTests

open System
open System.IO
open System.Text.RegularExpressions
open Expecto
open RobustMeta.Scripts
open RobustMeta.Tests
open RobustMeta.Tests.MarkdownBlocks

/// How a page may call the command line.
let private programs = [ "./robustmeta "; "dotnet run -c Release --project RobustMeta.Scripts -- " ]

/// Commands that are not the program's own: .ci/run carries them out, or they prepare the shell.
let private known =
    Regex
        @"^(dotnet (build|tool|pack|add|new|docfx docs/docfx\.json|run -c Release --project tests/RobustMeta\.Tests)\b|git clone |cd |export |robustmeta |set |RUN=|mkdir |cp )"

/// The commands of a block, long lines joined.
let private commands (block: Block) =
    block.Text.Replace("\\\n", " ").Split('\n')
    |> Seq.map (fun line -> Regex.Replace(line, @"(^|\s)#.*$", "").Trim())
    |> Seq.filter (fun line -> line <> "")
    |> List.ofSeq

/// Settings that make a run short, where the page does not give them itself.
let private short (words: string list) =
    let given (key: string) = words |> List.contains key

    let add keys =
        [
            for key, value in keys do
                if not (given key) then
                    yield! [ key; value ]
        ]

    match words with
    | [ "run"; _; "help" ] -> []
    | "run" :: name :: _ when name.EndsWith ".toml" -> []
    | "run" :: name :: _ when RobustMeta.Models.ModelSpec.Registry.All.ContainsKey name ->
        add [ "epoch", "1"; "userNum", "150"; "shiftDraws", "1" ]
    | "run" :: _ -> add [ "userNum", "150"; "shiftDraws", "1" ]
    | "quick_start" :: _ -> add [ "epoch", "1"; "userNum", "150"; "shiftDraws", "1" ]
    | _ -> []

/// The words of a command; what stands in quotes is one.
let private wordsOf (command: string) =
    [ for word in Regex.Matches(command, "\"([^\"]*)\"|(\\S+)") -> word.Groups[1].Value + word.Groups[2].Value ]

/// Acts in a folder; the result, with what was printed.
let private quietly (folder: string) (act: unit -> 'a) : 'a * string =
    let output, error, current = Console.Out, Console.Error, Environment.CurrentDirectory
    use printed = new StringWriter()

    try
        Console.SetOut printed
        Console.SetError printed
        Environment.CurrentDirectory <- folder
        act (), string printed
    finally
        Environment.CurrentDirectory <- current
        Console.SetOut output
        Console.SetError error

/// Prepares what the marked blocks of a page need.
let private prepare (folder: string) (blocks: Block list) =
    for marker in blocks |> List.map _.Marker |> List.distinct do
        match marker with
        | GuideRun.Marker -> GuideRun.prepare folder
        | GuideStudy.Marker -> quietly folder (fun () -> GuideStudy.prepare folder) |> ignore
        | _ -> ()

/// The exit code of a command of a block, with what was printed.
let private execute (folder: string) (block: Block) (text: string) =
    let run (text: string) (more: string list) =
        let words = wordsOf text
        quietly folder (fun () -> CommandLine.run (words @ short words @ more))

    match block.Marker with
    | GuideRun.Marker ->
        let words = wordsOf (GuideRun.fill folder text)
        GuideRun.launch folder (words @ short words)
    | GuideStudy.Marker -> run (GuideStudy.fill text) []
    // Hours or minutes: what would be done.
    | "plan" when not (text.Contains " plan") -> run text [ "plan" ]
    | _ -> run (quick text) []

/// A script that a page starts must be there; .ci/run runs all scripts.
let private isScript (line: string) =
    let words = line.Split(' ')
    words.Length > 2 && words[0] = "dotnet" && words[1] = "fsi" && File.Exists(Path.Combine(root, words[2]))

[<Tests>]
let tests =
    testList
        "shell blocks"
        [
            for page, blocks in inLanguage "sh" |> List.groupBy _.Page do
                testCase $"the commands of {page} run in their quick form"
                <| fun () ->
                    TempFolder.within (fun root ->
                        // Some commands leave a folder beside the one that they run in.
                        let folder = Directory.CreateDirectory(Path.Combine(root, "clone")).FullName
                        prepare folder blocks

                        for block in blocks do
                            for line in commands block do
                                match programs |> List.tryFind line.StartsWith with
                                | Some program ->
                                    if line.Contains " evaluate own-scores.csv" then
                                        GuideRun.writeScores folder

                                    let code, text = execute folder block (line.Substring program.Length)
                                    Expect.equal code 0 $"{block.Place}: {line}\n{text}"
                                | None ->
                                    Expect.isTrue
                                        (known.IsMatch line || isScript line)
                                        $"{block.Place}: '{line}' is not a command that this test knows how to check")

            testCase "every block of code says its language"
            <| fun () ->
                let known = [ "fsharp"; "csharp"; "sh"; "toml"; "xml"; "text"; "csv"; "bibtex" ]

                for block in all.Value do
                    Expect.contains known block.Language block.Place
        ]
