/// The grid of a robustness study: data sets times base models times methods times seeds, read from a TOML file.
module RobustMeta.Scripts.StudyGrid

open System
open System.Globalization
open System.IO
open RobustMeta.Experiments
open RobustMeta.Settings

/// Settings by name, as text.
type Settings = (string * string) list

/// Values of which tuning takes one: each gives all keys the same, or with '/' each key its own ("0.003/0.001").
type Choice =
    {
        Keys: string list
        Values: string list
    }

    /// The settings of a value.
    member this.Settings(value: string) : Settings =
        let own = value.Split('/', StringSplitOptions.TrimEntries) |> List.ofArray

        if own.Length = 1 then
            [ for key in this.Keys -> key, value ]
        else
            List.zip this.Keys own

/// A part of the grid with a name: a data set or a base model.
type Part = { Name: string; Settings: Settings }

/// A way to train a base model.
type Method =
    {
        Name: string
        Settings: Settings
        /// Its own stage of tuning.
        Tuned: Choice
    }

/// A whole study.
type Grid =
    {
        /// The file's text, for the report.
        Text: string
        /// Seeds that are reported.
        Seeds: int64 list
        /// Of the cells, base models and data sets that have seeds of their own.
        OwnSeeds: Map<string, int64 list>
        /// Of the base models that not all methods train: names of those that do.
        OwnMethods: Map<string, string list>
        /// The seed that everything is tuned on; it is not reported.
        TuningSeed: int64
        /// Settings of every run.
        Shared: Settings
        /// The stage of tuning that all methods of a base model share; decided by the first method.
        Tuned: Choice
        Data: Part list
        Bases: Part list
        /// The first is plain training, which the others are compared with.
        Methods: Method list
    }

    /// What the others are compared with.
    member this.Plain = this.Methods.Head

    /// The methods that train a base model.
    member this.MethodsOf(basis: Part) =
        match this.OwnMethods |> Map.tryFind basis.Name with
        | Some names -> this.Methods |> List.filter (fun m -> List.contains m.Name names)
        | None -> this.Methods

    /// The seeds that are reported of a cell: its own, or the base model's own, or the data set's own, or those of all.
    member this.SeedsOf(data: Part, basis: Part) =
        [ $"cell.{data.Name}.{basis.Name}"; "base." + basis.Name; "data." + data.Name ]
        |> List.tryPick (fun table -> this.OwnSeeds |> Map.tryFind table)
        |> Option.defaultValue this.Seeds

[<Literal>]
let private Model = "model"

let private fail (file: string) (message: string) = raise (SettingException $"{file}: {message}")

let private words (text: string) = text.Split(',', StringSplitOptions.TrimEntries) |> List.ofArray

/// Settings where those given later win.
let merge (parts: Settings list) : Settings = parts |> List.concat |> List.rev |> List.distinctBy fst |> List.rev

/// Takes the keys of tuning from a table.
let private choice file table (settings: Settings) =
    let find key =
        match settings |> List.tryFind (fst >> (=) key) with
        | Some(_, value) -> words value
        | None -> fail file $"[{table}] has no '{key}'; expected e.g. tuned = \"weightDecay\", values = [0.0001, 0.001]"

    let choice = { Keys = find "tuned"; Values = find "values" }

    for value in choice.Values do
        let count = value.Split('/').Length

        if count > 1 && count <> choice.Keys.Length then
            let keys = String.Join(", ", choice.Keys)

            fail
                file
                $"[{table}] has the value '{value}' for {keys}; expected one for all, or one for each with '/' between"

    choice, settings |> List.filter (fun (key, _) -> key <> "tuned" && key <> "values")

let private requireEqualBudgets file (methods: Method list) =
    let budgets = methods |> List.groupBy _.Tuned.Values.Length

    if budgets.Length > 1 then
        let text =
            budgets
            |> List.map (fun (n, group) -> $"{n} for " + String.Join(", ", group |> List.map _.Name))
            |> String.concat "; "

        fail file $"every method needs the same number of 'values' (an equal tuning budget); there are {text}"

