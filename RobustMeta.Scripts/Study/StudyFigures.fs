/// The figures of a study, by the names that its file gives in `figures`, or those that its results allow.
module RobustMeta.Scripts.StudyFigures

open System
open RobustMeta.Settings
open RobustMeta.Studies

type private Draw = StudySource -> CellSummary -> string -> ReportPart list

let private drawn (draw: CellSummary -> string -> Figure list) : Draw =
    fun _ cell metric -> [ for figure in draw cell metric -> Drawn figure ]

let private read (draw: StudySource -> CellSummary -> string -> Figure list) : Draw =
    fun source cell metric -> [ for figure in draw source cell metric -> Drawn figure ]

let private timed (draw: StudySource -> CellSummary -> string -> Figure list) : Draw =
    fun source cell metric -> [ for figure in draw source cell metric -> Timed(Drawn figure) ]

let private known: (string * Draw) list =
    [
        "ablation", drawn CellFigures.ablation
        "sensitivity", drawn CellFigures.sensitivity
        "convergence", read RunFigures.convergence
        "convergenceTime", timed RunFigures.convergenceTime
        "gap", read RunFigures.gap
        "motivation", drawn CellFigures.motivation
        "degradation", drawn CellFigures.degradation
        "weights", read RunFigures.weights
        "worstCase", drawn CellFigures.worstCase
        "tail", drawn CellFigures.tail
        "pareto", drawn CellFigures.pareto
        "sets", drawn CellFigures.sets
        "order", timed RunFigures.order
        "quadrants", drawn CellFigures.quadrants
        "noise", drawn CellFigures.noise
        "seeds", drawn CellFigures.seeds
    ]

/// Names that the `figures` of a study file takes.
let names = List.map fst known

// Line and column of the word of a study's text that names a figure among `figures`; of the key, or the beginning, where it is
// given in another way.
let private placeOf (name: string) (text: string) =
    let lines = text.Split '\n' |> List.ofArray

    let key =
        lines |> List.tryFindIndex (fun line -> line.TrimStart().StartsWith("figures", StringComparison.Ordinal))

    match key with
    | Some start ->
        let columns (quote: char) =
            lines
            |> List.mapi (fun number line -> number, line.IndexOf($"{quote}{name}{quote}", StringComparison.Ordinal))

        let word =
            columns '"' @ columns '\''
            |> List.filter (fun (number, column) -> number >= start && column >= 0)
            |> List.sort
            |> List.tryHead

        let line, column = defaultArg word (start, lines[start].IndexOf("figures", StringComparison.Ordinal))
        $"{line + 1}:{column + 1}"
    | None -> "1:1"

/// Refuses a study that names a figure there is not; `file` is its file, for the message.
let require (file: string) (spec: StudySpec) =
    for name in spec.Figures do
        if not (List.contains name names) then
            let all = String.Join(", ", names)

            raise (
                SettingException
                    $"{file}:{placeOf name spec.Text}: figures: there is no figure '{name}'{NearestName.End(name, names)} Figures: {all}"
            )

// A study has its name and its cell in the names of its files, so that those of several studies stand in one folder.
let private named (spec: StudySpec) (cell: CellSummary) (figure: Figure) =
    let name = InertText.name $"{spec.Name} {cell.Cell.FileName} {figure.Name}"

    { figure with
        Name = name
        Title = $"{figure.Title} ({cell.Cell.Title})"
        Data = { figure.Data with Label = name }
    }

let rec private renamed spec cell (part: ReportPart) =
    match part with
    | Drawn figure -> Drawn(named spec cell figure)
    | Timed inner -> Timed(renamed spec cell inner)
    | part -> part

/// The figures of a cell, by the study's first metric.
let ofCell (source: StudySource) (cell: CellSummary) : ReportPart list =
    require source.Spec.Name source.Spec
    let metric = cell.Metrics[0].Metric

    let wanted =
        if source.Spec.Figures.Count > 0 then
            List.ofSeq source.Spec.Figures
        else
            [
                if source.Spec.Sweeps.Count > 0 then
                    "sensitivity"
                "degradation"
                "seeds"
            ]

    [
        for name in wanted do
            let draw = known |> List.find (fst >> (=) name) |> snd

            for part in draw source cell metric -> renamed source.Spec cell part
    ]
