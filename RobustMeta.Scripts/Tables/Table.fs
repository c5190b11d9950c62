namespace RobustMeta.Scripts

open System

/// How the values of a column are printed; the digits are those after the point.
type Format =
    | Words
    | Whole
    | Fixed of digits: int
    /// With its sign: a difference.
    | Signed of digits: int
    /// `0.712 ± 0.013`: an estimate with half the width of its interval.
    | PlusMinus of digits: int
    /// `+0.021 [+0.010, +0.032]`: a difference with its interval.
    | Range of digits: int
    /// `< 0.001`, or three digits.
    | Probability

/// Which value of a column is the best of its block of rows, to be set bold, and the second underlined.
type Best =
    | Unranked
    | Highest
    | Lowest

/// One column: its heading, the heading that it shares with its neighbours (empty: none), its print and its best value.
type Column = { Name: string; Group: string; Format: Format; Best: Best }

/// One row; neighbouring rows of one block stand under its name (empty: none).
type Row = { Block: string; Cells: Cell list }

/// What the intervals of a table are, e.g. "95 % Student interval" over "users".
type Uncertainty = { Meaning: string; Over: string }

/// One description of a table, from which the console, Markdown, CSV, LaTeX and HTML are written.
type Table =
    {
        Caption: string
        /// Name of the table's files and of its LaTeX label: lower-case letters, digits and hyphens.
        Label: string
        Columns: Column list
        Rows: Row list
        /// What each ± and each bracket is.
        Uncertainty: Uncertainty option
        /// What ▲ and ▼ mean: against what, by which test, corrected how (empty: the table has no marks).
        Marks: string
        /// Further sentences below the table.
        Notes: string list
    }

/// Place of a cell in the ranking of its column.
type Standing =
    | Ordinary
    | First
    | Second

/// Columns by what they hold.
[<RequireQualifiedAccess>]
module Column =
    let private column format best name = { Name = name; Group = ""; Format = format; Best = best }

    /// Names and remarks.
    let words (name: string) = column Words Unranked name

    /// Whole numbers.
    let whole (name: string) = column Whole Unranked name

    /// Numbers.
    let fixedDigits (digits: int) (name: string) = column (Fixed digits) Unranked name

    /// Differences without an interval.
    let signed (digits: int) (name: string) = column (Signed digits) Unranked name

    /// Estimates as mean ± half the width of the interval.
    let plusMinus (digits: int) (name: string) = column (PlusMinus digits) Unranked name

    /// Differences with their interval.
    let range (digits: int) (name: string) = column (Range digits) Unranked name

    /// p-values.
    let probability (name: string) = column Probability Unranked name

    /// The highest value of a block is the best.
    let highest (column: Column) = { column with Best = Highest }

    /// The lowest value of a block is the best.
    let lowest (column: Column) = { column with Best = Lowest }

    /// Under a heading that it shares with its neighbours.
    let under (group: string) (column: Column) = { column with Group = group }

