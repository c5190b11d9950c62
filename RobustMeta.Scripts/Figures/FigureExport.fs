/// Figures as vector SVG and PDF and as PNG: all of a report in one start of the browser.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.FigureExport

open System
open System.Globalization
open System.IO
open System.Text
open System.Text.RegularExpressions
open System.Threading.Tasks
open PuppeteerSharp
open PuppeteerSharp.Media
open RobustMeta.Runtime

/// What stands in the folder after an export.
type Exported =
    {
        /// Names of the files, each in the given folder.
        Files: string list
        /// Why there is no SVG, PDF and PNG; None where there are.
        Missing: string option
    }

// plotly.js draws its element ids from Math.random: the same seed before each figure gives the same bytes, whatever figures
// were drawn before it.
let private draw =
    """(figure, width, height) => {
  let state = 42;
  Math.random = () => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return state / 4294967296; };
  const { data, layout } = JSON.parse(figure);
  return Plotly.toImage({ data, layout }, { format: "svg", width, height, imageDataOnly: true });
}"""

let private svgOf (text: string) =
    let comma = text.IndexOf ','

    if text.StartsWith("data:", StringComparison.Ordinal) then
        Uri.UnescapeDataString(text.Substring(comma + 1))
    elif text.StartsWith("%3Csvg", StringComparison.OrdinalIgnoreCase) then
        Uri.UnescapeDataString text
    else
        text

let private pixels (figure: Figure) =
    int (Math.Round(FigureStyle.pixels (FigureStyle.inches figure.Width))),
    int (Math.Round(FigureStyle.pixels figure.Height))

let private vector (page: IPage) (figure: Figure) : Task<string> =
    task {
        match figure.Drawing with
        | Vector svg -> return svg
        | Plot chart ->
            let width, height = pixels figure
            let json = Plotly.NET.GenericChart.toFigureJson chart
            let! text = page.EvaluateFunctionAsync<string>(draw, json, width, height)
            return svgOf text
    }

/// The page that prints one SVG at its size.
let private printed (svg: string) (width: int, height: int) =
    String.Format(
        CultureInfo.InvariantCulture,
        "<!DOCTYPE html><meta charset=\"utf-8\"><style>@page {{ size: {0}px {1}px; margin: 0 }} html, body {{ margin: 0; padding: 0; overflow: hidden }} svg {{ display: block }}</style>{2}",
        width,
        height,
        svg
    )

/// Dates of a PDF, replaced by one of the same length: the same figure gives the same bytes.
let private undated (pdf: byte[]) =
    let text = Encoding.Latin1.GetString pdf
    Encoding.Latin1.GetBytes(Regex.Replace(text, @"\(D:\d{14}", "(D:20000101000000"))

/// PNGs have three pixels for each of the page: 288 to the inch.
[<Literal>]
let private Density = 3.0

let private export (folder: string) (figures: Figure list) (browser: IBrowser) : Task<string list> =
    task {
        let! drawing = browser.NewPageAsync()
        let! _ = drawing.AddScriptTagAsync(AddTagOptions(Content = FigurePage.library ()))
        let! printing = browser.NewPageAsync()
        let files = ResizeArray()

        for figure in figures do
            let! svg = vector drawing figure
            let width, height = pixels figure
            let file extension = Path.Combine(folder, $"{figure.Name}.{extension}")
            CsvText.Write(file "svg", svg)
            do! printing.SetViewportAsync(ViewPortOptions(Width = width, Height = height, DeviceScaleFactor = Density))
            do! printing.SetContentAsync(printed svg (width, height))
            let! pdf = printing.PdfDataAsync(PdfOptions(PreferCSSPageSize = true, PrintBackground = true))
            DurableFile.Write(file "pdf", undated pdf)
            let! png = printing.ScreenshotDataAsync(ScreenshotOptions(Type = Nullable ScreenshotType.Png))
            DurableFile.Write(file "png", png)
            files.AddRange [ for extension in [ "svg"; "pdf"; "png" ] -> $"{figure.Name}.{extension}" ]

        return List.ofSeq files
    }

/// Writes every figure as HTML, and as SVG, PDF and PNG where a browser is given.
let saveWith (browser: string option) (folder: string) (figures: Figure list) : Exported =
    Directory.CreateDirectory folder |> ignore

    match figures |> List.countBy _.Name |> List.tryFind (fun (_, count) -> count > 1) with
    | Some(name, count) ->
        invalidArg (nameof figures) $"{count} figures are named '{name}': each needs a name of its own"
    | None -> ()

    for figure in figures do
        FigurePage.save (Path.Combine(folder, $"{figure.Name}.html")) figure

    let pages = [ for figure in figures -> $"{figure.Name}.html" ]

    match browser with
    | None -> { Files = pages; Missing = Some Chromium.missing }
    | Some _ when figures.IsEmpty -> { Files = []; Missing = None }
    | Some program ->
        try
            { Files = pages @ Chromium.within program (export folder figures); Missing = None }
        with error when Chromium.isItsOwn error ->
            { Files = pages; Missing = Some(Chromium.failed program error) }
