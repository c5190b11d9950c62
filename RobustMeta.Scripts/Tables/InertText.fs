/// Text from data and users, made harmless for the place that shows it: what is written there reads as it is spelt, and
/// never acts as a command, a tag, a formula or a terminal sequence.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.InertText

open System
open System.Net
open System.Text
open System.Text.RegularExpressions

/// Marks that turn the direction of text around, so that it reads as something else.
let private turnsDirection (c: char) =
    c = '\u061C'
    || c = '\u200E'
    || c = '\u200F'
    || (c >= '\u202A' && c <= '\u202E')
    || (c >= '\u2066' && c <= '\u2069')

let private breaksLine (c: char) = c = '\n' || c = '\r' || c = '\t' || c = '\u0085' || c = '\u2028' || c = '\u2029'

/// One line: line breaks and tabs become spaces; control characters (terminal sequences begin with one), marks of
/// direction, byte-order marks and halves of surrogate pairs are dropped.
let plain (text: string) =
    let kept = StringBuilder text.Length

    for rune in text.EnumerateRunes() do
        if rune.Value < 0x10000 && breaksLine (char rune.Value) then
            kept.Append ' ' |> ignore
        elif rune.Value < 0x10000 then
            let c = char rune.Value

            if not (Char.IsControl c || turnsDirection c || c = '\uFEFF' || c = '\uFFFD') then
                kept.Append c |> ignore
        else
            kept.Append(rune.ToString()) |> ignore

    kept.ToString()

// A backslash before punctuation, emphasis, code, strike-through, links, the border of a cell, tags and entities.
let private markdownSpecial =
    Regex(
        @"\\(?=[!-/:-@\[-`{-~]|$)|[*`|]|~(?=~)|\[(?=[^\]]*\]\s*[(\[])|<(?=[A-Za-z/!?])|&(?=#?\w+;)|_(?![A-Za-z0-9])|(?<![A-Za-z0-9])_"
    )

/// The text of a Markdown cell: bars, tags, links, emphasis and entities are spelt out.
let markdown (text: string) =
    markdownSpecial.Replace(
        plain text,
        fun (found: Match) ->
            match found.Value with
            | "<" -> "&lt;"
            | "&" -> "&amp;"
            | special -> "\\" + special
    )

/// The text of a CSV cell that a spreadsheet may open: no cell begins a formula (OWASP, CWE-1236). Quoting is left to the writer.
let csv (text: string) =
    let text = plain text
    let start = text.TrimStart()

    if start.Length > 0 && "=+-@＝＋－＠".Contains start[0] then "'" + text else text

/// HTML text or the value of a quoted attribute.
let html (text: string) : string = nonNull (WebUtility.HtmlEncode(plain text))

/// Text of a Plotly figure, which reads a few tags (`<b>`, `<a>`) and entities.
let plotly (text: string) = (plain text).Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;")

/// JSON that may stand in a script element: no tag or comment can begin in it, and no line end of JavaScript alone.
let json (text: string) =
    text
        .Replace("<", "\\u003c")
        .Replace(">", "\\u003e")
        .Replace("&", "\\u0026")
        .Replace("\u2028", "\\u2028")
        .Replace("\u2029", "\\u2029")

/// The name of a file or of a LaTeX label: lower-case letters, digits and single hyphens, at most 64.
let name (text: string) =
    let words = Regex.Replace(text.ToLowerInvariant(), "[^a-z0-9]+", "-").Trim '-'
    let short = words.Substring(0, min 64 words.Length).Trim '-'
    if short = "" then "unnamed" else short
