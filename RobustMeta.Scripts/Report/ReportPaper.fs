/// The report as a LaTeX document that includes every table and figure and compiles with pdflatex.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.ReportPaper

open System

let private figure (hasVector: bool) (figure: Figure) =
    let width = if figure.Width = OneColumn then "3.4in" else "\\linewidth"

    [
        "\\begin{figure}[htbp]"
        "\\centering"
        if hasVector then
            $"\\includegraphics[width={width}]{{figures/{figure.Name}.pdf}}"
        else
            $"\\fbox{{figures/{figure.Name}.html}}"
        $"\\caption{{{LatexText.escape figure.Title}. {LatexText.escape figure.Caption}}}"
        $"\\label{{fig:{figure.Name}}}"
        "\\end{figure}"
    ]

// Each line by itself, since a listing would take none but ASCII.
let private fileText (name: string) (text: string) =
    [
        $"\\subsection*{{{LatexText.escape name}}}"
        "\\begingroup\\footnotesize\\ttfamily\\raggedright\\parindent=0pt"
        for line in text.Replace("\r\n", "\n").TrimEnd().Split '\n' do
            let indent = line.Length - line.TrimStart().Length
            "\\hspace*{" + string indent + "\\fontdimen2\\font}" + LatexText.escape (line.Trim()) + "\\par"
        "\\endgroup"
    ]

let rec private part (hasVector: bool) (tables: string) (place: ReportPart) =
    match place with
    | Timed inner -> part hasVector ReportContent.TimingFolder inner
    | Prose text ->
        [
            for p in ReportContent.paragraphs text do
                LatexText.escape p
                ""
        ]
    | Tabled table -> [ $"\\input{{{tables}/{table.Label}.tex}}" ]
    | Drawn drawn -> figure hasVector drawn
    | FileText(name, text) -> fileText name text

/// The whole document; `hasVector`: figures stand beside it as PDF.
let text (hasVector: bool) (report: Report) : string =
    [
        "\\documentclass[10pt]{article}"
        "\\usepackage[margin=1in]{geometry}"
        yield! LatexTable.preamble
        $"\\title{{{LatexText.escape report.Title}}}"
        "\\date{}"
        "\\begin{document}"
        "\\maketitle"
        for p in ReportContent.paragraphs report.Summary do
            LatexText.escape p
            ""
        for section in ReportContent.allSections report do
            $"\\section{{{LatexText.escape section.Heading}}}"
            yield! List.collect (part hasVector "tables") section.Parts
            "\\clearpage"
        "\\end{document}"
        ""
    ]
    |> fun lines -> String.Join("\n", lines)
