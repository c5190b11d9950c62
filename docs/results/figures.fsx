// Draws the figures of this folder from the packed studies beside it; no number is computed here.
//   dotnet fsi docs/results/figures.fsx [FOLDER, default: this one]
// quick: .
#load "packed.fsx"

open System
open System.IO
open System.Text
open RobustMeta.Evaluation
open Packed

/// A mean with its 95 % interval.
type Estimate = { Mean: float; Low: float; High: float }

/// One panel: a title and, for each row, the estimates of every series (none where a method was not run).
type Panel = { Title: string; Rows: Estimate option list list }

/// A mark of a series: its name in the legend, its colour, and whether it is filled.
type Mark = { Name: string; Colour: string; Filled: bool }

let here = __SOURCE_DIRECTORY__

/// The cell of a packed study.
let cell (study: string) data based =
    cells study |> Seq.find (fun own -> own.Cell.Data.Name = data && own.Cell.Base.Name = based)

let estimate (interval: Interval) = { Mean = interval.Mean; Low = interval.Low; High = interval.High }

let invariant (text: FormattableString) = FormattableString.Invariant text

let escape (text: string) = text.Replace("&", "&amp;").Replace("<", "&lt;")

/// Limits and step of an axis that holds all estimates and zero.
let axis (panel: Panel) =
    let all = panel.Rows |> List.concat |> List.choose id
    let low = 0.0 :: [ for e in all -> e.Low ] |> List.min
    let high = 0.0 :: [ for e in all -> e.High ] |> List.max
    let step = [ 0.005; 0.01; 0.02; 0.05; 0.1 ] |> List.find (fun s -> (high - low) / s <= 5.0)
    let pad = 0.08 * (high - low)
    low - pad, high + pad, step

/// A figure of panels side by side: a row per name, a mark with its interval per series.
let figure (title: string) (note: string) (names: string list) (marks: Mark list) (panels: Panel list) =
    let left, top, rowHeight, gap = 126.0, 84.0, 34.0, 22.0
    let width = 860.0
    let panelWidth = (width - left - 16.0 - gap * float (panels.Length - 1)) / float panels.Length
    let bottom = top + rowHeight * float names.Length
    let height = bottom + 58.0
    let text = StringBuilder()
    let add (line: FormattableString) = text.Append(invariant line).Append('\n') |> ignore

    add
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:F0} {height:F0}\" width=\"{width:F0}\" height=\"{height:F0}\" role=\"img\" font-family=\"Helvetica, Arial, sans-serif\" font-size=\"12\" fill=\"#24292f\">"

    add $"<title>{escape title}</title>"
    add $"<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>"
    add $"<text x=\"12\" y=\"24\" font-size=\"16\" font-weight=\"bold\">{escape title}</text>"

    marks
    |> List.iteri (fun i mark ->
        let x = left + 190.0 * float i
        let fill = if mark.Filled then mark.Colour else "#ffffff"

        add
            $"<circle cx=\"{x:F1}\" cy=\"44\" r=\"4.5\" fill=\"{fill}\" stroke=\"{mark.Colour}\" stroke-width=\"1.8\"/><text x=\"{x + 10.0:F1}\" y=\"48\">{escape mark.Name}</text>")

    names
    |> List.iteri (fun i name ->
        let y = top + rowHeight * (float i + 0.5)
        add $"<text x=\"{left - 10.0:F1}\" y=\"{y + 4.0:F1}\" text-anchor=\"end\">{escape name}</text>")

    panels
    |> List.iteri (fun p panel ->
        let x0 = left + (panelWidth + gap) * float p
        let low, high, step = axis panel
        let x value = x0 + panelWidth * (value - low) / (high - low)
        // Half of a tick's label: those that would go past the panel are left out.
        let half = 14.0 * (high - low) / panelWidth

        add
            $"<text x=\"{x0 + panelWidth / 2.0:F1}\" y=\"{top - 12.0:F1}\" text-anchor=\"middle\" font-weight=\"bold\">{escape panel.Title}</text>"

        names
        |> List.iteri (fun i _ ->
            if i % 2 = 0 then
                add
                    $"<rect x=\"{x0:F1}\" y=\"{top + rowHeight * float i:F1}\" width=\"{panelWidth:F1}\" height=\"{rowHeight:F1}\" fill=\"#f3f5f7\"/>")

        for k in int (ceil ((low + half) / step)) .. int (floor ((high - half) / step)) do
            let value = float k * step
            let colour = if k = 0 then "#57606a" else "#d8dee4"

            let sign =
                if k > 0 then "+"
                elif k < 0 then "−"
                else ""

            let digits = if step < 0.01 then "F3" else "F2"
            let label = sign + (abs value).ToString(digits, Globalization.CultureInfo.InvariantCulture).TrimStart('0')
            let label = if k = 0 then "0" else label

            add
                $"<line x1=\"{x value:F1}\" x2=\"{x value:F1}\" y1=\"{top:F1}\" y2=\"{bottom:F1}\" stroke=\"{colour}\"/><text x=\"{x value:F1}\" y=\"{bottom + 16.0:F1}\" text-anchor=\"middle\" font-size=\"11\" fill=\"#57606a\">{label}</text>"

        panel.Rows
        |> List.iteri (fun i row ->
            row
            |> List.iteri (fun s value ->
                match value with
                | None -> ()
                | Some e ->
                    let mark = marks[s]
                    let fraction = (float s + 1.0) / float (row.Length + 1)
                    let y = top + rowHeight * (float i + fraction)
                    let fill = if mark.Filled then mark.Colour else "#ffffff"

                    add
                        $"<line x1=\"{x e.Low:F1}\" x2=\"{x e.High:F1}\" y1=\"{y:F1}\" y2=\"{y:F1}\" stroke=\"{mark.Colour}\" stroke-width=\"2\"/><circle cx=\"{x e.Mean:F1}\" cy=\"{y:F1}\" r=\"4\" fill=\"{fill}\" stroke=\"{mark.Colour}\" stroke-width=\"1.8\"/>")))

    add $"<text x=\"12\" y=\"{height - 12.0:F1}\" font-size=\"11\" fill=\"#57606a\">{escape note}</text>"
    text.Append("</svg>\n").ToString()

