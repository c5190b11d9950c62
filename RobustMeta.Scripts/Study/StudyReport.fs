/// The report of a study, from the results that are there.
module RobustMeta.Scripts.StudyReport

open System
open RobustMeta.Studies

let private section (spec: StudySpec) (cell: CellResult) =
    let found = cell.Differences()
    let evaluations = cell.Seeds |> Seq.sumBy _.Cohort.Users.Count
    let people = cell.Seeds |> Seq.collect _.Cohort.Users |> Seq.distinct |> Seq.length

    let diverged =
        if cell.Diverged.Count = 0 then
            ""
        else
            let names = String.Join(", ", [ for struct (name, seed) in cell.Diverged -> $"{name} (seed {seed})" ])
            $"\nTraining diverged: {names}.\n"

    let tuning = StudyTables.tuning spec cell

    $"""## {cell.Cell.Title}

{cell.Seeds.Count} seeds, {evaluations} tested users ({people} different people).
{diverged}
{Tables.markdown (StudyTables.levels cell)}
{Tables.markdown (StudyTables.gains cell found)}
<details><summary>intervals, p-values and tuning</summary>

{Tables.markdown (StudyTables.differences cell found)}
{if tuning.Rows.IsEmpty then "" else Tables.markdown tuning}
</details>
"""

let private meanings (cells: CellResult list) =
    [ for m in cells |> Seq.collect _.Measures |> Seq.distinctBy _.Name -> $"- **{m.Name}**: {m.Meaning}." ]
    |> String.concat "\n"

// Ranks are averaged over cells that are measured in the same way: ratings and clicks are not.
let private rankings (cells: CellResult list) =
    let alike = cells |> List.groupBy (fun cell -> [ for m in cell.Measures -> m.Name ])

    [
        for _, own in alike do
            let names = own |> List.map _.Cell.Data.Name |> List.distinct |> String.concat ", "
            let of' = if alike.Length > 1 then $" ({names})" else ""
            StudyTables.ranks $"average rank{of'}" own
            let bases = own |> List.groupBy _.Cell.Base.Name

            if bases.Length > 1 then
                for name, cells in bases do
                    StudyTables.ranks $"average rank, {name}{of'}" cells
    ]
    |> List.map Tables.markdown
    |> String.concat "\n"

let private tuningText (spec: StudySpec) =
    let candidates = spec.Methods |> Seq.filter _.Tuned.IsTuned |> Seq.tryHead |> Option.map _.Tuned.Values.Count

    [
        if spec.Tuning.IsTuned then
            let keys = String.Join(", ", spec.Tuning.Keys)
            $"one value of {keys} for all methods of a base model, chosen with {(nonNull spec.SharedBy).Name} training"
        match candidates with
        | Some count -> $"{count} candidates for each method that has anything to tune"
        | None -> ()
    ]
    |> function
        | [] -> "**Tuning**: none; all settings stand in the study file."
        | parts ->
            let text = String.concat "; then " parts

            $"""**Tuning**: {text}. All choices are made on the
validation users of seed {spec.TuningSeed}, which is not reported, by the mean validation value of the best epoch; test users have
no part in them."""

/// The whole report, as Markdown.
let markdown (spec: StudySpec) (cells: CellResult list) : string =
    let missing =
        [
            for cell in spec.Cells do
                if not (cells |> List.exists (fun c -> c.Cell = cell)) then
                    $"{cell.Title}"
        ]

    let notRun =
        if missing.IsEmpty then
            ""
        else
            "\nNot run yet: " + String.Join("; ", missing) + ".\n"

    $"""# Study: {spec.Name}

Made from the result files of the study, whose file stands at the end. Every method of a section is measured on the same users.
{tuningText spec}
**Differences** are gains over {spec.Plain.Name}, positive where the method is better (a smaller loss is a positive gain), with the
95 %% interval over seeds (Student) and over users (bootstrap of {MethodComparison.Draws} draws of people). p is the larger of the two
tests' values, Holm-corrected over the methods of a measure (baselines apart); ▲ better and ▼ worse mean p < 0.05. Nulls are
reported like the rest.

{meanings cells}
{notRun}
{if cells.IsEmpty then "" else rankings cells}
{cells |> List.map (section spec) |> String.concat "\n"}
## The study file

```toml
{spec.Text.TrimEnd()}
```
"""
