/// Long lines of plain text, broken within the width of help.
module RobustMeta.Scripts.Wrapping

open System
open System.Text.RegularExpressions

// What the command line puts before a message.
let private lead = "error: ".Length

// Before a sentence that is a heading and a list of five names or more, such as `Models: ANIL, CAVIA, MAML, …`.
let private list = Regex @"(?<=[.?;]) (?=[A-Z][A-Za-z, ]{2,40}: [^,:]+(?:, [^,:]+){4})"

let rec private filled (line: string) : string list =
    let comma = if line.Length <= Help.Width then -1 else line.LastIndexOf(", ", Help.Width)

    if comma <= 0 then
        [ line ]
    else
        line[..comma] :: filled ("  " + line[comma + 2 ..])

/// A message whose lists of names stand on lines of their own, where it is too long for one line.
let lists (message: string) : string =
    let one (line: string) =
        match List.ofArray (list.Split line) with
        | first :: lists when line.Length > Help.Width - lead && not lists.IsEmpty -> first :: List.collect filled lists
        | _ -> [ line ]

    String.Join('\n', message.Split '\n' |> Seq.collect one)

/// A text in lines of at most so many characters, broken at blanks; a longer word stays whole.
let words (width: int) (text: string) : string list =
    let add (lines: string list) (word: string) =
        match lines with
        | last :: earlier when last.Length + 1 + word.Length <= width -> $"{last} {word}" :: earlier
        | lines -> word :: lines

    text.Split ' ' |> Seq.fold add [] |> List.rev
