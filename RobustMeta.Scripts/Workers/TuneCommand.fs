/// `tune MODEL [tuner tpe] [budget 30] [keys A,B] [seed 100] [out FOLDER] [name value …]`: searches a method's settings.
module RobustMeta.Scripts.TuneCommand

open System
open System.IO
open System.Threading
open RobustMeta.Experiments
open RobustMeta.Settings
open RobustMeta.Studies
open RobustMeta.Studies.Search

let private usage =
    "tune MODEL | BASELINE [tuner tpe] [budget 30] [keys A,B] [seed 100] [out FOLDER] [name value …]"

let rec private pairs words =
    match words with
    | [] -> []
    | [ word: string ] -> raise (SettingException $"'{word}' has no value\n{usage}")
    | name :: value :: rest -> (name, value) :: pairs rest

let private own = [ "tuner"; "budget"; "keys"; "seed"; "out" ]

/// The study of one method that a search is, and where its runs go.
let study (model: string) (given: (string * string) list) : StudySpec * string =
    let take key fallback = given |> List.tryFindBack (fst >> (=) key) |> Option.map snd |> Option.defaultValue fallback

    let settings = given |> List.filter (fun (key, _) -> not (List.contains key own))
    let structs = [| for key, value in settings -> struct (key, value) |]
    let spec = ExperimentSpec.Of(model).With structs

    let keys =
        match take "keys" "" with
        | "" -> (SearchSpace.Of spec).Keys |> Seq.filter (fun key -> not (List.exists (fst >> (=) key) settings))
        | keys -> Seq.ofArray (keys.Split ',')
        |> List.ofSeq

    SearchSpace.Of(spec, keys) |> ignore
    let search = SearchPlan.Parse(take "tuner" "tpe", take "budget" "30")

    let seed =
        match Int64.TryParse(take "seed" "100", Globalization.CultureInfo.InvariantCulture) with
        | true, seed -> seed
        | _ -> raise (SettingException $"""seed is '{take "seed" "100"}'; expected an integer""")

    let method =
        StudyMethod(
            model,
            [| struct (StudySpec.ModelKey, model); yield! structs |],
            Tuned = StudyChoice.Of(keys, search)
        )

    StudySpec(
        Name = $"tune-{model}",
        Seeds = [| seed + 1L |],
        TuningSeed = Nullable seed,
        Data = [| NamedSettings(spec.Dataset, [| struct ("dataset", spec.Dataset) |]) |],
        Methods = [| method |]
    ),
    take "out" (Path.Combine("results", $"tune-{model}"))

/// Searches, prints every candidate with its value, and the command that runs the best.
let execute (words: string list) (cancellation: CancellationToken) =
    match words with
    | [] -> raise (SettingException $"tune needs a model or baseline\n{usage}")
    | model :: rest ->
        let given = pairs rest
        let spec, out = study model given
        OutFolder.Require out
        let method = spec.Methods[0]
        let key = TuningKey(spec.Cells[0], method)
        let keys = List.ofSeq method.Tuned.Keys
        let names = String.Join(", ", keys)
        printfn $"{model} on {spec.Data[0].Name}: searches {names}; runs go to {out}"
        let hooks = StudyHooks(Say = (fun line -> printfn $"{line}"))

        match StudyRunner(spec, StudyStore out, hooks, cancellation).Tune key with
        | null -> printfn "The search waits for runs that another process makes."
        | tuning ->
            for struct (candidate, value) in tuning.Candidates do
                printfn $"{CellText.number 5 value}  {candidate}"

            let best = Seq.zip keys (SearchSpace.Values tuning.Value) |> List.ofSeq
            let settings = given |> List.filter (fun (key, _) -> not (List.contains key own))
            let words = String.Join(" ", [ for key, value in settings @ best -> $"{key} {value}" ])
            printfn $"best: run {model} {words}"
