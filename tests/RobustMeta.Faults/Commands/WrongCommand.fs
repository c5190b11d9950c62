/// A command that is wrong, and all that it answers: one entry of `wrong.txt`.
module RobustMeta.Faults.Commands.WrongCommand

open System
open System.IO
open System.Text
open System.Text.RegularExpressions
open RobustMeta.Data
open RobustMeta.Models
open RobustMeta.Models.Baselines
open RobustMeta.Robustness
open RobustMeta.Shift
open RobustMeta.Scripts

/// A line `$ WORDS`, a line with the exit code, and the text of both streams. DIR stands for the fixture's folder,
/// and COMMANDS, MODELS, BASELINES, PROTOCOLS, PRESETS, STUDIES and DATASETS for the lists of their names.
type Entry = { Words: string; Code: int; Text: string }

[<Literal>]
let private Prompt = "$ "

[<Literal>]
let private Code = "exit "

/// The entries of a file.
let read (path: string) : Entry list =
    [
        for block in ("\n" + File.ReadAllText path).Split("\n" + Prompt) |> Array.skip 1 do
            match block.Split('\n') |> List.ofArray with
            | words :: code :: text when code.StartsWith(Code, StringComparison.Ordinal) ->
                {
                    Words = words
                    Code = int (code.Substring Code.Length)
                    Text = (String.Join('\n', text)).TrimEnd()
                }
            | words :: _ -> { Words = words; Code = -1; Text = "" }
            | [] -> ()
    ]

/// Entries as text of such a file.
let print (entries: Entry list) =
    String.concat "\n" [ for e in entries -> $"{Prompt}{e.Words}\n{Code}{e.Code}\n{e.Text}\n" ]

/// The words of a line as a shell gives them: divided at blanks, but not within double quotes.
let words (line: string) : string list =
    let found, current = Collections.Generic.List<string>(), StringBuilder()
    let mutable isQuoted, isBegun = false, false

    let finish () =
        if isBegun then
            found.Add(string current)
            current.Clear() |> ignore
            isBegun <- false

    for c in line do
        match c with
        | '"' ->
            isQuoted <- not isQuoted
            isBegun <- true
        | ' ' when not isQuoted -> finish ()
        | c ->
            current.Append c |> ignore
            isBegun <- true

    finish ()
    List.ofSeq found

/// What stands for all names of a kind in a text, so that a new one of them changes no text.
let private lists =
    lazy
        ([
            "COMMANDS", Help.commandWords
            "DATASETS", List.ofSeq DatasetCatalog.Default.Names
            "STUDIES", Study.names ()
            "MODELS", List.ofSeq ModelSpec.Registry.All.Keys
            "BASELINES", List.ofSeq BaselineSpec.Registry.All.Keys
            "PROTOCOLS", List.ofSeq ShiftProtocol.Registry.All.Keys
            "PRESETS", List.ofSeq RobustPreset.Registry.All.Keys
         ]
         |> List.map (fun (word, names) -> word, String.Join(", ", names)))

/// Without lines that a slow machine alone prints.
let private general (folder: string) (printed: string) =
    let text =
        String.Join('\n', printed.Split '\n' |> Array.filter (fun line -> not (line.Contains ": fitting for ")))

    lists.Value
    |> List.fold
        (fun (text: string) (word, names) -> text.Replace(names, word, StringComparison.Ordinal))
        // Lists go on below where a line is full.
        (Regex.Replace(text.Replace(folder, "DIR", StringComparison.Ordinal), @"(?<=\S),\n  (?=\S)", ", "))

/// Runs the words of a line in this process; gives the entry that comes of it.
let run (folder: string) (line: string) : Entry =
    let output, error = Console.Out, Console.Error
    use printed = new StringWriter()

    try
        Console.SetOut printed
        Console.SetError printed
        let code = CommandLine.run (words line |> List.map _.Replace("DIR", folder))
        let text = (general folder (string printed)).TrimEnd()
        { Words = line; Code = code; Text = text }
    finally
        Console.SetOut output
        Console.SetError error
