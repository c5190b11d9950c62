/// Values put into bands, and texts taken apart: what recipes make features of. An empty text is unknown.
module RobustMeta.Scripts.Preparation.Band

open System
open System.Globalization
open System.Net

let private integer (text: string) =
    match Int32.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture) with
    | true, value -> Some value
    | _ -> None

/// `1995` is `1990s`; empty where there is no year of four digits.
let decade (year: string) : string =
    match integer year with
    | Some value when value >= 1000 && value <= 2100 -> $"{value / 10 * 10}s"
    | _ -> ""

/// Ages in bands of ten years, `20-29`; empty below 5 and above 100, which are mistakes or jokes.
let age (years: string) : string =
    match integer years with
    | Some value when value >= 5 && value <= 100 -> $"{value / 10 * 10}-{value / 10 * 10 + 9}"
    | _ -> ""

/// The band of an amount between powers of two from 1, `8-16`; `0-1` below, empty where it is not known.
let doubling (amount: float) : string =
    if Double.IsNaN amount || amount < 0.0 then
        ""
    elif amount < 1.0 then
        "0-1"
    else
        let low = Math.Pow(2.0, Math.Floor(Math.Log2 amount))
        $"%g{low}-%g{2.0 * low}"

let private stopWords = Set [ "the"; "of"; "and"; "a"; "an"; "in"; "to"; "for"; "on" ]

/// The words of a text in lower case, each once, HTML entities decoded; words that say nothing and single letters are left out.
let words (text: string) : string list =
    (WebUtility.HtmlDecode text |> Option.ofObj |> Option.defaultValue "").ToLowerInvariant()
    |> String.map (fun c -> if Char.IsLetterOrDigit c || c = '\'' then c else ' ')
    |> _.Split(' ', StringSplitOptions.RemoveEmptyEntries)
    |> Array.map _.Trim('\'')
    |> Array.filter (fun word -> word.Length > 1 && not (stopWords.Contains word))
    |> Array.distinct
    |> List.ofArray
