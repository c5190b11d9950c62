/// `evidence`, `tasks`, `evaluate`: what to ask a new user, and methods of other systems on our test sets.
module RobustMeta.Scripts.Serving.ExchangeCommand

open System
open System.Globalization
open System.IO
open RobustMeta.Evaluation
open RobustMeta.Experiments
open RobustMeta.Runtime
open RobustMeta.Scripts
open RobustMeta.Serving
open RobustMeta.Serving.Onnx
open RobustMeta.Settings

let private invariant = CultureInfo.InvariantCulture

let private count (settings: Map<string, string>) name standard =
    match settings.TryFind name with
    | None -> standard
    | Some text -> ServingCommand.count name text

/// The experiment of a run's folder or of a spec file.
let private specOf (run: string) =
    FilledWord.Require(run, "the folder of a run, or a spec file (.toml)")

    if run.EndsWith(".toml", StringComparison.OrdinalIgnoreCase) then
        SpecFile.Read run
    elif File.Exists(Path.Combine(run, SpecFile.OfRun)) then
        SpecFile.Read(Path.Combine(run, SpecFile.OfRun))
    else
        raise (SettingException $"{run} is neither the folder of a run nor a spec file (.toml)")

/// The data side of an experiment.
let prepare spec = Experiment.prepare (Experiment.load spec) spec

/// The spec of a run's folder, which must be whole, or of a spec file.
let private openRun (run: string) =
    let spec = specOf run
    let folder = if Directory.Exists run then Some(RunFolder.Open run) else None
    folder |> Option.iter _.RequireWhole()
    spec, folder

/// The data side of such a run, whose data must be as they were.
let private prepareOf (spec: ExperimentSpec, folder: RunFolder option) =
    let prepared = prepare spec
    folder |> Option.iter (fun folder -> folder.RequireSameData prepared)
    prepared

/// `evidence RUN [top N] [asked N]`.
let private evidence (words: string list) =
    match words with
    | [] -> raise (SettingException "evidence needs the folder of a run: evidence RUN top 20")
    | run :: rest ->
        let settings = ServingCommand.settingsOf "evidence" [ "top"; "asked" ] rest
        let top, asked = count settings "top" 20, count settings "asked" 10
        use model = ServingCommand.load run
        let prepared = prepare model.Spec
        let items = Evidence.Of(model, prepared)
        let text (x: float) = x.ToString("0.0000", invariant)

        let list: Table =
            Table.ofText
                [ "ask for"; "value"; "information"; "popularity" ]
                [
                    for item in Seq.truncate top items ->
                        [ item.Item; text item.Value; text item.Information; text item.Popularity ]
                ]

        let curve = EvidenceCurve(model, prepared, asked)
        let told = curve.Of [| for item in items -> item.Item |]
        let popular = curve.Of [| for item in items |> Seq.sortByDescending _.Popularity -> item.Item |]
        let random = curve.OfRandom()
        printfn ""
        ConsoleTable.print list

        let table: Table =
            Table.ofText
                [ "ratings asked for"; "evidence"; "most popular"; "random" ]
                [
                    for i in 0 .. told.Count - 1 ->
                        [ string told[i].Asked; text told[i].Error; text popular[i].Error; text random[i].Error ]
                ]

        printfn $"mean loss of the queries of {told[0].Users} test users who have that many ratings to ask for"
        ConsoleTable.print table
        0

/// `tasks export RUN out FOLDER`.
let private tasks (words: string list) =
    match words with
    | "export" :: run :: rest ->
        match (ServingCommand.settingsOf "tasks export" [ "out" ] rest).TryFind "out" with
        | None -> raise (SettingException "tasks export needs a folder: tasks export RUN out FOLDER")
        | Some folder ->
            OutFolder.Require folder
            TaskExport.Write(prepareOf (openRun run), folder)
            printfn $"tasks are in {folder}; answer with user,testset,item,score for every query row of the test sets"
            0
    | _ -> raise (SettingException "expected: tasks export RUN out FOLDER")

