/// `recommend`, `predict`, `explain`: a trained model in use.
module RobustMeta.Scripts.Serving.ServingCommand

open System
open System.Collections.Generic
open System.Globalization
open System.IO
open RobustMeta.Experiments
open RobustMeta.Runtime
open RobustMeta.Scripts
open RobustMeta.Serving
open RobustMeta.Settings
open RobustMeta.Tasks

let private invariant = CultureInfo.InvariantCulture

/// Settings of a command, as pairs; those that it does not have are refused.
let settingsOf (command: string) (known: string list) (words: string list) : Map<string, string> =
    if words.Length % 2 <> 0 then
        raise (SettingException $"'{List.last words}' has no value: settings of {command} come in pairs, name value.")

    let pairs = words |> List.chunkBySize 2 |> List.map (fun pair -> pair[0], pair[1])

    for name, _ in pairs do
        if not (List.contains name known) then
            let all = String.Join(", ", known)

            raise (
                SettingException $"{command} has no setting '{name}'{NearestName.End(name, known)} Its settings: {all}"
            )

    match pairs |> List.countBy fst |> List.tryFind (fun (_, count) -> count > 1) with
    | Some(name, _) -> raise (SettingException $"{name} is given twice.")
    | None -> Map.ofList pairs

/// The model in the folder of a run; says where its weights are not those that the run wrote.
let load (run: string) =
    let model = ColdStartModel.Load run

    if model.HasOwnWeights then
        eprintfn
            $"note: {run}: the weights are not those that this run wrote. If they are none of your own, the file is damaged: make the run again."

    model

/// A number of things, by the name of its setting.
let count (name: string) (text: string) =
    match Int32.TryParse(text, NumberStyles.None, invariant) with
    | true, n when n > 0 -> n
    | _ -> raise (SettingException $"{name} is '{text}'; expected a whole number from 1 to {Int32.MaxValue}")

/// The file of the setting `out`, which must be one that can be written, and none of the files that are read.
let outFile (inputs: string list) (settings: Map<string, string>) =
    let named = [ "ratings"; "features"; "titles" ] |> List.choose settings.TryFind

    settings.TryFind "out"
    |> Option.map (fun path ->
        OutFile.Require path
        OutFile.RequireOther(path, inputs @ named)
        path)

/// Says on the error stream what of a user's ratings and features was not taken as given.
let tellNotes (user: AdaptedUser) =
    for note in user.Notes do
        eprintfn $"note: {note}"

/// Identifiers from data in a note, where they must not act on the terminal.
let named (names: string seq) = String.Join(", ", names |> Seq.map InertText.plain)

/// Says on the error stream which ratings of a file were not taken as given, or look wrong.
let tellRatings (repeated: RepeatedRatings) (offScale: ScaleMismatch | null) =
    repeated.Note |> Option.ofObj |> Option.iter (eprintfn "note: %s")
    offScale |> Option.ofObj |> Option.iter (fun mismatch -> eprintfn $"note: {mismatch.Note}")

/// Features as `name=value,name=value`.
let features (text: string option) : IReadOnlyDictionary<string, string> =
    let found = Dictionary<string, string>()

    for part in (defaultArg text "").Split(',', StringSplitOptions.RemoveEmptyEntries) do
        match part.IndexOf '=' with
        | at when at > 0 ->
            let name = part.Substring(0, at).Trim()

            if not (found.TryAdd(name, part.Substring(at + 1).Trim())) then
                raise (
                    SettingException
                        $"features gives {name} twice: '{found[name]}' and '{part.Substring(at + 1).Trim()}'"
                )
        | _ -> raise (SettingException $"features has '{part}'; expected name=value,name=value")

    found

/// Texts by identifier from a file, or none.
let textsOf (path: string option) what =
    match path with
    | Some file -> RatedRows.ReadTexts(file, what)
    | None -> Dictionary<string, IReadOnlyDictionary<string, string>>()

