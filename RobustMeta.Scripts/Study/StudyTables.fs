/// Tables of a study: of its results, its tuning, its cost and its progress. All numbers come from Core.
module RobustMeta.Scripts.StudyTables

open System
open System.Collections.Generic
open RobustMeta.Evaluation
open RobustMeta.Studies

/// What every ± of a study is.
let uncertainty: Uncertainty = { Meaning = "95 % Student interval"; Over = "seeds" }

let private marks (plain: string) =
    $"than {plain}, p < 0.05 (the larger of paired t over seeds and Wilcoxon over users, Holm-corrected over the methods)"

let private isTold (seeds: int) = seeds >= MethodDifference.FewestSeeds

let private marked (d: MethodDifference) (cell: Cell) =
    if isTold d.OverSeeds.Count then
        Cell.markedBy d.OverSeeds.Mean d.Corrected cell
    else
        cell

/// Says that there are no marks, or `what` else, where one of the counts of seeds is too small for them.
let private seedsNote (what: string) (seeds: int seq) =
    if Seq.forall isTold seeds then
        []
    else
        [
            $"Where fewer than {MethodDifference.FewestSeeds} seeds are compared there {what}: so few do not show how far seeds differ."
        ]

/// The mean of a metric: a row per method in blocks of cells, a column per test set, best bold, ▲ and ▼ against plain (T3,
/// T4).
let results (spec: StudySpec) (cells: CellSummary list) (metric: string) : Table =
    let row (cell: CellSummary) (r: PooledResult) : PaperTables.ResultRow =
        {
            Block = cell.Cell.Title
            Method = r.Method
            TestSet = ShiftTables.testSet cell.Axis r.Coordinate
            Metric = metric
            Result = r.Mean
            P = (if isTold r.Mean.Count then r.Corrected else nan)
            Gain = r.Gain
        }

    let rows =
        [
            for cell in cells do
                for own in cell.Metrics |> Seq.filter (fun m -> m.Metric = metric) do
                    for r in own.Results do
                        row cell r
        ]

    { PaperTables.overall uncertainty (marks cells.Head.Plain) rows with
        Label = InertText.name $"{spec.Name} {metric}"
        Caption = $"{spec.Name}: {metric} on the test sets"
    }
    |> Table.withNotes (seedsNote "are no marks" [ for r in rows -> r.Result.Count ])

/// Means of all measures over seeds: a row per method and baseline.
let levels (spec: StudySpec) (cell: CellSummary) : Table =
    let column (measure: StudyMeasure) =
        let column = Column.plusMinus 4 measure.Name
        if measure.HigherIsBetter then Column.highest column else Column.lowest column

    let value name measure =
        match cell.PerSeed(name, measure) with
        | values when values.Count = 0 -> Cell.missing
        // A seed without users that a measure is of, such as a tenth of five, has no value: then a mean would be of other seeds.
        | values when not (Seq.forall Double.IsFinite values) -> Cell.missing
        | values -> Cell.estimate (Significance.StudentInterval values)

    Table.make
        $"{spec.Name} {cell.Cell.FileName} levels"
        $"{cell.Cell.Title}: results"
        (Column.words "method" :: [ for m in cell.Measures -> column m.Measure ])
        [
            for name in Seq.append cell.Methods cell.Baselines ->
                Cell.text name :: [ for m in cell.Measures -> value name m.Measure ]
        ]
    |> Table.withUncertainty uncertainty.Meaning uncertainty.Over

/// Gains over plain: a row per method, a column per measure, ▲ and ▼ where the difference is significant.
let gains (spec: StudySpec) (cell: CellSummary) (differences: IReadOnlyList<MethodDifference>) : Table =
    let gain name (measure: StudyMeasure) =
        match differences |> Seq.tryFind (fun d -> d.Method = name && d.Measure.Name = measure.Name) with
        | Some d -> Cell.number d.OverSeeds.Mean |> marked d
        | None -> Cell.missing

    Table.make
        $"{spec.Name} {cell.Cell.FileName} gains"
        $"{cell.Cell.Title}: gain over {cell.Plain}"
        (Column.words $"gain over {cell.Plain}" :: [ for m in cell.Measures -> Column.signed 4 m.Measure.Name ])
        [
            for name in differences |> Seq.map _.Method |> Seq.distinct ->
                Cell.text name :: [ for m in cell.Measures -> gain name m.Measure ]
        ]
    |> Table.withMarks
        $"than {cell.Plain}, p < 0.05 (the larger of paired t over seeds and bootstrap over users, Holm-corrected over the methods)"
    |> Table.withNotes (
        "Positive is better, also for errors."
        :: seedsNote "are no marks" [ for d in differences -> d.OverSeeds.Count ]
    )

