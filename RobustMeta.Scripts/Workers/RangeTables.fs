/// The settings that a search varies: their ranges, and what studies have found best (T2).
module RobustMeta.Scripts.RangeTables

open System
open System.Globalization
open System.Text.RegularExpressions
open RobustMeta.Experiments
open RobustMeta.Settings
open RobustMeta.Studies

let private brief (number: string) = Regex.Replace(number, @"E-0*(\d+)", "e-$1")

let private text (x: float) = brief (x.ToString("R", CultureInfo.InvariantCulture))

let private range (setting: Setting) =
    match Option.ofNullable setting.Search with
    | Some(struct (low, high)) -> $"""{text low} to {text high}{if setting.IsLog then ", log" else ""}"""
    | None -> ""

/// What a finished tuning chose: model, setting, where, value.
type Best = { Model: string; Key: string; Where: string; Value: string }

let private modelOf (cell: CellResult) (method: StudyMethod) =
    let named (settings: struct (string * string) seq) =
        settings |> Seq.tryPick (fun (struct (key, value)) -> if key = StudySpec.ModelKey then Some value else None)

    named method.Settings |> Option.orElse (named cell.Cell.Base.Settings) |> Option.defaultValue method.Name

/// The choices of a study, as far as its runs are there.
let best (study: Study.Study) : Best list =
    [
        for cell in Study.cells study do
            let chosen (method: StudyMethod) (choice: StudyChoice) (tuning: Tuning) =
                [
                    if choice.IsTuned then
                        for struct (key, value) in choice.Settings tuning.Value ->
                            {
                                Model = modelOf cell method
                                Key = key
                                Where = $"{cell.Cell.Data.Name}, {method.Name}"
                                Value = value
                            }
                ]

            match study.Spec.SharedBy with
            | null -> ()
            | method -> yield! chosen method study.Spec.Tuning cell.Shared

            for struct (method, tuning) in cell.Tuned do
                yield! chosen method method.Tuned tuning
    ]

// A default is a candidate wherever it lies; all others are drawn from the range.
let private first (setting: Setting) (spec: ExperimentSpec) =
    let value = setting.Print spec

    match
        Option.ofNullable setting.Search, Double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture)
    with
    | Some(struct (low, high)), (true, x) when x < low || x > high -> $"{brief value} (outside)"
    | _ -> brief value

/// Ranges, values of the paper, defaults, and the best where a study tells it: a row for each model and setting that a search varies.
let table (models: string list) (best: Best list) : Table =
    let rows =
        [
            for model in models do
                let spec = ExperimentSpec.Of model

                for setting in SettingList.Of spec do
                    let found = best |> List.filter (fun b -> b.Model = model && b.Key = setting.Key)

                    if (setting.Search.HasValue && isNull (spec.WhyWithoutEffect setting.Key)) || not found.IsEmpty then
                        [
                            model
                            setting.Key
                            range setting
                            String.Join(", ", Seq.map brief setting.PaperGrid)
                            first setting spec
                            if not best.IsEmpty then
                                String.Join("; ", [ for b in found -> $"{b.Value} ({b.Where})" ])
                        ]
        ]

    let names =
        [
            yield! [ "model"; "setting"; "range"; "values of the paper"; "default" ]
            if not best.IsEmpty then
                "best"
        ]

    Table.make
        "T2 ranges"
        "Settings that a search varies; log: on a logarithmic scale"
        (List.map Column.words names)
        (rows |> List.map (List.map Cell.text))
    |> Table.withNotes
        [
            "The first candidate of a search is the default, also where it lies outside the range (outside); all others are in the range."
        ]
