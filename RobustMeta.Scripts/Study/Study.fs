/// The robustness study: `robustness [quick|ratings] [runs|report] [DATA [BASE]] [out FOLDER] [grid FILE] [to FILE]`.
module RobustMeta.Scripts.Study

open System
open System.IO
open System.Threading
open RobustMeta.Runtime
open RobustMeta.Settings
open RobustMeta.Scripts.StudyGrid
open RobustMeta.Scripts.StudyRuns

/// What to do.
type Order =
    {
        GridFile: string
        Out: string
        /// Where the report goes.
        Report: string
        /// Only make the report from what is there.
        OnlyReport: bool
        /// Only do the runs.
        OnlyRuns: bool
        Data: string list
        Bases: string list
    }

/// Name of the report.
[<Literal>]
let ReportFile = "ROBUSTNESS.md"

let private gridBeside name = Path.Combine(AppContext.BaseDirectory, "experiments", name)

let private standard =
    {
        GridFile = gridBeside "robustness.toml"
        Out = Path.Combine("results", "robustness")
        Report = ""
        OnlyReport = false
        OnlyRuns = false
        Data = []
        Bases = []
    }

/// Another grid that comes with the project, in a folder of its own.
let private named name order = { order with GridFile = gridBeside $"{name}.toml"; Out = Path.Combine("results", name) }

/// Reads the words of a command.
let rec private read (order: Order) (words: string list) =
    match words with
    | [] -> order
    | ("quick" | "--quick") :: rest -> read (named "robustness-quick" order) rest
    | ("ratings" | "--ratings") :: rest -> read (named "robustness-ratings" order) rest
    | "report" :: rest -> read { order with OnlyReport = true } rest
    | "runs" :: rest -> read { order with OnlyRuns = true } rest
    | "out" :: folder :: rest -> read { order with Out = folder } rest
    | "grid" :: file :: rest -> read { order with GridFile = file } rest
    | "to" :: file :: rest -> read { order with Report = file } rest
    | name :: rest when order.Data.IsEmpty -> read { order with Data = [ name ] } rest
    | name :: rest when order.Bases.IsEmpty -> read { order with Bases = [ name ] } rest
    | name :: _ ->
        raise (
            SettingException
                $"'{name}' is one word too many; expected robustness [quick|ratings] [runs|report] [DATA [BASE]] [out FOLDER] [grid FILE] [to FILE]"
        )

/// The order of a command's words.
let order (words: string list) : Order =
    let order = read standard words

    if order.Report = "" then
        { order with Report = Path.Combine(order.Out, ReportFile) }
    else
        order

// What there is of every part of the grid.
let private writeReport (order: Order) (grid: Grid) (cancellation: CancellationToken) =
    let shop = Workshop(grid, order.Out, cancellation)

    let parts =
        [
            for data in grid.Data do
                for basis in grid.Bases do
                    match StudyReport.readPart shop data basis with
                    | Some part -> part
                    | None -> ()
        ]

    CsvText.Write(order.Report, StudyReport.markdown grid parts)
    printfn $"written: {order.Report}"

/// Runs what is missing of the parts that were asked for, and makes the report of all that is there.
let execute (order: Order) (cancellation: CancellationToken) =
    let grid = StudyGrid.read order.GridFile
    let chosen = select order.Data order.Bases grid
    Directory.CreateDirectory order.Out |> ignore

    if not order.OnlyReport then
        let shop = Workshop(chosen, order.Out, cancellation)

        for data in chosen.Data do
            runData shop data

    if not order.OnlyRuns then
        writeReport order grid cancellation
