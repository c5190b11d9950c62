/// Text as LaTeX: every character that means something to TeX is spelt out, and every other one compiles with pdflatex.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.LatexText

open System.Text

let private specials =
    dict
        [
            "\\", "\\textbackslash{}"
            "{", "\\{"
            "}", "\\}"
            "$", "\\$"
            "&", "\\&"
            "#", "\\#"
            "^", "\\textasciicircum{}"
            "_", "\\_"
            "~", "\\textasciitilde{}"
            "%", "\\%"
            "<", "\\textless{}"
            ">", "\\textgreater{}"
            "|", "\\textbar{}"
            "\"", "\\textquotedbl{}"
            "`", "\\textasciigrave{}"
            "\u00A0", "~"
            "–", "--"
            "—", "---"
            "‘", "`"
            "’", "'"
            "“", "``"
            "”", "''"
            "…", "\\dots{}"
            "±", "$\\pm$"
            "−", "$-$"
            "×", "$\\times$"
            "·", "$\\cdot$"
            "≤", "$\\le$"
            "≥", "$\\ge$"
            "≠", "$\\ne$"
            "≈", "$\\approx$"
            "→", "$\\to$"
            "∞", "$\\infty$"
            "√", "$\\surd$"
            "‖", "$\\|$"
            "▲", "$\\blacktriangle$"
            "▼", "$\\blacktriangledown$"
            "²", "$^{2}$"
            "³", "$^{3}$"
            "¹", "$^{1}$"
        ]

let private greek =
    let names =
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi - pi rho - sigma tau upsilon phi chi psi omega"
            .Split
            ' '

    let capitals = "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".Split ' '

    dict
        [
            for i, name in Seq.indexed names do
                if name <> "-" then
                    let letter = char (int 'α' + i)
                    string letter, $"$\\{name}$"

                    for capital in capitals do
                        if capital.ToLowerInvariant() = name then
                            string (char (int 'Α' + i)), $"$\\{capital}$"
        ]

// Letters that inputenc and the T1 encoding know: Latin-1 and Latin Extended-A but for the few that T1 lacks.
let private isEuropean (value: int) =
    (value >= 0xC0 && value <= 0x17E && value <> 0xD7 && value <> 0xF7)
    && not (Array.contains value [| 0x0126; 0x0127; 0x0138; 0x013F; 0x0140; 0x0149; 0x0166; 0x0167; 0x017F |])

/// One character, or several as one mark, as LaTeX; a character that no Latin font has, by its number.
let private escaped (rune: Rune) =
    let text = rune.ToString()

    match specials.TryGetValue text with
    | true, spelt -> spelt
    | false, _ ->
        match greek.TryGetValue text with
        | true, letter -> letter
        | false, _ when rune.Value < 0x80 || isEuropean rune.Value -> text
        | false, _ -> $"[U+{rune.Value:X4}]"

// Two of these in a row TeX would join to a dash or a quotation mark.
let private joins = "-,'"

/// The text of a cell, caption or heading. Compile with T1 fonts, UTF-8 input, `textcomp` and `amssymb`.
let escape (text: string) =
    let text = InertText.plain text

    let apart =
        [
            for rune in text.EnumerateRunes() do
                escaped rune
        ]

    ("" :: apart, apart)
    ||> Seq.map2 (fun before own -> if own = before && own.Length = 1 && joins.Contains own then "{}" + own else own)
    |> String.concat ""