/// Title of an item, where a file of titles has one; says where it has none at all.
let private titles (model: ColdStartModel) (path: string option) =
    let known =
        match path with
        | Some file -> RatedRows.ReadTitles file
        | None -> Dictionary<string, string>()

    match path with
    | Some file when not (model.Items.Tokens |> Seq.exists known.ContainsKey) ->
        eprintfn
            $"note: {file} has a title of no item that the model knows: its items are not named as in the training data"
    | _ -> ()

    fun item ->
        match known.TryGetValue item with
        | true, title -> title
        | _ -> ""

/// What a rating is worth where a file only lists items: a positive.
let private valueOf (model: ColdStartModel) path (row: RatedRow) =
    if row.Rating.HasValue then
        row.Rating.Value
    elif model.Label = LabelKind.Click then
        float32 (max 1.0 model.Threshold)
    else
        raise (
            SettingException
                $"{path}, line {row.Line}: item '{row.Item}' has no rating; this model predicts ratings and adapts to them"
        )

/// The ratings of the one user of a file.
let private ratingsOf (model: ColdStartModel) (file: RatedFile) =
    let path, rows = file.Path, RatedRows.Read file |> Seq.toList

    match rows |> List.map _.User |> List.distinct with
    | _ :: second :: _ ->
        raise (
            SettingException
                $"{path} holds several users, '{rows.Head.User}' and '{second}' among them; expected the ratings of one. 'predict' takes many."
        )
    | _ -> ()

    match rows |> List.tryFind (fun row -> not row.Rating.HasValue) with
    | Some row when rows |> List.exists _.Rating.HasValue ->
        raise (
            SettingException
                $"{path}, line {row.Line}: item '{row.Item}' has no rating, while others have one; give it a rating, or leave the row out. A file without any rating lists positives."
        )
    | _ -> ()

    [ for row in rows -> struct (row.Item, valueOf model path row) ]

/// The ratings that the setting `ratings` names; none without it.
let ratings (model: ColdStartModel) (settings: Map<string, string>) =
    match settings.TryFind "ratings" with
    | Some path -> ratingsOf model (RatedFileSettings.file path settings)
    | None ->
        RatedFileSettings.requireNone settings
        []

let private number (x: float32) = x.ToString("0.0000", invariant)

let private scoreName (model: ColdStartModel) = if model.Label = LabelKind.Click then "logit" else "rating"

let private need command (settings: Map<string, string>) name usage =
    match settings.TryFind name with
    | Some value -> value
    | None -> raise (SettingException $"{command} needs {name}: {usage}")

/// `recommend RUN ratings FILE [top N] [features name=value,…] [titles FILE]`, and how the file of ratings is written.
let recommend (words: string list) =
    match words with
    | [] -> raise (SettingException "recommend needs the folder of a run: recommend RUN ratings FILE top 10")
    | run :: rest ->
        let settings = settingsOf "recommend" ([ "ratings"; "top"; "features"; "titles" ] @ RatedFileSettings.keys) rest
        use model = load run
        let titleOf = titles model (settings.TryFind "titles")

        let user = model.For(ratings model settings, features (settings.TryFind "features"))

        tellNotes user
        let best = user.Recommend(settings.TryFind "top" |> Option.defaultValue "10" |> count "top")
        let isUnsure = best |> Seq.exists _.Deviation.HasValue
        let hasTitles = settings.ContainsKey "titles"

        let table: Table =
            Table.ofText
                [
                    "rank"
                    "item"
                    scoreName model
                    if isUnsure then
                        "deviation"
                    if hasTitles then
                        "title"
                ]
                [
                    for i, r in Seq.indexed best ->
                        [
                            string (i + 1)
                            r.Item
                            number r.Score
                            if isUnsure then
                                number r.Deviation.Value
                            if hasTitles then
                                titleOf r.Item
                        ]
                ]

        if best.Count = 0 then
            printfn $"all {model.Items.Count} items that the model knows are rated: none is left to recommend"
        else
            ConsoleTable.print table

        0