/// Differences with their intervals: a row per method and measure.
let differences (spec: StudySpec) (cell: CellSummary) (differences: IReadOnlyList<MethodDifference>) : Table =
    let users (i: Interval) = if Double.IsNaN i.Low then Cell.missing else Cell.estimate i

    let effect (d: MethodDifference) =
        if isTold d.OverSeeds.Count && Double.IsFinite d.EffectSize then
            Cell.number d.EffectSize
        else
            Cell.missing

    Table.make
        $"{spec.Name} {cell.Cell.FileName} differences"
        $"{cell.Cell.Title}: differences from {cell.Plain}"
        [
            Column.words $"− {cell.Plain}"
            Column.words "measure"
            Column.range 4 "over seeds"
            Column.range 4 "over users"
            Column.fixedDigits 2 "d_z"
            Column.probability "p"
            Column.probability "q"
            Column.probability "p, sign flips"
        ]
        [
            for d in differences ->
                [
                    Cell.text d.Method
                    Cell.text d.Measure.Name
                    Cell.estimate d.OverSeeds |> marked d
                    users d.OverUsers
                    effect d
                    Cell.pValue d.Corrected
                    Cell.pValue d.FalseDiscovery
                    Cell.pValue d.SignFlip
                ]
        ]
    |> Table.withMarks $"than {cell.Plain}, p < 0.05"
    |> Table.withNotes
        [
            $"Over seeds: 95 %% Student interval, n = {cell.Seeds.Count} seeds. Over users: 95 %% bootstrap interval of {MethodComparison.Draws} draws of people."
            "p: the larger of the two tests' values, Holm-corrected over the methods of a measure (baselines apart); q: the same, corrected for the false discovery rate (Benjamini and Hochberg)."
            "d_z: mean over standard deviation of the seeds' differences (Cohen). Sign flips: permutation test over seeds, not corrected; with n seeds never below 2/2ⁿ."
            yield! seedsNote "are no marks and no d_z" [ for d in differences -> d.OverSeeds.Count ]
        ]

/// Average ranks over cells of the methods that all of them have, with the critical difference of each measure.
let ranks (spec: StudySpec) (label: string) (caption: string) (cells: CellSummary list) : Table =
    let ranks = CellRanks.Of cells

    let note (name: string) (comparison: RankComparison) =
        let p = CellText.probability comparison.FP
        $"{name}: critical difference {CellText.number 2 comparison.CriticalDifference}, p of equal ranks {p}"

    Table.make
        $"{spec.Name} {label}"
        caption
        (Column.words "method" :: [ for name in ranks.Measures -> Column.fixedDigits 2 name |> Column.lowest ])
        [
            for m in ranks.Order ->
                Cell.text ranks.Methods[m] :: [ for c in ranks.Comparisons -> Cell.number c.AverageRanks[m] ]
        ]
    |> Table.withNotes
        [
            if ranks.Comparisons.Count > 0 then
                let blocks = ranks.Comparisons[0].Blocks
                $"Average over {blocks} blocks (a cell under a seed), 1 is best; baselines are not ranked. Ranks that differ by less than the critical difference (Nemenyi, 0.05) are not told apart; p: Friedman's test in the form of Iman and Davenport."

                String.Join("; ", Seq.map2 note ranks.Measures ranks.Comparisons) + "."
        ]

/// What tuning chose (T2): a row per method and setting.
let tuning (spec: StudySpec) (cells: CellSummary list) : Table =
    let row (cell: CellSummary) (name: string) (choice: StudyChoice) (tuning: Tuning) : PaperTables.SettingRow =
        {
            Dataset = cell.Cell.Title
            Method = name
            Setting = String.Join(", ", choice.Keys)
            Range =
                String.Join("; ", [ for struct (value, x) in tuning.Candidates -> $"{value}: {CellText.number 4 x}" ])
            Chosen = tuning.Value
        }

    { PaperTables.settings
          [
              for cell in cells do
                  if spec.Tuning.IsTuned then
                      row cell "(all)" spec.Tuning cell.Shared

                  for struct (name, own) in cell.Tuned do
                      for method in spec.Methods |> Seq.filter (fun m -> m.Name = name && m.Tuned.IsTuned) do
                          row cell name method.Tuned own
          ] with
        Label = InertText.name $"{spec.Name} settings"
        Caption = $"{spec.Name}: settings tried, with the validation value of each, and chosen"
    }

let private costRow (c: MethodCost) : PaperTables.CostRow =
    {
        Block = c.Cell.Title
        Method = c.Method
        SecondsAnEpoch = c.SecondsAnEpoch
        Seconds = c.Seconds
        PeakMegabytes = c.PeakMegabytes
    }

/// What methods cost (T5). Times are those of the machine and its load.
let cost (spec: StudySpec) (costs: MethodCost seq) : Table =
    { PaperTables.cost
          [
              for c in costs do
                  costRow c
          ] with
        Label = InertText.name $"{spec.Name} cost"
        Caption = $"{spec.Name}: time and memory"
    }
    |> Table.withNotes
        [
            "Medians over the runs of a method, validation included; fitting a reference is not. Memory: of the whole process."
        ]

let private states =
    [
        RunState.Done
        RunState.Running
        RunState.Interrupted
        RunState.Damaged
        RunState.Diverged
        RunState.Missing
    ]

/// How far a study is: a row per cell and stage, a column per state.
let status (status: StudyStatus) : Table =
    let stage (run: PlannedRun) =
        match run.Stage with
        | RunStage.SharedTuning -> "tuning, all methods"
        | RunStage.MethodTuning -> "tuning, each method"
        | _ -> "reported"

    let row (title: string) (stage: string) (runs: RunStatus list) =
        let count state = runs |> List.filter (fun r -> r.State = state) |> List.length

        Cell.text title
        :: Cell.text stage
        :: Cell.count runs.Length
        :: [ for state in states -> Cell.count (count state) ]

    Table.make
        "status"
        ""
        (Column.words "cell"
         :: Column.words "runs for"
         :: Column.whole "all"
         :: [ for state in states -> Column.whole ((string state).ToLowerInvariant()) ])
        [
            for (title, stage), runs in List.ofSeq status.Runs |> List.groupBy (fun r -> r.Run.Cell.Title, stage r.Run) do
                row title stage runs
            row "all" "" (List.ofSeq status.Runs)
        ]