/// `evaluate SCORES run RUN [method NAME] [scores labels|order] [out FILE]`.
let private evaluate (words: string list) =
    let usage = "evaluate SCORES run RUN"

    match words with
    | [] -> raise (SettingException $"evaluate needs a file of scores: {usage}")
    | file :: rest ->
        let settings = ServingCommand.settingsOf "evaluate" [ "run"; "method"; "scores"; "out" ] rest

        let run =
            match settings.TryFind "run" with
            | Some run -> run
            | None -> raise (SettingException $"evaluate needs the run whose test sets were scored: {usage}")

        let kind =
            match settings.TryFind "scores" with
            | None
            | Some "order" -> ScoreKind.Order
            | Some "labels" -> ScoreKind.Labels
            | Some other -> raise (SettingException $"scores is '{other}'; expected labels or order")

        settings.TryFind "method" |> Option.iter MethodLabel.Require
        ScoresFile.RequireFile file
        let out = ServingCommand.outFile [ file; Path.Combine(run, "users.csv") ] settings
        let spec, folder = openRun run

        let name =
            match settings.TryFind "method" with
            | Some name -> name
            | None ->
                match Path.GetFileNameWithoutExtension file with
                | null -> "scores"
                | stem -> stem

        if name = spec.MethodName then
            raise (
                SettingException $"method is '{name}', which is the run's own; name the scores otherwise: method NAME"
            )

        // What is wrong without the data is told before they are read.
        ScoresFile.RequireColumns file
        let prepared = prepareOf (spec, folder)
        let rows = ScoresFile.Read(file, prepared).Evaluate(name, kind)
        out |> Option.iter (fun path -> ResultTable.Write(path, rows))

        let own =
            match folder with
            | Some folder -> List.ofSeq (ResultTable.Read(Path.Combine(folder.Path, "users.csv")))
            | None -> []

        let comparison = Comparison(prepared, [| yield! rows; yield! own |])

        for metric in rows |> Seq.map _.Metric |> Seq.distinct do
            Experiment.printTable metric comparison

            if not own.IsEmpty then
                Experiment.printDifferences metric name spec.MethodName comparison

        0

/// `export RUN onnx out FILE [ratings FILE] [features name=value,…]`.
let private export (words: string list) =
    let usage = "export RUN onnx ratings FILE out FILE.onnx"

    match words with
    | run :: "onnx" :: rest ->
        let settings =
            ServingCommand.settingsOf "export" ([ "ratings"; "features"; "out" ] @ RatedFileSettings.keys) rest

        let out = ServingCommand.outFile [] settings
        use model = ServingCommand.load run

        match out with
        | None -> raise (SettingException $"export needs out: {usage}")
        | Some path ->
            if not (path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase)) then
                let proposed = Path.ChangeExtension(path, ".onnx")
                raise (SettingException $"out is '{path}'; expected an ONNX file, e.g. out {proposed}")

            let rated = ServingCommand.ratings model settings
            let features = ServingCommand.features (settings.TryFind "features")
            let user = model.For(rated, features)
            OnnxExport.Write(path, model, rated, features)
            ServingCommand.tellNotes user
            let ratings = Counted.Of(user.Ratings, "rating", "ratings")
            printfn $"{path}: scores of {model.Items.Count} items for a user of {ratings}"
            0
    | _ :: form :: _ -> raise (SettingException $"There is no form '{form}' to export to; expected onnx: {usage}")
    | _ -> raise (SettingException $"export needs the folder of a run: {usage}")

/// Names of the commands of this module.
let names = [ "evidence"; "tasks"; "evaluate"; "export" ]

/// Runs one of them; the exit code.
let run (command: string) (words: string list) : int =
    match command with
    | "evidence" -> evidence words
    | "tasks" -> tasks words
    | "export" -> export words
    | _ -> evaluate words
