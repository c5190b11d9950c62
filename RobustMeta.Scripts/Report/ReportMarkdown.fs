/// The report as one Markdown page: what a repository shows. What was measured by the clock is left out, so that the same
/// results give the same page.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.ReportMarkdown

let private figure (folder: string) (hasVector: bool) (figure: Figure) =
    let file = if hasVector then $"{figure.Name}.svg" else $"{figure.Name}.html"
    let caption = $"**{InertText.markdown figure.Title}.** {InertText.markdown figure.Caption}"
    let sign = if hasVector then "!" else ""
    $"{sign}[{InertText.markdown figure.Title}]({folder}/figures/{file})\n\n{caption}\n"

let private part folder hasVector (part: ReportPart) =
    match part with
    | Prose text -> [ for paragraph in ReportContent.paragraphs text -> InertText.markdown paragraph + "\n" ]
    | Tabled table -> [ MarkdownTable.text table ]
    | Drawn drawn -> [ figure folder hasVector drawn ]
    | FileText(name, text) -> [ $"### {InertText.markdown name}\n\n````text\n{text.TrimEnd()}\n````\n" ]
    | Timed _ -> []

/// The page; figures are shown from `folder`, as SVG where there are any.
let text (folder: string) (hasVector: bool) (report: Report) : string =
    [
        $"# {InertText.markdown report.Title}\n"
        yield! part folder hasVector (Prose report.Summary)
        for section in report.Sections do
            // A section of measured times alone stands beside the page, not in it.
            match List.collect (part folder hasVector) section.Parts with
            | [] -> ()
            | parts ->
                $"## {InertText.markdown section.Heading}\n"
                yield! parts
        for name, text in report.StudyFiles do
            $"## {InertText.markdown name}\n"
            $"````toml\n{text.TrimEnd()}\n````\n"
    ]
    |> String.concat "\n"
