namespace RobustMeta.Scripts

open RobustMeta.Evaluation

/// What a cell of a table holds: a value, not its print.
[<RequireQualifiedAccess>]
type CellValue =
    /// Not measured, or without meaning here.
    | Missing
    | Text of string
    /// A whole number: users, seeds.
    | Count of int64
    | Number of float
    /// A mean with its confidence interval and the number of values behind it.
    | Estimate of Interval
    | PValue of float

/// How a cell stands to the one it is compared with, where a test says so.
type Mark =
    | Unmarked
    /// Significantly better: ▲.
    | Better
    /// Significantly worse: ▼.
    | Worse

/// A value and its mark.
type Cell = { Value: CellValue; Mark: Mark }

/// Cells by what they hold.
[<RequireQualifiedAccess>]
module Cell =
    let private plain value = { Value = value; Mark = Unmarked }

    /// Nothing measured.
    let missing = plain CellValue.Missing

    /// A name or a remark.
    let text (text: string) = plain (CellValue.Text text)

    /// A whole number.
    let count (n: int) = plain (CellValue.Count(int64 n))

    /// A number; NaN is missing.
    let number (x: float) = if System.Double.IsNaN x then missing else plain (CellValue.Number x)

    /// A mean with its interval; a mean of NaN is missing.
    let estimate (i: Interval) = if System.Double.IsNaN i.Mean then missing else plain (CellValue.Estimate i)

    /// A p-value; NaN is missing.
    let pValue (p: float) = if System.Double.IsNaN p then missing else plain (CellValue.PValue p)

    /// The cell with another mark.
    let marked (mark: Mark) (cell: Cell) = { cell with Mark = mark }

    /// ▲ or ▼ where p, corrected for the comparisons made, is below 0.05; `gain` says to which side.
    let markedBy (gain: float) (p: float) (cell: Cell) =
        if p < 0.05 && gain > 0.0 then marked Better cell
        elif p < 0.05 && gain < 0.0 then marked Worse cell
        else cell

    /// The number that ranks a cell among others of its column.
    let rank (cell: Cell) =
        match cell.Value with
        | CellValue.Number x
        | CellValue.PValue x -> Some x
        | CellValue.Count n -> Some(float n)
        | CellValue.Estimate i -> Some i.Mean
        | CellValue.Missing
        | CellValue.Text _ -> None
