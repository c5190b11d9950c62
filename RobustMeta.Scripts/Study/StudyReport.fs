/// The report of a study, from the results that are there: tables and figures with their captions.
module RobustMeta.Scripts.StudyReport

open System
open System.IO
open RobustMeta.Runtime
open RobustMeta.Studies

let private cellSection (source: StudySource) (cell: CellSummary) : ReportSection =
    let found = cell.Differences

    {
        Heading = cell.Cell.Title
        Parts =
            [
                Prose $"{cell.Seeds.Count} seeds, {cell.Evaluations} tested users ({cell.People} different people)."
                if cell.Diverged.Count > 0 then
                    let names =
                        String.Join(", ", [ for struct (name, seed) in cell.Diverged -> $"{name} (seed {seed})" ])

                    Prose $"Training diverged: {names}."
                Tabled(StudyTables.levels source.Spec cell)
                if found.Count > 0 then
                    Tabled(StudyTables.gains source.Spec cell found)
                yield! StudyFigures.ofCell source cell
                if found.Count > 0 then
                    Tabled(StudyTables.differences source.Spec cell found)
            ]
    }

let private meanings (cells: CellSummary list) =
    [
        for m in cells |> Seq.collect _.Measures |> Seq.map _.Measure |> Seq.distinctBy _.Name ->
            $"{m.Name}: {m.Meaning}."
    ]
    |> String.concat "\n\n"

// Cells that are measured in the same way stand in one table: ratings and clicks do not.
let private alike (cells: CellSummary list) =
    cells |> List.groupBy (fun cell -> cell.Axis, [ for m in cell.Metrics -> m.Metric ])

let private resultTables (source: StudySource) =
    [
        for i, ((_, metrics), own) in List.indexed (alike source.Cells) do
            for metric in metrics do
                let table = StudyTables.results source.Spec own metric
                Tabled(if i = 0 then table else { table with Label = $"{table.Label}-{i + 1}" })
    ]

let private rankTables (source: StudySource) =
    let groups = alike source.Cells

    [
        for i, (_, own) in List.indexed groups do
            let names = own |> List.map _.Cell.Data.Name |> List.distinct |> String.concat ", "
            let of' = if groups.Length > 1 then $" ({names})" else ""
            let label = if i = 0 then "ranks" else $"ranks {i + 1}"
            StudyTables.ranks source.Spec label $"{source.Spec.Name}: average rank{of'}" own
            let bases = own |> List.groupBy _.Cell.Base.Name

            if bases.Length > 1 then
                for name, cells in bases do
                    StudyTables.ranks
                        source.Spec
                        $"{label} {name}"
                        $"{source.Spec.Name}: average rank, {name}{of'}"
                        cells
    ]
    |> List.filter (fun table -> not table.Rows.IsEmpty)
    |> List.map Tabled

/// How choices were made, in words.
let tuningText (spec: StudySpec) =
    let searched (search: Search.SearchPlan) = $"a search ({search.Tuner}, budget of {search.Budget.Title})"

    let what (choice: StudyChoice) =
        match choice.Search with
        | null -> Counted.Of(int64 choice.Values.Count, "candidate", "candidates")
        | search -> searched search

    // Budgets are equal; tuners need not be.
    let own =
        spec.Methods
        |> Seq.filter _.Tuned.IsTuned
        |> Seq.groupBy (fun m -> what m.Tuned)
        |> Seq.map (fun (text, methods) -> text, methods |> Seq.map _.Name |> String.concat ", ")
        |> List.ofSeq

    [
        if spec.Tuning.IsTuned then
            let keys = String.Join(", ", spec.Tuning.Keys)

            let by =
                match spec.Tuning.Search with
                | null -> ""
                | search -> $" by {searched search}"

            $"one value of {keys} for all methods of a base model, chosen with {(nonNull spec.SharedBy).Name} training{by}"
        match own with
        | [ text, _ ] -> $"{text} for each method that has anything to tune"
        | _ :: _ -> String.Join(", ", [ for text, names in own -> $"{text} for {names}" ])
        | [] -> ()
    ]
    |> function
        | [] -> "Tuning: none; all settings stand in the study file."
        | parts ->
            let text = String.concat "; then " parts
            let numbers = String.Join(", ", spec.TuningSeeds)

            let seeds =
                if spec.TuningSeeds.Count = 1 then
                    $"seed {numbers}, which is not reported"
                else
                    $"seeds {numbers}, which are not reported"

            $"Tuning: {text}. All choices are made on the validation users of {seeds}, by the mean validation value of the best epoch; test users have no part in them."

