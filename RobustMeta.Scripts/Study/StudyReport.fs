/// The report of a study, from the results that are there.
module RobustMeta.Scripts.StudyReport

open System
open System.Collections.Generic
open System.Globalization
open RobustMeta.Experiments
open RobustMeta.Scripts.StudyComparison
open RobustMeta.Scripts.StudyGrid
open RobustMeta.Scripts.StudyMeasures
open RobustMeta.Scripts.StudyRuns

/// Results of one data set and base model.
type Part =
    {
        Data: string
        Base: string
        Shared: Tuning
        Tuned: (string * Tuning) list
        Baselines: string list
        Seeds: SeedResult list
        /// Methods and seeds whose training diverged.
        Diverged: (string * int64) list
    }

let private hardest (rows: RobustMeta.Evaluation.UserResult seq) =
    let hardness =
        [|
            for row in rows do
                if row.Metric = Hardness then
                    row.User, row.Value
        |]

    let count = max 1 (int (Math.Ceiling(0.1 * float hardness.Length)))
    hardness |> Array.sortByDescending snd |> Array.truncate count |> Array.map fst |> HashSet

/// Reads a seed; None where plain training is not there.
let private readSeed (shop: Workshop) data basis shared (tuned: (Method * Tuning) list) seed =
    let runs =
        [
            for method, own in tuned do
                let spec = spec shop.Grid data basis method shared own.Value seed
                method.Name, spec, reader shop data basis spec
        ]

    let diverged =
        [
            for name, _, run in runs do
                if run.IsDiverged then
                    name, seed
        ]

    let finished =
        [
            for name, spec, run in runs do
                match run with
                | Finished f -> name, f, f.ReadUsers()
                | _ -> ()
        ]

    match finished |> List.tryFind (fun (name, _, _) -> name = shop.Grid.Plain.Name) with
    | None -> None, diverged, []
    | Some(_, folder, plain) ->
        let extra = baselines shop data folder.Spec
        let hard = hardest extra
        let users = plain |> Seq.map _.User |> Seq.distinct |> Seq.toArray

        let cohort =
            {
                Users = users
                Betas = Array.ofSeq (folder.ReadShift()).Coordinates
                IsHard = users |> Array.map hard.Contains
            }

        let others = extra |> Seq.filter (fun r -> r.Metric <> Hardness) |> Seq.groupBy _.Method |> List.ofSeq
        let methods = Dictionary<string, Values>()

        for name, rows in [ for name, _, rows in finished -> name, seq rows ] @ others do
            methods[name] <- values cohort rows

        Some { Seed = seed; Cohort = cohort; Methods = methods }, diverged, List.map fst others

/// Reads a data set and base model; None where nothing is complete.
let readPart (shop: Workshop) (data: StudyGrid.Part) (basis: StudyGrid.Part) : Part option =
    let read, grid = reader shop, shop.Grid

    match tuneShared read grid data basis with
    | None -> None
    | Some shared ->
        let tuned =
            [
                for method in grid.MethodsOf basis do
                    match tuneMethod read grid data basis shared method with
                    | Some own -> method, own
                    | None -> ()
            ]

        let seeds = grid.SeedsOf(data, basis) |> List.map (readSeed shop data basis shared.Value tuned)
        let found = seeds |> List.choose (fun (seed, _, _) -> seed)

        if found.IsEmpty then
            None
        else
            Some
                {
                    Data = data.Name
                    Base = basis.Name
                    Shared = shared
                    Tuned = [ for method, own in tuned -> method.Name, own ]
                    Baselines = seeds |> List.collect (fun (_, _, names) -> names) |> List.distinct
                    Seeds = found
                    Diverged = seeds |> List.collect (fun (_, diverged, _) -> diverged)
                }

let private measuresOf (part: Part) =
    let plain = part.Seeds.Head
    all |> List.filter (fun m -> plain.Methods.Values |> Seq.exists (fun v -> allows plain.Cohort v m))

