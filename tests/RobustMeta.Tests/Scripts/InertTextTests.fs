module RobustMeta.Tests.Scripts.InertTextTests

open System
open Expecto
open FsCheck.FSharp
open RobustMeta.Scripts
open RobustMeta.Tests.Properties

/// Texts of characters that mean something somewhere, between ordinary ones.
let hostileText =
    let pieces =
        [
            yield! [ for c in "\\{}$&#^_~%<>|\"'`*[]()!?=+-@,;:/. aZ9" -> string c ]
            yield!
                [
                    "</script>"
                    "<!--<script>"
                    "=cmd|' /C calc'!A0"
                    "@SUM(1)"
                    "\t"
                    "\n"
                    "\r"
                    "\u001b[31m"
                    "\u0000"
                    "\u0085"
                    "\u200f"
                    "\u202e"
                    "\u2066"
                    "\u2028"
                    "\ufeff"
                    "＝"
                    "\ud800"
                    "é"
                    "β"
                    "中"
                    "😀"
                    "&lt;"
                    "[x](javascript:alert(1))"
                ]
        ]

    Gen.elements pieces |> Gen.listOf |> Gen.map (String.concat "") |> Arb.fromGen

let private forAllTexts (property: string -> bool) = Prop.forAll hostileText property

let private hidden =
    "\u001b\u0000\u0085\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u2028\u2029\n\r\t"

/// Whether braces pair and every other special character stands behind a backslash or inside mathematics of our own.
let private isSafeLatex (text: string) =
    let rec read depth position inMath =
        if position >= text.Length then
            depth = 0 && not inMath
        else
            match text[position] with
            | '\\' when position + 1 < text.Length -> read depth (position + 2) inMath
            | '\\' -> false
            | '{' -> read (depth + 1) (position + 1) inMath
            | '}' -> depth > 0 && read (depth - 1) (position + 1) inMath
            | '$' -> read depth (position + 1) (not inMath)
            | '^'
            | '_' -> inMath && read depth (position + 1) inMath
            | '&'
            | '#'
            | '%'
            | '"' -> false
            | _ -> read depth (position + 1) inMath

    read 0 0 false

[<Tests>]
let tests =
    testList
        "InertText"
        [
            property "plain text is one line without control characters and marks of direction"
            <| forAllTexts (fun text -> (InertText.plain text).IndexOfAny(hidden.ToCharArray()) < 0)

            property "a CSV cell never begins a formula"
            <| forAllTexts (fun text ->
                let start = (InertText.csv text).TrimStart()
                start = "" || not ("=+-@＝＋－＠\t\r\n".Contains start[0]))

            property "HTML has no tag and no quote of the text"
            <| forAllTexts (fun text -> (InertText.html text).IndexOfAny [| '<'; '>'; '"'; '\'' |] < 0)

            property "JSON in a script has no tag, and means the same"
            <| forAllTexts (fun text ->
                let json = Text.Json.JsonSerializer.Serialize(InertText.plain text) |> InertText.json

                json.IndexOfAny [| '<'; '>'; '&'; '\u2028' |] < 0
                && Text.Json.JsonSerializer.Deserialize<string> json = InertText.plain text)

            property "text of a figure has no tag, and reads as it is spelt"
            <| forAllTexts (fun text ->
                let shown = InertText.plotly text
                not (shown.Contains '<') && Net.WebUtility.HtmlDecode shown = InertText.plain text)

            property "a Markdown cell has neither a bar nor a tag"
            <| forAllTexts (fun text ->
                let cell = InertText.markdown text
                // A bar behind an odd number of backslashes is a character.
                let bars = Text.RegularExpressions.Regex.Matches(cell, @"(\\*)\|")
                let tags = Text.RegularExpressions.Regex.Matches(cell, "<[A-Za-z/!?]")
                bars |> Seq.forall (fun m -> m.Groups[1].Length % 2 = 1) && tags.Count = 0)

            property "LaTeX has balanced braces and no special character of the text"
            <| forAllTexts (LatexText.escape >> isSafeLatex)

            property "a name is lower-case letters, digits and hyphens"
            <| forAllTexts (fun text ->
                Text.RegularExpressions.Regex.IsMatch(InertText.name text, "^[a-z0-9](-?[a-z0-9])*$"))

            testCase "texts without special meaning stay as they are"
            <| fun () ->
                for text in
                    [ "MeLU+both"; "p < 0.001"; "0.712 ± 0.013"; "taskWeightLr 0.1"; "a_b"; "N/(1 + 2ρ)"; "R&D" ] do
                    Expect.equal (InertText.markdown text) text "Markdown"

                for text in [ "MeLU"; "β = −2"; "0.5" ] do
                    Expect.equal (InertText.csv text) text "CSV"

            testCase "known attacks"
            <| fun () ->
                Expect.equal (InertText.csv "=cmd|' /C calc'!A0") "'=cmd|' /C calc'!A0" "formula"
                Expect.equal (InertText.csv " @SUM(A1)") "' @SUM(A1)" "formula behind a space"
                Expect.equal (InertText.markdown "a|b") "a\\|b" "bar"
                Expect.equal (InertText.markdown "a\\|b") "a\\\\\\|b" "bar behind a backslash"
                Expect.equal (InertText.markdown "<b>x</b>") "&lt;b>x&lt;/b>" "tags"
                Expect.equal (InertText.plain "a\u202egnp.exe") "agnp.exe" "direction"
                Expect.equal (InertText.plain "\u001b[2Jx\ny") "[2Jx y" "terminal"

                Expect.equal
                    (LatexText.escape "MeLU^2_{k}~$5")
                    "MeLU\\textasciicircum{}2\\_\\{k\\}\\textasciitilde{}\\$5"
                    "LaTeX"

                Expect.equal (InertText.name "../../x") "x" "path"
        ]