let private summary (source: StudySource) =
    let missing =
        [
            for cell in source.Spec.Cells do
                if not (source.Cells |> List.exists (fun c -> c.Cell = cell)) then
                    cell.Title
        ]

    [
        "Made from the result files of the study, whose file stands at the end. Every method of a section is measured on the same users."
        if not source.Given.IsEmpty then
            let settings = String.Join(", ", [ for key, value in source.Given -> $"{key} {value}" ])
            $"Settings given beside the study file, which win over what it says: {settings}."
        tuningText source.Spec
        $"Gains and differences are over {source.Spec.Plain.Name}, positive where the method is better (a smaller loss is a positive gain). Nulls are reported like the rest."
        meanings source.Cells
        match source.Widths.Value.Warning with
        | null -> ()
        | warning -> warning
        if not missing.IsEmpty then
            let names = String.Join("; ", missing)
            $"Not run yet: {names}."
        match source.Coverage with
        | Some coverage when coverage.Damaged.Count > 0 ->
            let names = coverage.Damaged.Keys |> Seq.map (Path.GetFileName >> nonNull) |> String.concat "; "
            $"Made of {coverage.Runs}; damaged since they were finished, and left out: {names}."
        | _ -> ()
    ]
    |> String.concat "\n\n"

/// The sections of a study's results: what a report of several studies takes of each.
let sections (source: StudySource) : ReportSection list =
    [
        if not source.Cells.IsEmpty then
            {
                Heading = "Results"
                Parts =
                    [
                        yield! resultTables source
                        yield! rankTables source
                        if source.Spec.IsTuned then
                            Tabled(StudyTables.tuning source.Spec source.Cells)
                    ]
            }

            yield! List.map (cellSection source) source.Cells
        if not source.Costs.Value.IsEmpty then
            { Heading = "Cost"; Parts = [ Timed(Tabled(StudyTables.cost source.Spec source.Costs.Value)) ] }
    ]

/// How to cite, for every report.
let howToCite =
    "Cite the software as given in CITATION.cff, and the paper whose method it studies: Zhang, Li, Chen, Xie and Yu, Meta Recommendation With Robustness Improvement, IEEE TKDE 37(2), 781–793, 2025, doi 10.1109/TKDE.2024.3509416."

/// The whole report.
let report (source: StudySource) : Report =
    {
        Title = $"Study: {source.Spec.Name}"
        Summary = summary source
        Sections = sections source
        StudyFiles =
            [
                if source.Spec.Text <> "" then
                    $"{source.Spec.Name}.toml", source.Spec.Text
            ]
        Environment = [ for struct (name, value) in EnvironmentReport.Facts() -> name, value ]
        Seeds = source.Spec.Cells |> Seq.collect source.Spec.SeedsOf |> Seq.distinct |> List.ofSeq
        HowToCite = howToCite
        Licences = []
    }

/// Writes the report as Markdown to a path, what the runs cost beside it, and the whole of it, with every table and figure in all
/// forms, into a folder of the same name.
let save (path: string) (source: StudySource) : ReportFolder.Written =
    let report = report source
    let folder = Path.ChangeExtension(path, null) |> nonNull
    let written = ReportFolder.write folder report
    let name = Path.GetFileName folder |> nonNull
    CsvText.Write(path, ReportMarkdown.text name written.Missing.IsNone report)
    let cost = MarkdownTable.text (StudyTables.cost source.Spec source.Costs.Value)
    CsvText.Write(nonNull (Path.ChangeExtension(path, ".cost.md")), $"# Cost of the study {source.Spec.Name}\n\n{cost}")
    written
