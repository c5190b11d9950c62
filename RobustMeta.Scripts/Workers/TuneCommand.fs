/// `tune MODEL [tuner tpe] [budget 30] [parallel 1] [keys A,B] [seed 100,101] [out FOLDER] [name value …]`: searches a method's settings.
module RobustMeta.Scripts.TuneCommand

open System
open System.IO
open System.Text.RegularExpressions
open System.Threading
open RobustMeta.Experiments
open RobustMeta.Runtime
open RobustMeta.Settings
open RobustMeta.Studies
open RobustMeta.Studies.Search

let private usage =
    "tune MODEL | BASELINE [tuner tpe] [budget 30] [parallel 1] [keys A,B] [seed 100,101] [out FOLDER] [name value …]\ntune ranges [MODEL,…] [study NAME|FILE] [out FOLDER] [to FILE.md]"

let rec private pairs words =
    match words with
    | [] -> []
    | [ word: string ] -> raise (SettingException $"'{word}' has no value\n{usage}")
    | name :: value :: rest -> (name, value) :: pairs rest

let private own = [ "tuner"; "budget"; "parallel"; "keys"; "seed"; "out" ]

// All that declare a range, are not given, and have an effect beside what is given.
let private searched (spec: ExperimentSpec) (settings: (string * string) list) =
    // Not the default, which may stand where it has no effect.
    let other (range: SearchRange) =
        if range.IsChoice then
            range.Choices |> Seq.tryFind ((<>) range.Default) |> Option.defaultValue range.Default
        else
            let number =
                if range.Low.ToString("R", Globalization.CultureInfo.InvariantCulture) = range.Default then
                    range.High
                else
                    range.Low

            number.ToString("R", Globalization.CultureInfo.InvariantCulture)

    let acts (range: SearchRange) =
        try
            Experiment.vary [ range.Key, other range ] spec |> ignore
            true
        with :? SettingException ->
            false

    (SearchSpace.Of spec).Ranges
    |> Seq.filter (fun range -> not (List.exists (fst >> (=) range.Key) settings) && acts range)
    |> Seq.map _.Key

// The study of one method that a search is, where its runs go, and the number of points of a grid.
let private prepare (model: string) (given: (string * string) list) : StudySpec * string * int option =
    let take key fallback = given |> List.tryFindBack (fst >> (=) key) |> Option.map snd |> Option.defaultValue fallback

    let settings = given |> List.filter (fun (key, _) -> not (List.contains key own))
    let structs = [| for key, value in settings -> struct (key, value) |]
    let spec = Experiment.spec model settings

    let keys =
        match take "keys" "" with
        | "" -> searched spec settings
        | keys -> Seq.ofArray (keys.Split ',')
        |> List.ofSeq

    match settings |> List.tryFind (fun (key, _) -> List.contains key keys) with
    | Some(key, value) ->
        raise (SettingException $"{key} is searched (keys) and given as '{value}'; leave out the one or the other.")
    | None -> ()

    let space = SearchSpace.Of(spec, keys)

    match keys |> List.tryPick (spec.WhyWithoutEffect >> Option.ofObj) with
    | Some reason -> raise (SettingException reason)
    | None -> ()

    let tuner = take "tuner" "tpe"
    let points = if tuner = "grid" then Some (SearchGrid.Of space).Count else None
    // A grid is tried whole, unless told otherwise.
    let budget = take "budget" (points |> Option.defaultValue 30 |> string)
    let choice = StudyChoice.Of(keys, SearchPlan.Parse(tuner, budget, take "parallel" "1"))
    // A budget that does not go with the tuner is told before anything begins.
    choice.Tuner(spec, true, 1L) |> ignore

    let seeds = StudyFile.Seeds("seed", (take "seed" "100").Split(',', StringSplitOptions.TrimEntries))

    // The seed after the largest measures the best.
    if Seq.max seeds = Int64.MaxValue then
        raise (
            SettingException $"seed is {Int64.MaxValue}; expected smaller ones, since the next measures the best values"
        )

    let method =
        StudyMethod(
            // Candidates differ in what they train, so no generated name fits them all.
            $"{spec.Method.Name} tuned",
            [| struct (StudySpec.ModelKey, model); yield! structs |],
            Tuned = choice
        )

    StudySpec(
        Name = $"tune-{model}",
        Seeds = [| Seq.max seeds + 1L |],
        TuningSeeds = seeds,
        Data = [| NamedSettings(spec.Dataset, [| struct ("dataset", spec.Dataset) |]) |],
        Methods = [| method |]
    ),
    take "out" (Path.Combine("results", $"tune-{model}")),
    points

/// The study of one method that a search is, and where its runs go.
let study (model: string) (given: (string * string) list) : StudySpec * string =
    let spec, out, _ = prepare model given
    spec, out