/// Means over seeds: a row per method and baseline, a column per measure.
let levels (part: Part) : Tables.Table =
    let measures = measuresOf part

    let row name =
        let values = measures |> List.map (perSeed part.Seeds name)
        let seeds = values |> List.map Array.length |> List.max

        name :: string seeds :: [ for v in values -> if v.Length = 0 then "–" else Tables.number 4 (Array.average v) ]

    {
        Header = $"{part.Data}, {part.Base}" :: "seeds" :: [ for m in measures -> m.Name ]
        Rows = [ for name in List.map fst part.Tuned @ part.Baselines -> row name ]
    }

let private signed (x: float) = (if x >= 0.0 then "+" else "−") + Tables.number 4 (abs x)

/// Paired differences to plain training, measure by measure: methods, then baselines, each corrected among themselves.
let allDifferences (plain: string) (part: Part) : Difference list =
    let draws = resample part.Seeds
    let methods = List.map fst part.Tuned |> List.filter ((<>) plain)

    [
        for names in [ methods; part.Baselines ] do
            for measure in measuresOf part do
                yield! differences plain part.Seeds draws names measure
    ]

let private verdict (d: Difference) =
    if not (d.Corrected < 0.05) then ""
    elif d.OverSeeds.Mean > 0.0 then "better"
    else "worse"

/// Gains at a glance: a row per method, a column per measure, ▲ and ▼ where the difference is significant.
let gainTable (plain: string) (part: Part) (differences: Difference list) : Tables.Table =
    let measures = measuresOf part

    let cell name (measure: Measure) =
        match differences |> List.tryFind (fun d -> d.Method = name && d.Measure.Name = measure.Name) with
        | Some d ->
            let mark =
                match verdict d with
                | "better" -> " ▲"
                | "worse" -> " ▼"
                | _ -> ""

            signed d.OverSeeds.Mean + mark
        | None -> "–"

    {
        Header = $"gain over {plain}" :: [ for m in measures -> m.Name ]
        Rows =
            [
                for name in differences |> List.map _.Method |> List.distinct ->
                    name :: [ for m in measures -> cell name m ]
            ]
    }

/// Differences with their intervals: a row per method and measure.
let differenceTable (plain: string) (differences: Difference list) : Tables.Table =
    let range (i: RobustMeta.Evaluation.Interval) =
        if Double.IsNaN i.Low then "–" else $"[{signed i.Low}, {signed i.High}]"

    {
        Header = [ $"− {plain}"; "measure"; "gain"; "seeds 95 %"; "users 95 %"; "p"; "" ]
        Rows =
            [
                for d in differences ->
                    [
                        d.Method
                        d.Measure.Name
                        signed d.OverSeeds.Mean
                        range d.OverSeeds
                        range d.OverUsers
                        Tables.pValue d.Corrected
                        verdict d
                    ]
            ]
    }

/// Average ranks over the given parts of the methods that all of them have; a column per measure.
let rankTable (title: string) (parts: Part list) : Tables.Table =
    let complete (part: Part) =
        set
            [
                for name, _ in part.Tuned do
                    if part.Seeds |> List.forall (fun s -> s.Methods.ContainsKey name) then
                        name
            ]

    let shared = parts |> List.map complete |> Set.intersectMany
    let names = parts.Head.Tuned |> List.map fst |> List.filter shared.Contains
    let measures = parts |> List.map (measuresOf >> List.map _.Name >> set) |> Set.intersectMany
    let measures = all |> List.filter (fun m -> measures.Contains m.Name)

    let average (measure: Measure) =
        [
            for part in parts ->
                [ for name in names -> name, Array.average (perSeed part.Seeds name measure) ]
                |> ranks measure.HigherIsBetter
                |> dict
        ]

    let columns = measures |> List.map average

    let rows =
        [
            for name in names ->
                name,
                [ for column in columns -> column |> List.averageBy (fun (d: IDictionary<string, float>) -> d[name]) ]
        ]
        |> List.sortBy (snd >> List.average)

    {
        Header = title :: [ for m in measures -> m.Name ]
        Rows = [ for name, values in rows -> name :: [ for v in values -> Tables.number 2 v ] ]
    }

