// Draws evidence.svg from the tables of evidence.md; no number is computed here.
//   dotnet fsi docs/results/evidence.fsx [FOLDER, default: this one]
// quick: .
open System
open System.Globalization
open System.IO

// Numbers are printed alike wherever the script runs.
CultureInfo.CurrentCulture <- CultureInfo.InvariantCulture
let here = __SOURCE_DIRECTORY__
let number (text: string) = Double.Parse(text.Trim(), CultureInfo.InvariantCulture)

/// The rows of a section's table as numbers: ratings asked for, then a loss for each order.
let rows (section: string) =
    File.ReadAllLines(Path.Combine(here, "evidence.md"))
    |> Seq.skipWhile (fun line -> line <> "## " + section)
    |> Seq.filter (fun line -> line.StartsWith "| " && Char.IsDigit line[2])
    |> Seq.truncate 10
    |> Seq.map (fun line -> [ for cell in line.Trim('|').Split '|' -> number cell ])
    |> List.ofSeq

// Colour and dashes of each order: lines that lie on each other stay apart.
let orders =
    [
        "evidence", "stroke=\"#0969da\" stroke-width=\"2.5\""
        "most popular", "stroke=\"#9a6700\" stroke-width=\"2\" stroke-dasharray=\"8 3\""
        "random", "stroke=\"#24292f\" stroke-width=\"2\" stroke-dasharray=\"2 3\""
    ]

let top, bottom, width = 78.0, 300.0, 360.0

let panel (left: float) (title: string) =
    let table = rows title
    let losses = table |> List.collect List.tail
    let low, high = List.min losses, List.max losses
    let x (asked: float) = left + width * (asked - 1.0) / 9.0
    let y (loss: float) = bottom - (bottom - top) * (loss - low) / (high - low)

    [
        $"<text x=\"{left + width / 2.0:F0}\" y=\"66\" text-anchor=\"middle\" font-weight=\"bold\">{title}</text>"
        for row in table do
            $"<text x=\"{x row.Head:F1}\" y=\"{bottom + 20.0:F0}\" text-anchor=\"middle\" font-size=\"11\" fill=\"#57606a\">{row.Head:F0}</text>"
        $"<text x=\"{left + width / 2.0:F0}\" y=\"{bottom + 38.0:F0}\" text-anchor=\"middle\">ratings asked for</text>"
        $"<text transform=\"translate({left - 50.0:F0} {(top + bottom) / 2.0:F0}) rotate(-90)\" text-anchor=\"middle\">mean logistic loss of the queries</text>"
        for loss in [ low; (low + high) / 2.0; high ] do
            $"<line x1=\"{left:F0}\" x2=\"{left + width:F0}\" y1=\"{y loss:F1}\" y2=\"{y loss:F1}\" stroke=\"#d8dee4\"/><text x=\"{left - 6.0:F0}\" y=\"{y loss + 4.0:F1}\" text-anchor=\"end\" font-size=\"11\" fill=\"#57606a\">{loss:F3}</text>"
        for place, (_, line) in List.indexed orders do
            let points = String.Join(' ', [ for row in table -> $"{x row.Head:F1},{y row[place + 1]:F1}" ])
            $"<polyline points=\"{points}\" fill=\"none\" {line}/>"
    ]

let lines =
    [
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 880 372\" width=\"880\" height=\"372\" role=\"img\" font-family=\"Helvetica, Arial, sans-serif\" font-size=\"12\" fill=\"#24292f\">"
        "<title>Loss against the number of ratings asked for</title>"
        "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>"
        "<text x=\"12\" y=\"24\" font-size=\"16\" font-weight=\"bold\">MovieLens-1M: loss of new users against the number of ratings asked for</text>"
        for place, (name, line) in List.indexed orders do
            let x = 60 + 150 * place
            $"<line x1=\"{x}\" x2=\"{x + 27}\" y1=\"42\" y2=\"42\" {line}/><text x=\"{x + 33}\" y=\"46\">{name}</text>"
        yield! panel 68.0 "MetaPMF"
        yield! panel 504.0 "MeLU"
        "<text x=\"12\" y=\"364\" font-size=\"11\" fill=\"#57606a\">604 test users; lower is better; the panels have scales of their own. One seed, no intervals.</text>"
        "</svg>\n"
    ]

let folder = fsi.CommandLineArgs |> Array.tryItem 1 |> Option.defaultValue here
File.WriteAllText(Path.Combine(folder, "evidence.svg"), String.Join('\n', lines))