// `tune ranges [MODEL,…] [study NAME|FILE] [out FOLDER] [to FILE.md]`
let private ranges (words: string list) =
    let models, given =
        match words with
        | name :: rest when rest.Length % 2 = 0 -> List.ofArray (name.Split ','), pairs rest
        | rest -> List.ofSeq Methods.Names, pairs rest

    let find key = given |> List.tryFindBack (fst >> (=) key) |> Option.map snd
    let known = [ "study"; "out"; "to" ]

    for key, _ in given do
        if not (List.contains key known) then
            raise (SettingException $"'tune ranges' knows no '{key}'{NearestName.End(key, known)}\n{usage}")

    let to' = find "to"
    to' |> Option.iter (fun path -> OutFile.Require(path, "to"))

    let best =
        match find "study" with
        | Some name -> RangeTables.best (Study.load name None (find "out") [])
        | None -> []

    let table = RangeTables.table models best
    printf "%s" (ConsoleTable.text table)

    match to' with
    | Some path ->
        RobustMeta.Runtime.CsvText.Write(path, MarkdownTable.text table)
        StandardOutput.line $"written: {path}"
    | None -> ()

// A value as a shell takes it.
let private word (value: string) = if value.Contains ' ' || value = "" then $"\"{value}\"" else value

// How a search goes about it: the tuner and when it ends, or how many points its grid has.
let private plan (spec: StudySpec) (points: int option) =
    let search = nonNull spec.Methods[0].Tuned.Search
    let seeds = spec.TuningSeeds.Count
    let each = if seeds > 1 then $" of {seeds} runs each" else ""

    match points with
    | Some points -> $"""a grid of {Counted.Of(int64 points, "point", "points")}{each}, the default first"""
    | None -> $"{search.Tuner} with a budget of {search.Budget.Title}{each}"

/// The candidates of a search in the order in which they were tried, each with its value on the validation users; the best is starred.
let table (model: string) (spec: StudySpec) (tuning: Tuning) : Table =
    let method = spec.Methods[0]

    let given =
        [
            for struct (key, value) in Seq.append method.Settings spec.Data[0].Settings do
                if key <> StudySpec.ModelKey then
                    key, value
        ]
        // The data set may be given among the settings.
        |> List.distinctBy fst

    let evaluation, split = Experiment.spec model given |> fun experiment -> experiment.Evaluation, experiment.Split
    let metric = evaluation.SelectionFor split.Label
    let rule = if evaluation.SelectBy = "mean" then "" else evaluation.SelectBy + " "
    let direction = if metric.HigherIsBetter then "higher" else "lower"
    let ranked = if metric.HigherIsBetter then Column.highest else Column.lowest
    let seeds = Counted.Of(int64 spec.TuningSeeds.Count, "seed", "seeds")
    // A candidate of a search that ends trainings early has its epochs beside its values.
    let epochs = Regex @" \((\d+) epochs?\)$"
    let isEnded = tuning.Candidates |> Seq.exists (fun (struct (candidate, _)) -> epochs.IsMatch candidate)
    let diverged = tuning.Candidates |> Seq.exists (fun (struct (_, value)) -> Double.IsNaN value)

    let rows =
        [
            for i, struct (candidate, value) in Seq.indexed tuning.Candidates ->
                [
                    yield Cell.count (i + 1)
                    yield Cell.number value
                    if isEnded then
                        yield Cell.text (epochs.Match(candidate).Groups[1].Value)
                    for part in SearchSpace.Values(epochs.Replace(candidate, "")) do
                        yield Cell.text part
                ]
        ]

    let columns =
        [
            yield Column.whole "candidate"
            yield ranked (Column.fixedDigits 5 metric.Name)
            if isEnded then
                yield Column.words "epochs"
            for key in method.Tuned.Keys do
                yield Column.words key
        ]

    Table.make
        "candidates"
        $"{model} on {spec.Data[0].Name}: {rule}{metric.Name} on the validation users, {seeds}; {direction} is better"
        columns
        rows
    |> Table.withNotes
        [
            if diverged then
                $"{CellText.Nothing}: training diverged."
        ]

/// Searches, prints every candidate with its value, and the command that runs the best.
let execute (words: string list) (cancellation: CancellationToken) =
    match words with
    | [] -> raise (SettingException $"tune needs a model or baseline\n{usage}")
    | "ranges" :: rest -> ranges rest
    | model :: rest ->
        let given = pairs rest

        match given |> List.countBy fst |> List.tryFind (fun (_, count) -> count > 1) with
        | Some(name, _) -> raise (SettingException $"{name} is given twice.")
        | None -> ()

        let spec, out, points = prepare model given
        let method = spec.Methods[0]
        let key = TuningKey(spec.Cells[0], method)
        let keys = List.ofSeq method.Tuned.Keys
        let names = String.Join(", ", keys)
        OutFolder.Require out
        StandardOutput.line $"{model} on {spec.Data[0].Name}: searches {names}, {plan spec points}; runs go to {out}"
        let hooks = StudyHooks(Say = StandardOutput.line, CountsRuns = true)

        match StudyRunner(spec, StudyStore out, hooks, cancellation).Tune key with
        | null -> StandardOutput.line "The search waits for runs that another process makes."
        | tuning ->
            printf "%s" (ConsoleTable.narrow (table model spec tuning))

            match points with
            | Some points when tuning.Candidates.Count < points ->
                StandardOutput.line
                    $"the budget ended the search after {tuning.Candidates.Count} of the grid's {points} points"
            | _ -> ()

            let best = Seq.zip keys (SearchSpace.Values tuning.Value) |> List.ofSeq
            let settings = given |> List.filter (fun (key, _) -> not (List.contains key own))
            let words = String.Join(" ", [ for key, value in settings @ best -> $"{key} {word value}" ])
            StandardOutput.line $"best: ./robustmeta run {model} {words}"