/// `predict RUN FILE [features FILE] [out FILE]`, and how the file is written: a row for each row without a rating.
let predict (words: string list) =
    match words with
    | run :: file :: rest ->
        let settings = settingsOf "predict" ([ "features"; "out" ] @ RatedFileSettings.keys) rest
        let path = outFile [ file ] settings
        let file = RatedFileSettings.file file settings
        use model = load run
        let rows = FilePredictions(model, Features = textsOf (settings.TryFind "features") "user")

        let write (target: TextWriter) =
            // The first row before the header: a file that cannot be read leaves nothing but its error.
            use found = (rows.Of file).GetEnumerator()
            let mutable isThere = found.MoveNext()
            target.Write "user,item,score,deviation,ratings\n"

            while isThere do
                let row = found.Current
                let text (x: float32) = if Single.IsNaN x then "" else x.ToString("R", invariant)
                let score = text row.Score
                let deviation = if row.Deviation.HasValue then text row.Deviation.Value else ""
                target.Write $"{CsvText.Quote row.User},{CsvText.Quote row.Item},{score},{deviation},{row.Ratings}\n"
                isThere <- found.MoveNext()

        match path with
        | Some path ->
            DurableFile.Write(
                path,
                fun stream ->
                    use target = new StreamWriter(stream, leaveOpen = true)
                    write target
            )
        | None -> write Console.Out

        let unknown = rows.UnknownItems

        let users = Counted.Of(rows.Users, "user", "users")

        eprintfn
            "note: %s"
            (if rows.WithoutRatings = 0 then
                 users
             else
                 $"{users}, {rows.WithoutRatings} of them scored by the model's prior, without ratings")

        if rows.Scored = 0L then
            eprintfn "note: no row of the file is without a rating, and such rows are what is scored: there is no score"

        tellRatings rows.Repeated rows.OffScale

        if unknown.Count > 0 then
            let first = named (Seq.truncate 5 unknown.Keys)
            let more = if unknown.Count > 5 then ", …" else ""
            let items = Counted.Of(unknown.Count, "item is", "items are")
            eprintfn $"note: {items} unknown to the model and without a score: {first}{more}"

        0
    | _ -> raise (SettingException "predict needs the folder of a run and a file: predict RUN FILE")

/// `explain RUN ratings FILE item X [features name=value,…]`.
let explain (words: string list) =
    let usage = "explain RUN ratings FILE item X"

    match words with
    | [] -> raise (SettingException $"explain needs the folder of a run: {usage}")
    | run :: rest ->
        let settings = settingsOf "explain" ([ "ratings"; "item"; "features"; "titles" ] @ RatedFileSettings.keys) rest
        let file = need "explain" settings "ratings" usage
        let item = need "explain" settings "item" usage
        use model = load run
        let titleOf = titles model (settings.TryFind "titles")
        let hasTitles = settings.ContainsKey "titles"

        let rated, known =
            ratingsOf model (RatedFileSettings.file file settings), features (settings.TryFind "features")

        let because = Explanation.Of(model, rated, known, item)
        tellNotes (model.For(rated, known))

        printfn
            $"{scoreName model} of {InertText.plain item}: {number because.Score}; without any rating: {number because.Prior}"

        // The score of what is known need not be asked for; of several rows the last counts.
        because.Influences
        |> Seq.tryFind (fun influence -> influence.Item = item)
        |> Option.iter (fun own ->
            let rating = own.Rating.ToString("R", invariant)

            printfn
                $"{InertText.plain item} is one of the user's ratings, with {rating}, which moves this score too: leave its row out to see it predicted")

        printfn ""

        let table: Table =
            Table.ofText
                [
                    "rated item"
                    "rating"
                    "moves the score by"
                    if hasTitles then
                        "title"
                ]
                [
                    for i in because.Influences ->
                        [
                            i.Item
                            i.Rating.ToString("R", invariant)
                            i.Change.ToString("+0.0000;-0.0000;0", invariant)
                            if hasTitles then
                                titleOf i.Item
                        ]
                ]

        ConsoleTable.print table
        0

/// Names of the commands of this module.
let names = [ "recommend"; "predict"; "explain" ]

/// Runs one of them; the exit code.
let run (command: string) (words: string list) : int =
    match command with
    | "recommend" -> recommend words
    | "predict" -> predict words
    | _ -> explain words