/// What tuning chose: a row per method.
let tuningTable (grid: Grid) (part: Part) : Tables.Table =
    let row name (keys: string list) (tuning: Tuning) =
        [
            name
            String.Join(", ", keys)
            tuning.Value
            String.Join("; ", [ for value, x in tuning.Candidates -> $"{value}: {Tables.number 4 x}" ])
        ]

    {
        Header = [ "tuned"; "settings"; "chosen"; "validation value of each" ]
        Rows =
            row "(all)" grid.Tuned.Keys part.Shared
            :: [
                for name, tuning in part.Tuned ->
                    let keys = (grid.Methods |> List.find (fun m -> m.Name = name)).Tuned.Keys
                    row name keys tuning
            ]
    }

let private section (grid: Grid) (part: Part) =
    let found = allDifferences grid.Plain.Name part
    let evaluations = part.Seeds |> List.sumBy _.Cohort.Users.Length
    let people = part.Seeds |> Seq.collect _.Cohort.Users |> Seq.distinct |> Seq.length

    let diverged =
        match part.Diverged with
        | [] -> ""
        | found ->
            let names = String.Join(", ", [ for name, seed in found -> $"{name} (seed {seed})" ])
            $"\nTraining diverged: {names}.\n"

    $"""## {part.Data}, {part.Base}

{part.Seeds.Length} seeds, {evaluations} tested users ({people} different people).
{diverged}
{Tables.markdown (levels part)}
{Tables.markdown (gainTable grid.Plain.Name part found)}
<details><summary>intervals, p-values and tuning</summary>

{Tables.markdown (differenceTable grid.Plain.Name found)}
{Tables.markdown (tuningTable grid part)}
</details>
"""

let private meanings (parts: Part list) =
    let measured = parts |> List.collect (measuresOf >> List.map _.Name) |> set

    [
        for m in all do
            if measured.Contains m.Name then
                $"- **{m.Name}**: {m.Meaning}."
    ]
    |> String.concat "\n"

let private rankings (parts: Part list) =
    let bases = parts |> List.groupBy _.Base

    [
        rankTable "average rank" parts
        if bases.Length > 1 then
            for name, own in bases do
                rankTable $"average rank, {name}" own
    ]
    |> List.map Tables.markdown
    |> String.concat "\n"

/// The whole report.
let markdown (grid: Grid) (parts: Part list) : string =
    let missing =
        [
            for data in grid.Data do
                for basis in grid.Bases do
                    if not (parts |> List.exists (fun p -> p.Data = data.Name && p.Base = basis.Name)) then
                        $"{data.Name} × {basis.Name}"
        ]

    let open' =
        if missing.IsEmpty then
            ""
        else
            "\nNot run yet: " + String.Join(", ", missing) + ".\n"

    let candidates = grid.Plain.Tuned.Values.Length

    $"""# Robust training measured

Made by `robustness.fsx` from its result files; the grid stands at the end. Every method trains the same base model on the
same users. **Tuning**: one value of {String.Join(", ", grid.Tuned.Keys)} for all methods of a base model, chosen with plain
training; then {candidates} candidates for each method, plain training too. All choices are made on the validation users of
seed {grid.TuningSeed}, which is not reported, by the mean validation value of the best epoch; test users have no part in them.
**Differences** are gains over plain training, positive where the method is better (a smaller log-loss is a positive gain), with
the 95 %% interval over seeds (Student) and over users (bootstrap of {Draws} draws of people). p is the larger of the two tests'
values, Holm-corrected over the methods of a measure (baselines apart); ▲ better and ▼ worse mean p < 0.05. Nulls are reported
like the rest.

{meanings parts}
{open'}
{if parts.IsEmpty then "" else rankings parts}
{parts |> List.map (section grid) |> String.concat "\n"}
## The grid

```toml
{grid.Text.TrimEnd()}
```
"""