/// The grid of a text; `file` names it in errors.
let parse (file: string) (text: string) : Grid =
    let tables =
        try
            [
                for struct (name, settings) in SpecFile.Tables text ->
                    name, [ for struct (key, value) in settings -> key, value ]
            ]
        with :? SettingException as error ->
            fail file error.Message

    let isKnown (name: string) =
        List.contains name [ ""; "shared"; "tuning" ]
        || [ "data."; "base."; "cell."; "method." ]
           |> List.exists (fun kind -> name.StartsWith(kind, StringComparison.Ordinal))

    for name, _ in tables do
        if not (isKnown name) then
            fail
                file
                $"there is no table [{name}]; expected shared, tuning, data.NAME, base.NAME, cell.DATA.BASE or method.NAME"

    let table name = tables |> List.tryFind (fst >> (=) name) |> Option.map snd |> Option.defaultValue []

    let partsIfAny (kind: string) =
        let prefix = kind + "."

        [
            for name, settings in tables do
                if name.StartsWith(prefix, StringComparison.Ordinal) then
                    name.Substring prefix.Length, settings
        ]

    let parts (kind: string) =
        match partsIfAny kind with
        | [] -> fail file $"there is no table [{kind}.NAME]"
        | found -> found

    let top = table ""

    let numbersIn settings key =
        match settings |> List.tryFind (fst >> (=) key) with
        | Some(_, value) ->
            words value
            |> List.map (fun word ->
                match Int64.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) with
                | true, number -> number
                | _ -> fail file $"'{key}' is {value}; expected integers")
        | None -> fail file $"there is no '{key}'; expected seeds = [1, 2, 3] and tuningSeed = 100"

    let seeds, tuningSeed = numbersIn top "seeds", (numbersIn top "tuningSeed").Head
    let isSeeds = fst >> (=) "seeds"

    let cells =
        [
            for data, _ in parts "data" do
                for basis, _ in parts "base" -> $"{data}.{basis}"
        ]

    for name, settings in partsIfAny "cell" do
        if not (List.contains name cells) then
            fail file $"[cell.{name}] is no data set and base model of this grid{NearestName.Hint(name, cells)}"

        if List.map fst settings <> [ "seeds" ] then
            fail file $"[cell.{name}] takes 'seeds' and nothing else"

    let ownSeeds =
        Map
            [
                for kind in [ "data"; "base"; "cell" ] do
                    for name, settings in partsIfAny kind do
                        if List.exists isSeeds settings then
                            $"{kind}.{name}", numbersIn settings "seeds"
            ]

    if List.contains tuningSeed seeds || ownSeeds |> Map.exists (fun _ own -> List.contains tuningSeed own) then
        fail file $"tuningSeed {tuningSeed} is one of the reported seeds; tune on another one"

    let methods =
        [
            for name, settings in parts "method" ->
                let tuned, own = choice file $"method.{name}" settings
                { Name = name; Settings = own; Tuned = tuned }
        ]

    requireEqualBudgets file methods

    let isMethods = fst >> (=) "methods"

    let ownMethods =
        Map
            [
                for name, settings in parts "base" do
                    match settings |> List.tryFind isMethods with
                    | Some(_, value) -> name, words value
                    | None -> ()
            ]

    let names = methods |> List.map _.Name

    for KeyValue(basis, own) in ownMethods do
        for name in own do
            if not (List.contains name names) then
                fail file $"[base.{basis}] names the method '{name}'{NearestName.Hint(name, names)}, which has no table"

        if not (List.contains names.Head own) then
            fail file $"[base.{basis}] leaves out '{names.Head}', which the others are compared with"

    {
        Text = text
        Seeds = seeds
        OwnSeeds = ownSeeds
        OwnMethods = ownMethods
        TuningSeed = tuningSeed
        Shared = table "shared"
        Tuned = choice file "tuning" (table "tuning") |> fst
        Data =
            [
                for name, settings in parts "data" ->
                    { Name = name; Settings = settings |> List.filter (isSeeds >> not) }
            ]
        Bases =
            [
                for name, settings in parts "base" ->
                    { Name = name; Settings = settings |> List.filter (fun s -> not (isMethods s || isSeeds s)) }
            ]
        Methods = methods
    }

/// The grid of a file.
let read (file: string) : Grid = parse file (File.ReadAllText file)

/// The part of a grid that a user names: a data set, or a data set and a base model; empty lists keep all.
let select (data: string list) (bases: string list) (grid: Grid) : Grid =
    let pick kind (wanted: string list) (parts: Part list) =
        for name in wanted do
            let names = parts |> List.map _.Name

            if not (List.contains name names) then
                raise (
                    SettingException
                        $"""The study has no {kind} '{name}'{NearestName.Hint(name, names)}. It has: {String.Join(", ", names)}"""
                )

        parts |> List.filter (fun p -> wanted.IsEmpty || List.contains p.Name wanted)

    { grid with Data = pick "data set" data grid.Data; Bases = pick "base model" bases grid.Bases }

/// The experiment of one method with a value for each stage of tuning. Methods over base models over data over shared settings.
let spec (grid: Grid) (data: Part) (basis: Part) (method: Method) (shared: string) (own: string) (seed: int64) =
    let settings =
        merge
            [
                grid.Shared
                data.Settings
                basis.Settings
                grid.Tuned.Settings shared
                method.Settings
                method.Tuned.Settings own
                [ "seed", string seed; "method", method.Name ]
            ]

    let models, others = settings |> List.partition (fst >> (=) Model)

    match models with
    | [ _, model ] -> Experiment.spec model others
    | _ -> raise (SettingException $"[base.{basis.Name}] names no model, e.g. model = \"MeLU\"")
