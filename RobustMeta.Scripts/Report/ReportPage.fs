/// The report as one HTML page: readable on a phone and in print; sections collapse, tables sort. Beside it stand the files
/// that it links.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.ReportPage

open System

let private style =
    """:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, "Liberation Sans", Arial, sans-serif; margin: 0 auto; max-width: 62rem; padding: 1rem; color: #222; background: #fff }
h1 { font-size: 1.5rem; line-height: 1.25 } h2 { display: inline; font-size: 1.2rem }
summary { cursor: pointer; padding: .5rem 0; border-top: 1px solid #ccc }
nav ol { padding-left: 1.8rem } a { color: #0a58a0 }
.wide { overflow-x: auto; margin: 1rem 0 }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums }
caption { text-align: left; font-weight: 600; padding: .3rem 0 }
th, td { padding: .2rem .6rem; text-align: right; white-space: nowrap } .words { text-align: left; white-space: normal } td.words:last-child { min-width: 9rem }
thead { border-top: 2px solid; border-bottom: 1px solid } tbody { border-bottom: 1px solid }
.groups th { text-align: center; border-bottom: 1px solid #999 } .block th { text-align: left; font-style: italic; font-weight: 400 }
th button { all: unset; cursor: pointer } th button:focus-visible { outline: 2px solid #0a58a0 }
th[aria-sort=ascending] button::after { content: " ▴" } th[aria-sort=descending] button::after { content: " ▾" }
.better { color: #006b4e } .worse { color: #a84300 } .better, .worse { font-size: .7em; vertical-align: super }
.notes, figcaption, .files { font-size: .85rem } figure { margin: 1.2rem 0 }
figure img { max-width: 100%; } figure .page { overflow-x: auto } .page img { min-width: 38rem }
figure img { height: auto; background: #fff } iframe { width: 100%; height: 30rem; border: 0; background: #fff }
pre { overflow-x: auto; font-size: .8rem; background: #f4f4f4; color: #222; padding: .6rem }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #181818 } a { color: #8cc4ff } .better { color: #5fd3ae } .worse { color: #ff9d5c } }
@media print { body { max-width: none; font-size: 10pt; color: #000; background: #fff } nav, .files { display: none } .wide, .page { overflow: visible } .page img { min-width: 0 } table { font-size: 7.5pt } th, td { padding: .1rem .35rem; white-space: normal } figure, table { break-inside: avoid } summary { list-style: none } pre { white-space: pre-wrap } }
"""

// Sorts the rows of each block by the values behind the cells, or by their text; a second press turns the order around.
// Opens all sections for printing.
let private script =
    """for (const table of document.querySelectorAll("table")) {
  const heads = [...table.tHead.rows].pop().cells;
  [...heads].forEach((head, column) => head.querySelector("button").addEventListener("click", () => {
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    for (const body of table.tBodies) {
      const rows = [...body.rows].filter(row => !row.classList.contains("block"));
      const value = row => { const cell = row.cells[column]; return cell.dataset.value === undefined ? NaN : Number(cell.dataset.value); };
      rows.sort((a, b) => {
        const x = value(a), y = value(b);
        const order = isNaN(x) && isNaN(y) ? a.cells[column].textContent.localeCompare(b.cells[column].textContent, "en") : isNaN(x) ? 1 : isNaN(y) ? -1 : x - y;
        return up ? order : -order;
      });
      body.append(...rows);
    }
  }));
}
addEventListener("beforeprint", () => { for (const part of document.querySelectorAll("details")) part.open = true; });
"""

let private policy =
    $"default-src 'none'; script-src {FigurePage.scriptHash script}; style-src 'unsafe-inline'; img-src 'self' file:; frame-src 'self' file:; base-uri 'none'; form-action 'none'"

let private links (folder: string) (name: string) (extensions: string list) =
    let each = [ for e in extensions -> $"""<a href="{folder}/{name}.{e}">{e.ToUpperInvariant()}</a>""" ]
    String.Join(" · ", each)

let private figurePart (hasVector: bool) (number: int) (folder: string) (figure: Figure) =
    let data =
        if figure.Data.Rows.IsEmpty then
            ""
        else
            $""" · <a href="{folder}/{figure.Name}.csv">data</a>"""

    let shown =
        if hasVector then
            let width = int (FigureStyle.pixels (FigureStyle.inches figure.Width) * 1.35)
            let place = if figure.Width = TwoColumns then "page" else "column"
            // On a phone a figure of the whole page is wider than the screen, and scrolls by itself.
            $"""<div class="{place}"><img src="figures/{figure.Name}.svg" width="{width}" alt="{InertText.html figure.Title}" loading="lazy"></div>"""
        else
            $"""<iframe src="figures/{figure.Name}.html" title="{InertText.html figure.Title}" loading="lazy"></iframe>"""

    let files =
        if hasVector then
            links "figures" figure.Name [ "svg"; "pdf"; "png" ] + " · "
        else
            ""

    $"""<figure id="{figure.Name}">
{shown}
<figcaption><b>Figure {number}. {InertText.html figure.Title}.</b> {InertText.html figure.Caption}
<span class="files"><a href="figures/{figure.Name}.html">interactive</a> · {files.TrimEnd(' ', '·')}{data}</span></figcaption>
</figure>"""

let private tablePart (folder: string) (table: Table) =
    $"""<div class="wide" id="table-{table.Label}">
{HtmlTable.text table}
<p class="files">{links folder table.Label [ "csv"; "md"; "tex" ]}</p>
</div>"""

/// The whole page; `hasVector`: figures stand beside it as SVG, PDF and PNG.
let text (hasVector: bool) (report: Report) : string =
    let sections = ReportContent.allSections report
    let numbers = dict [ for i, figure in List.indexed (ReportContent.figures report) -> figure.Name, i + 1 ]

    let rec part (tables: string) (data: string) (place: ReportPart) =
        match place with
        | Timed inner -> part ReportContent.TimingFolder ReportContent.TimingFolder inner
        | Prose text -> String.Join("\n", [ for p in ReportContent.paragraphs text -> $"<p>{InertText.html p}</p>" ])
        | Tabled table -> tablePart tables table
        | Drawn figure -> figurePart hasVector numbers[figure.Name] data figure
        | FileText(name, text) ->
            let lines = [ for line in text.Replace("\r\n", "\n").Split '\n' -> InertText.html line ]
            $"""<h3>{InertText.html name}</h3><pre>{String.Join("\n", lines).TrimEnd()}</pre>"""

    let contents =
        [
            for i, section in List.indexed sections ->
                $"""<li><a href="#section-{i + 1}">{InertText.html section.Heading}</a></li>"""
        ]

    let section i (section: ReportSection) =
        let parts = String.Join("\n", List.map (part "tables" "data") section.Parts)

        $"""<details open id="section-{i + 1}"><summary><h2>{InertText.html section.Heading}</h2></summary>
{parts}
</details>"""

    let summary =
        String.Join("\n", [ for p in ReportContent.paragraphs report.Summary -> $"<p>{InertText.html p}</p>" ])

    $"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{InertText.html report.Title}</title>
<style>{style}</style>
</head>
<body>
<h1>{InertText.html report.Title}</h1>
{summary}
<nav><ol>
{String.Join("\n", contents)}
</ol></nav>
{String.Join("\n", List.mapi section sections)}
<script>{script}</script>
</body>
</html>
"""
