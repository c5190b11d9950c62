/// F8: the method as a drawn diagram.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.MethodDiagram

open System.Globalization

let private number (x: float) = x.ToString("0.#", CultureInfo.InvariantCulture)

/// A box with its text, a line each; the first line is bold.
let private box (x: float) (y: float) (width: float) (height: float) (colour: string) (lines: string list) =
    let step = 13.0
    let top = y + height / 2.0 - step * float (lines.Length - 1) / 2.0 + 3.6

    [
        $"""<rect x="{number x}" y="{number y}" width="{number width}" height="{number height}" rx="4" fill="{FigureStyle.faint 0.12 colour}" stroke="{colour}"/>"""
        for i, line in List.indexed lines do
            let weight = if i = 0 then " font-weight=\"bold\"" else ""

            $"""<text x="{number (x + width / 2.0)}" y="{number (top + step * float i)}" text-anchor="middle"{weight}>{InertText.html line}</text>"""
    ]

let private arrow (colour: string) (dashed: bool) (path: string) =
    let dash = if dashed then " stroke-dasharray=\"4 3\"" else ""
    $"""<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.2"{dash} marker-end="url(#head)"/>"""

let private word (x: float) (y: float) (anchor: string) (text: string) =
    $"""<text x="{number x}" y="{number y}" text-anchor="{anchor}" font-size="{number FigureStyle.smallSize}">{InertText.html text}</text>"""

let private tasks, model, adversary = FigureStyle.colour 0, FigureStyle.colour 2, FigureStyle.colour 1

let private parts =
    [
        yield! box 6.0 70.0 118.0 62.0 tasks [ "tasks"; "one user each:"; "support, query" ]
        yield! box 170.0 24.0 130.0 62.0 model [ "inner step"; "θᵤ = θ − α ∇ L(θ; support)"; "for every user at once" ]
        yield! box 346.0 70.0 118.0 62.0 model [ "query losses"; "ℓ(u, j) at θᵤ"; "not yet averaged" ]
        yield!
            box
                510.0
                24.0
                150.0
                62.0
                adversary
                [ "interaction weights v"; "worst case within a set"; "of each user's query" ]
        yield! box 510.0 116.0 150.0 62.0 adversary [ "user weights w"; "worst case within a set"; "of the users" ]
        yield! box 170.0 172.0 294.0 48.0 model [ "outer step"; "θ ← θ − η ∇ Σᵤ wᵤ Σⱼ vᵤⱼ ℓ(u, j)" ]
        arrow "#444444" false "M124 96 C 145 96, 150 60, 168 58"
        word 122.0 62.0 "start" "support"
        arrow "#444444" false "M124 110 L 344 110"
        word 300.0 106.0 "middle" "query"
        arrow "#444444" false "M300 56 C 322 58, 325 92, 344 94"
        word 322.0 56.0 "start" "adapted θᵤ"
        arrow "#444444" false "M464 92 C 486 90, 488 62, 508 58"
        arrow "#444444" false "M464 110 C 486 112, 488 140, 508 144"
        word 482.0 52.0 "middle" "ascend"
        word 482.0 150.0 "middle" "ascend"
        arrow adversary true "M585 86 L 585 114"
        word 591.0 104.0 "start" "Σⱼ vᵤⱼ ℓ(u, j)"
        arrow "#444444" false "M585 178 C 585 200, 540 200, 466 198"
        word 532.0 212.0 "middle" "w, v"
        arrow "#444444" false "M405 132 L 405 170"
        word 411.0 154.0 "start" "losses"
        arrow model true "M235 172 L 235 88"
        word 229.0 144.0 "end" "descend: new θ"
    ]

/// The drawing as an SVG document; its texts are text.
let svg =
    [
        """<svg xmlns="http://www.w3.org/2000/svg" width="672" height="230" viewBox="0 0 672 230" role="img">"""
        "<title>Robust meta-training over user and interaction weights</title>"
        """<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="#444444"/></marker></defs>"""
        """<rect width="672" height="230" fill="white"/>"""
        $"""<g font-family="{FigureStyle.fonts}" font-size="{number FigureStyle.fontSize}" fill="{FigureStyle.ink}">"""
        yield! parts
        "</g>"
        "</svg>"
        ""
    ]
    |> String.concat "\n"

/// The diagram as a figure of two columns.
let figure: Figure =
    {
        Name = "method"
        Title = "The method"
        Caption =
            "One step of robust meta-training: every user's parameters are adapted on the support; query losses are weighted by the worst case within the ambiguity sets at both levels; the shared parameters descend on the weighted losses while the weights ascend."
        Width = TwoColumns
        Height = 230.0 / 96.0
        Drawing = Vector svg
        Data = Table.make "method" "" [] []
    }