let robust =
    let own = [ for data, name in sets -> name, cell "robustness" data "MeLU" ]

    let panel (measure, title) =
        {
            Title = title
            Rows =
                [
                    for _, cell in own ->
                        [
                            for method in [ "robustmeta"; "distill" ] ->
                                difference cell method measure |> Option.map (fun d -> estimate d.OverSeeds)
                        ]
                ]
        }

    let seeds = String.Join(", ", own |> List.map (fun (_, cell) -> $"{cell.Seeds.Count}"))

    figure
        "MeLU trained robustly: gain over plain training"
        $"Points: mean over {seeds} seeds (top to bottom). Lines: 95 %% interval over seeds. Equal tuning budgets."
        (List.map fst own)
        [
            { Name = "robust training"; Colour = "#0969da"; Filled = true }
            { Name = "control: distilling its reference"; Colour = "#8c6d1f"; Filled = false }
        ]
        ([ "NDCG@10", "NDCG@10"; "worst β", "NDCG@10 at the worst shift"; "worst decile", "NDCG@10, worst decile" ]
         |> List.map panel)

let models =
    let methods = [ "MetaPMF"; "iALS"; "EASE"; "MetaRidge"; "TaNP"; "MeLU-offset"; "MeLU" ]

    let panel title label measure =
        let own = [ for data in [ "ml-1m"; "ml-100k" ] -> cell "models" $"{data}-{label}" "" ]

        {
            Title = title
            Rows =
                [
                    for method in methods ->
                        [
                            for cell in own ->
                                difference cell method measure |> Option.map (fun d -> estimate d.OverUsers)
                        ]
                ]
        }

    figure
        "New users: what each method gains over the bias model"
        "Points: mean over 10 seeds. Lines: 95 % bootstrap interval over users. Four candidate settings each."
        methods
        [
            { Name = "MovieLens-1M"; Colour = "#0969da"; Filled = true }
            { Name = "MovieLens-100K"; Colour = "#8c6d1f"; Filled = false }
        ]
        [
            panel "NDCG@10, clicks" "click" "NDCG@10"
            panel "reduction in mean absolute error, ratings" "rating" "MAE"
        ]

let folder = fsi.CommandLineArgs |> Array.tryItem 1 |> Option.defaultValue here

for name, svg in [ "robust-gain.svg", robust; "models.svg", models ] do
    File.WriteAllText(Path.Combine(folder, name), svg)
