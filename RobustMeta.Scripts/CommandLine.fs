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
  data [NAME [out FOLDER]]         the data sets, what is here and what is missing; the statistics of one
  data check FILE…                 how a file of your own is read, and its table for catalog.toml
  new FOLDER                       a folder of your own: data, a study file and an analysis script that run as they are
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

/// What `run` is asked to run: a model or baseline by name, or a spec file.
let private specOf (name: string) (settings: (string * string) list) =
    if name.EndsWith(".toml", StringComparison.OrdinalIgnoreCase) then
        SpecFile.Read name |> Experiment.vary settings
    else
        Experiment.spec name settings

/// All settings of a model or baseline as a table.
let private settingsHelp (name: string) =
    let spec = specOf name []
    let own = [ for s in SettingList.Of spec -> [ s.Key; s.Print spec; s.Range; s.Meaning ] ]
    let out = [ Out; defaultOut; "text"; "folder that receives performance.csv and a folder per run" ]
    printfn $"settings of {spec.Method.Name}, as `run {spec.Method.Name} name value …`\n"

    let preset =
        match spec.Method with
        | :? BaselineSpec as baseline ->
            printfn $"new items: {baseline.NewItems}\n"
            []
        | _ ->
            let presets = String.Join(" | ", RobustPreset.All |> Seq.map _.Name)
            let meaning = "robust method by name: stands for several of the settings above"
            [ [ Experiment.PresetKey; ""; presets; meaning ] ]

    let rows = own @ preset @ [ out ]
    printf "%s" (Tables.markdown { Header = [ "name"; "default"; "range"; "meaning" ]; Rows = rows })

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
    | [ "new"; folder ] ->
        NewFolder.create folder
        0
    | [ "new" ] -> raise (SettingException "new needs the name of a folder: new my-study")
    | "data" :: rest -> Data.DataCommand.run rest
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

        withCancellation (Run.execute out (specOf model settings))
        0
    | [ "run" ] ->
        let models = String.Join(", ", ModelSpec.Registry.All.Keys)
        let baselines = String.Join(", ", BaselineSpec.Registry.All.Keys)
        raise (SettingException $"run needs a model or a spec file. Models: {models}. Baselines: {baselines}")
    | command :: _ ->
        let commands = [ "quick_start"; "run"; "robustness"; "theory"; "data"; "new"; "doctor"; "help" ]
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
