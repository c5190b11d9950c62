/// Numbers as tables print them.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.CellText

open System
open System.Globalization
open RobustMeta.Evaluation

/// What stands where nothing was measured.
[<Literal>]
let Nothing = "–"

/// A number with the given digits after the point; a dash where there is none.
let number (digits: int) (x: float) =
    if Double.IsNaN x then
        Nothing
    elif Double.IsPositiveInfinity x then
        "∞"
    elif Double.IsNegativeInfinity x then
        "−∞"
    else
        x.ToString("F" + string digits, CultureInfo.InvariantCulture).Replace('-', '−')

/// A number with its sign.
let signed (digits: int) (x: float) =
    if Double.IsNaN x then
        Nothing
    else
        (if x >= 0.0 then "+" else "−") + number digits (abs x)

/// A mean with half the width of its interval, `0.712 ± 0.013`.
let plusMinus (digits: int) (i: Interval) =
    if Double.IsNaN i.High then
        number digits i.Mean
    else
        $"{number digits i.Mean} ± {number digits ((i.High - i.Low) / 2.0)}"

/// A difference with sign and interval, `+0.021 [+0.010, +0.032]`.
let range (digits: int) (i: Interval) =
    if Double.IsNaN i.High then
        signed digits i.Mean
    else
        $"{signed digits i.Mean} [{signed digits i.Low}, {signed digits i.High}]"

/// A p-value: `< 0.001`, or three digits.
let probability (p: float) = if p < 0.001 then "< 0.001" else number 3 p

/// A whole number, its thousands apart, `100,000`.
let whole (n: int64) = n.ToString("#,0", CultureInfo.InvariantCulture)

let private digitsOf (format: Format) =
    match format with
    | Fixed digits
    | Signed digits
    | PlusMinus digits
    | Range digits -> digits
    | Words
    | Whole
    | Probability -> 3

/// A value as its column prints it. The text of names is as it came: the writer makes it inert.
let value (format: Format) (value: CellValue) =
    match value, format with
    | CellValue.Missing, _ -> Nothing
    | CellValue.Text text, _ -> text
    | CellValue.Count n, _ -> whole n
    | CellValue.Number x, Signed digits -> signed digits x
    | CellValue.Number x, Whole -> number 0 x
    | CellValue.Number x, Probability -> probability x
    | CellValue.Number x, _ -> number (digitsOf format) x
    | CellValue.Estimate i, Range digits -> range digits i
    | CellValue.Estimate i, Fixed digits -> number digits i.Mean
    | CellValue.Estimate i, Signed digits -> signed digits i.Mean
    | CellValue.Estimate i, _ -> plusMinus (digitsOf format) i
    | CellValue.PValue p, _ -> probability p

/// The sign of a mark; empty for none.
let mark (mark: Mark) =
    match mark with
    | Unmarked -> ""
    | Better -> "▲"
    | Worse -> "▼"