/// Tables from parts, and what all ways to write one share.
[<RequireQualifiedAccess>]
module Table =
    /// A table without intervals, marks and notes.
    let make (label: string) (caption: string) (columns: Column list) (rows: Cell list list) : Table =
        for cells in rows do
            if cells.Length <> columns.Length then
                invalidArg
                    (nameof rows)
                    $"table '{label}': a row has {cells.Length} cells, but there are {columns.Length} columns"

        {
            Caption = caption
            Label = InertText.name label
            Columns = columns
            Rows = [ for cells in rows -> { Block = ""; Cells = cells } ]
            Uncertainty = None
            Marks = ""
            Notes = []
        }

    /// Puts each row under a block's name: `block` gets the row's number.
    let inBlocks (block: int -> string) (table: Table) =
        { table with Rows = table.Rows |> List.mapi (fun i row -> { row with Block = block i }) }

    /// Says what the intervals are, e.g. `Table.withUncertainty "95 % Student interval" "users"`.
    let withUncertainty (meaning: string) (over: string) (table: Table) =
        { table with Uncertainty = Some { Meaning = meaning; Over = over } }

    /// Says what the marks ▲ and ▼ mean.
    let withMarks (meaning: string) (table: Table) = { table with Marks = meaning }

    /// Adds sentences below the table.
    let withNotes (notes: string list) (table: Table) = { table with Notes = table.Notes @ notes }

    let private counts (table: Table) =
        [
            for row in table.Rows do
                for cell in row.Cells do
                    match cell.Value with
                    | CellValue.Estimate i -> i.Count
                    | _ -> ()
        ]

    let private uncertaintyNote (table: Table) =
        match table.Uncertainty, counts table with
        | None, _
        | _, [] -> []
        | Some u, counts ->
            let low, high = List.min counts, List.max counts
            let n = if low = high then $"n = {low}" else $"n = {low} to {high}"
            let isPlusMinus (column: Column) = column.Format.IsPlusMinus
            let isRange (column: Column) = column.Format.IsRange

            let form =
                match List.exists isPlusMinus table.Columns, List.exists isRange table.Columns with
                | true, true -> "± is half the width, and brackets hold the ends, of the"
                | true, false -> "± is half the width of the"
                | _ -> "Brackets hold the ends of the"

            [ $"{form} {u.Meaning} over {n} {u.Over}." ]

    let private bestNote (table: Table) =
        if table.Rows.Length > 1 && table.Columns |> List.exists (fun c -> c.Best <> Unranked) then
            [ "Best in bold, second underlined." ]
        else
            []

    let private marksNote (table: Table) = if table.Marks = "" then [] else [ $"▲ better, ▼ worse: {table.Marks}." ]

    /// All sentences below the table: what ± is and over what, what marks mean, then the table's own.
    let notes (table: Table) = uncertaintyNote table @ bestNote table @ marksNote table @ table.Notes

    let private standingsOf (best: Best) (cells: Cell list) =
        let values = cells |> List.map Cell.rank
        let known = values |> List.choose id |> List.distinct

        let ordered =
            match best with
            | Unranked -> []
            | Highest -> List.sortDescending known
            | Lowest -> List.sort known

        let standing value =
            match value, ordered with
            | Some x, first :: _ when x = first -> First
            | Some x, _ :: second :: _ when x = second -> Second
            | _ -> Ordinary

        // One value alone is not the best of anything.
        if List.length (List.choose id values) < 2 then
            List.map (fun _ -> Ordinary) values
        else
            List.map standing values

    /// The place of each cell among those of its column and block: a list for each row.
    let standings (table: Table) : Standing list list =
        [
            for _, rows in table.Rows |> Seq.groupBy _.Block ->
                let rows = List.ofSeq rows

                table.Columns
                |> List.mapi (fun i column -> standingsOf column.Best [ for row in rows -> row.Cells[i] ])
                |> fun columns -> rows |> List.mapi (fun r _ -> [ for column in columns -> column[r] ])
        ]
        |> List.concat

    /// Rows in the order of their blocks' first appearance, so that a block's rows are neighbours.
    let orderedRows (table: Table) : Row list = table.Rows |> List.groupBy _.Block |> List.collect snd

    /// A table of texts alone: the first column to the left, the others, which hold printed numbers, to the right.
    let ofText (header: string list) (rows: string list list) =
        let column i name = if i = 0 then Column.words name else Column.fixedDigits 0 name
        make "text" "" (List.mapi column header) (rows |> List.map (List.map Cell.text))

    /// The heading of a column where one line must do: group and name.
    let heading (column: Column) = if column.Group = "" then column.Name else $"{column.Group}, {column.Name}"

    /// Whether rows stand in named blocks.
    let hasBlocks (table: Table) = table.Rows |> List.exists (fun row -> row.Block <> "")

    /// Neighbouring columns of one group: its name, the number of its first column and how many it has.
    let groups (table: Table) : (string * int * int) list =
        let folded =
            (([], 0), table.Columns)
            ||> List.fold (fun (found, i) column ->
                match found with
                | (group, first, count) :: rest when group = column.Group -> (group, first, count + 1) :: rest, i + 1
                | _ -> (column.Group, i, 1) :: found, i + 1)

        List.rev (fst folded)
