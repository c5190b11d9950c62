/// Tables on the console, within 100 columns, or 120 where the output is a file: a table too wide for it is continued below, its first column repeated.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.ConsoleTable

open System
open System.IO
open Spectre.Console

// Both libraries have a Table: this one's is the description.
type private Description = RobustMeta.Scripts.Table
module Describe = RobustMeta.Scripts.Table

/// Widest line on a terminal, in characters.
[<Literal>]
let Width = 100

/// Widest line of plain text: a method on five test sets fits.
[<Literal>]
let PlainWidth = 120

// Between two columns.
[<Literal>]
let private Gap = 3

/// A column takes at most this much before its text is wrapped: one that says what a row is and another one fit.
[<Literal>]
let private WidestText = 44

/// The same where two columns say what a row is.
[<Literal>]
let private WidestKey = 20

// Characters from here on may take two places; a column narrower than one character could never show it.
[<Literal>]
let private FirstWide = 0x1100

let private widthOfText (text: string) =
    let places = Seq.sumBy (fun (rune: System.Text.Rune) -> if rune.Value >= FirstWide then 2 else 1)
    max 2 (places ((InertText.plain text).EnumerateRunes()))

// Marks and stars stand in places of their own, so that numbers stay below each other.
let private shown (grid: TextGrid.Grid) (isPlain: bool) (index: int) : TextGrid.Printed -> string =
    let own = [ for row in grid.Rows -> row[index] ]
    let hasSigns = own |> List.exists (fun printed -> printed.Sign <> "")
    let hasBest = isPlain && own |> List.exists (fun printed -> printed.Standing = First)
    let nothing = "\u00A0\u00A0"

    fun printed ->
        let sign =
            if not hasSigns then ""
            elif printed.Sign = "" then nothing
            else " " + printed.Sign

        let star =
            if not hasBest then ""
            elif printed.Standing = First then " *"
            else nothing

        InertText.plain printed.Value + sign + star

let private widthOf (grid: TextGrid.Grid) (isPlain: bool) (index: int) =
    let texts = grid.Header[index] :: [ for row in grid.Rows -> shown grid isPlain index row[index] ]
    let widest = if index < grid.Keys && grid.Keys > 1 then WidestKey else WidestText
    texts |> List.map widthOfText |> List.max |> min widest

/// Columns, by number, that fit beside those that say what a row is.
let rec private parts (width: int -> int) (room: int) (columns: int list) : int list list =
    let rec take used taken columns =
        match columns with
        | next :: rest when List.isEmpty taken || used + width next + Gap <= room ->
            take (used + width next + Gap) (next :: taken) rest
        | rest -> List.rev taken, rest

    match columns with
    | [] -> []
    | _ ->
        let own, rest = take 0 [] columns
        own :: parts width room rest

let private styled (standing: Standing) (text: string) =
    match standing with
    | First -> $"[bold]{Markup.Escape text}[/]"
    | Second -> $"[underline]{Markup.Escape text}[/]"
    | Ordinary -> Markup.Escape text

let private rendered (grid: TextGrid.Grid) (isPlain: bool) (width: int -> int) (columns: int list) =
    let made = Spectre.Console.Table(Border = TableBorder.Simple)

    for i in columns do
        let column = TableColumn(Text(InertText.plain grid.Header[i]))

        column.Alignment <- Nullable(if grid.Left[i] then Justify.Left else Justify.Right)

        column.Width <- Nullable(width i)
        made.AddColumn column |> ignore

    for row in grid.Rows do
        made.AddRow(
            [|
                for i in columns ->
                    let text = shown grid isPlain i row[i]

                    if isPlain then
                        Text text :> Rendering.IRenderable
                    else
                        Markup(styled row[i].Standing text)
            |]
        )
        |> ignore

    made

let private writeWithin (widest: int) (target: TextWriter) (isPlain: bool) (table: Description) =
    let settings =
        AnsiConsoleSettings(
            Out = AnsiConsoleOutput target,
            Ansi = (if isPlain then AnsiSupport.No else AnsiSupport.Yes),
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No
        )

    let console: IAnsiConsole = AnsiConsole.Create settings
    console.Profile.Width <- widest
    let grid = TextGrid.ofTable table

    let width = widthOf grid isPlain
    let say (text: string) = console.Write(Paragraph(InertText.plain text + "\n"))

    if table.Caption <> "" then
        say table.Caption

    let keys = [ 0 .. grid.Keys - 1 ]
    let room = widest - Gap - (keys |> List.sumBy (fun i -> width i + Gap))

    for own in parts width room [ grid.Keys .. grid.Header.Length - 1 ] do
        console.Write(rendered grid isPlain width (keys @ own))

    for note in Describe.notes table do
        say (
            if isPlain then
                note.Replace("Best in bold, second underlined.", "* best.")
            else
                note
        )

/// Writes caption, table and notes; without escape sequences where `isPlain`, and the best value is then starred.
let write (target: TextWriter) (isPlain: bool) (table: Description) =
    writeWithin (if isPlain then PlainWidth else Width) target isPlain table

/// Writes a table to the standard output.
let print (table: Description) = write Console.Out Console.IsOutputRedirected table

let private textWithin (widest: int) (table: Description) =
    use target = new StringWriter()
    target.NewLine <- "\n"
    writeWithin widest target true table
    // A table's lines are padded to its width.
    String.Join("\n", [ for line in target.ToString().Replace('\u00A0', ' ').Split '\n' -> line.TrimEnd() ])

/// A table as plain text.
let text (table: Description) = textWithin PlainWidth table

/// The same within the width of a terminal.
let narrow (table: Description) = textWithin Width table
