/// The command line: `quick_start`, `run`, `doctor`, `help`. Errors of the user's input end with a message and code 2.
module RobustMeta.Scripts.CommandLine

open System
open System.IO
open System.Threading
open RobustMeta.Data
open RobustMeta.Experiments
open RobustMeta.Models
open RobustMeta.Models.Baselines
open RobustMeta.Robustness
open RobustMeta.Settings
open RobustMeta.Training

[<Literal>]
let private Out = "out"

let private defaultOut = "results"

let private usage =
    """robustmeta: robust meta-learned cold-start recommendation

  quick_start [name value …]       plain and robust MeLU and baselines on shifted test sets of synthetic data
  run MODEL [name value …]         one experiment; results below the folder `out` (default: results);
                                   MODEL may be a baseline
  run FILE.toml [name value …]     the same, settings from a file
  run MODEL help                   all settings of a model: meaning, range, default
  robustness [quick|ratings] [runs|report] [DATA [BASE]]
                                   the study of robust training, all of it or a part; goes on where it was;
                                   processes that run at once share the work; runs: no report; report: no runs
  theory [quick]                   convergence, generalisation and the upper bound as experiments
  doctor                           what this machine has, and whether results come out right on it
  help                             this text
"""

/// Pairs of a flat list `name value name value …`.
let private pairs (words: string list) =
    if words.Length % 2 <> 0 then
        raise (SettingException $"'{List.last words}' has no value: settings come in pairs, name value.")

    words |> List.chunkBySize 2 |> List.map (fun pair -> pair[0], pair[1])

/// Takes `out` from the settings; the others are the experiment's.
let private splitOut (settings: (string * string) list) =
    let own, others = settings |> List.partition (fun (key, _) -> key = Out)
    (own |> List.tryLast |> Option.map snd |> Option.defaultValue defaultOut), others

/// What `run` is asked to run.
type private Job =
    | Model of ExperimentSpec
    | Baseline of BaselineRunSpec

let private jobOf (name: string) (settings: (string * string) list) =
    let structs = [| for key, value in settings -> struct (key, value) |]

    if name.EndsWith(".toml", StringComparison.OrdinalIgnoreCase) then
        match SpecFile.ReadBaseline name with
        | null -> SpecFile.Read name |> Experiment.vary settings |> Model
        | spec -> spec.With structs |> Baseline
    elif BaselineSpec.All.ContainsKey name then
        BaselineRunSpec.Of(name, structs) |> Baseline
    elif ModelSpec.All.ContainsKey name then
        Experiment.spec name settings |> Model
    else
        let names = Seq.append ModelSpec.All.Keys BaselineSpec.All.Keys |> List.ofSeq
        let models, baselines = String.Join(", ", ModelSpec.All.Keys), String.Join(", ", BaselineSpec.All.Keys)

        raise (
            SettingException
                $"There is no model '{name}'{NearestName.Hint(name, names)}. Models: {models}. Baselines: {baselines}"
        )

/// All settings of a model or baseline as a table.
let private settingsHelp (name: string) =
    let ofSpec (spec: obj) = [ for s in SettingList.Of spec -> [ s.Key; s.Print spec; s.Range; s.Meaning ] ]
    let out = [ Out; defaultOut; "text"; "folder that receives performance.csv and a folder per run" ]

    let name, rows =
        match jobOf name [] with
        | Model spec ->
            let presets = String.Join(" | ", RobustPreset.All |> Seq.map _.Name)
            let meaning = "robust method by name: stands for several of the settings above"
            spec.Model.ModelName, ofSpec spec @ [ [ Experiment.PresetKey; ""; presets; meaning ] ]
        | Baseline spec -> spec.Baseline.BaselineName, ofSpec spec

    printfn $"settings of {name}, as `run {name} name value …`\n"

    match jobOf name [] with
    | Baseline spec -> printfn $"new items: {spec.Baseline.NewItems}\n"
    | Model _ -> ()

    printf "%s" (Tables.markdown { Header = [ "name"; "default"; "range"; "meaning" ]; Rows = rows @ [ out ] })

let private withCancellation (action: CancellationToken -> unit) =
    use source = new CancellationTokenSource()

    let handler =
        ConsoleCancelEventHandler(fun _ args ->
            args.Cancel <- true
            source.Cancel())

    Console.CancelKeyPress.AddHandler handler

    try
        action source.Token
    finally
        Console.CancelKeyPress.RemoveHandler handler

let private dispatch (words: string list) =
    match words with
    | []
    | [ "help" ]
    | [ "--help" ] ->
        printf "%s" usage
        0
    | [ "doctor" ] -> Doctor.run ()
    | "quick_start" :: rest ->
        let out, settings = splitOut (pairs rest)
        withCancellation (QuickStart.execute out settings)
        0
    | "robustness" :: rest ->
        withCancellation (Study.execute (Study.order rest))
        0
    | "theory" :: rest ->
        Theory.execute rest
        0
    | [ "run"; model; "help" ] ->
        settingsHelp model
        0
    | "run" :: model :: rest ->
        let out, settings = splitOut (pairs rest)

        match jobOf model settings with
        | Model spec -> withCancellation (Run.execute out spec)
        | Baseline spec -> Run.executeBaseline out spec

        0
    | [ "run" ] ->
        let models = String.Join(", ", ModelSpec.All.Keys)
        let baselines = String.Join(", ", BaselineSpec.All.Keys)
        raise (SettingException $"run needs a model or a spec file. Models: {models}. Baselines: {baselines}")
    | command :: _ ->
        let commands = [ "quick_start"; "run"; "robustness"; "theory"; "doctor"; "help" ]
        raise (SettingException $"There is no command '{command}'{NearestName.Hint(command, commands)}")

/// Runs one command; the exit code is 0 when all went well, 1 when it failed, 2 when the input was wrong, 130 when it
/// was interrupted.
let run (words: string seq) : int =
    let fail code (message: string) =
        Progress.finish true
        eprintfn $"error: {message}"
        code

    try
        dispatch (List.ofSeq words)
    with
    | :? SettingException as error ->
        fail 2 $"{error.Message}\n'help' lists the commands, 'run MODEL help' the settings."
    | :? DataFormatException as error -> fail 2 error.Message
    | :? ArgumentException as error -> fail 2 error.Message
    | :? DivergenceException as error -> fail 1 error.Message
    | :? IOException as error -> fail 1 error.Message
    | :? InvalidDataException as error -> fail 1 error.Message
    | :? DllNotFoundException as error -> fail 1 error.Message
    | :? OperationCanceledException -> fail 130 "interrupted; the same command goes on from the last checkpoint."
