/// Figures as interactive HTML pages that work without a network: one copy of plotly.js stands beside them.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.FigurePage

open System
open System.IO
open System.Security.Cryptography
open System.Text
open RobustMeta.Runtime

/// The file name of plotly.js, which the pages of a folder share.
[<Literal>]
let Library = "plotly-2.28.0.min.js"

let private readLibrary =
    lazy
        (match typeof<Plotly.NET.GenericChart>.Assembly.GetManifestResourceStream $"Plotly.NET.{Library}" with
         | null -> failwith $"Plotly.NET does not hold {Library}: adjust the name to its version."
         | resource ->
             use reader = new StreamReader(resource)
             reader.ReadToEnd())

/// The text of plotly.js, from Plotly.NET's assembly.
let library () = readLibrary.Value

/// Puts plotly.js into a folder, unless it stands there whole.
let writeLibrary (folder: string) =
    let target = FileInfo(Path.Combine(folder, Library))

    // A copy that another version or a broken process left is replaced.
    if not target.Exists || target.Length <> int64 (Encoding.UTF8.GetByteCount(library ())) then
        CsvText.Write(target.FullName, library ())

/// The JSON of a chart that plotly.js draws: `data` and `layout`; it may stand in a script element.
let json (chart: Plotly.NET.GenericChart) = InertText.json (Plotly.NET.GenericChart.toFigureJson chart)

// Larger than in print, as screens are read from farther away; the width is the page's.
let private script =
    """const figure = JSON.parse(document.getElementById("figure-data").textContent);
const layout = figure.layout;
const grow = 1.25, room = document.getElementById("figure");
const scale = (object) => {
  for (const key in object) {
    if (key === "font" || key === "tickfont" || key === "textfont") { if (object[key].size) object[key].size *= grow; }
    if (object[key] && typeof object[key] === "object") scale(object[key]);
  }
};
scale(layout);
layout.margin.r *= grow;
const ratio = layout.height / layout.width, width = layout.width;
delete layout.width;
layout.autosize = true;
const fit = () => { 
  // A chart that is flat in print takes more of a screen's height.
  const tall = Math.min(0.7 * window.innerHeight, 0.62 * room.clientWidth);
  layout.height = Math.max(280, ratio * Math.min(room.clientWidth, 1.6 * width), tall);
};
room.style.maxWidth = Math.round(1.7 * width) + "px";
fit();
Plotly.newPlot("figure", figure.data, layout, { responsive: true, displaylogo: false, modeBarButtonsToRemove: ["sendDataToCloud"] });
"""

/// The hash by which a page's policy allows one script of its own.
let scriptHash (script: string) =
    "'sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes script)) + "'"

let private policy =
    $"default-src 'none'; script-src 'self' file: {scriptHash script}; style-src 'unsafe-inline'; img-src 'self' file: data: blob:; base-uri 'none'; form-action 'none'"

let private style =
    "body { font-family: "
    + FigureStyle.fonts
    + "; margin: 1rem; color: #222 } h1 { font-size: 1.1rem } #figure { min-height: 280px } p { max-width: 46rem; line-height: 1.4 }"

let private page (title: string) (library: string) (content: string) =
    $"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{InertText.html title}</title>
<style>{style}</style>
{library}</head>
<body>
{content}
</body>
</html>
"""

let private chartContent (title: string) (caption: string) (chart: Plotly.NET.GenericChart) =
    $"""<h1>{InertText.html title}</h1>
<div id="figure"></div>
<p>{InertText.html caption}</p>
<script type="application/json" id="figure-data">{json chart}</script>
<script>{script}</script>"""

let private libraryTag =
    $"""<script src="{Library}"></script>
"""

/// Writes a chart as a page, with plotly.js beside it; no text of the chart, title or caption acts.
let saveChart (path: string) (title: string) (caption: string) (chart: Plotly.NET.GenericChart) =
    writeLibrary (FileInfo(path).Directory |> nonNull |> _.FullName)
    CsvText.Write(path, page title libraryTag (chartContent title caption chart))

/// Writes a figure as a page.
let save (path: string) (figure: Figure) =
    match figure.Drawing with
    | Plot chart -> saveChart path figure.Title figure.Caption chart
    | Vector svg ->
        let content = $"<h1>{InertText.html figure.Title}</h1>\n{svg}\n<p>{InertText.html figure.Caption}</p>"
        CsvText.Write(path, page figure.Title "" content)
