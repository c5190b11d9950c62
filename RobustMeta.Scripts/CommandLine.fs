/// The command line. Errors of the user's input end with a message and code 2.
module RobustMeta.Scripts.CommandLine

open System
open System.Globalization
open System.IO
open RobustMeta.Data
open RobustMeta.Evaluation
open RobustMeta.Experiments
open RobustMeta.Models
open RobustMeta.Models.Baselines
open RobustMeta.Robustness
open RobustMeta.Settings
open RobustMeta.Shift
open RobustMeta.Training

[<Literal>]
let private Out = "out"

let private defaultOut = "results"

/// Settings whose values may have several words, which the shell takes apart unless they are quoted.
let private several = [ "set"; "userSet"; "interactionSet"; "candidates" ]

let private isNumber (word: string) = Double.TryParse(word, Globalization.CultureInfo.InvariantCulture) |> fst

/// Pairs of a flat list `name value name value …`.
let rec private pairs (words: string list) =
    match words with
    | [] -> []
    | word :: _ when word.IndexOf '=' > 0 ->
        let parts = word.Split('=', 2)

        raise (
            SettingException
                $"'{word}' is one word; settings are two words, name and value: {parts[0].TrimStart '-'} {parts[1]}"
        )
    | name :: _ when name.StartsWith("--", StringComparison.Ordinal) ->
        raise (SettingException $"'{name}': settings are written without dashes: {name.TrimStart '-'} value")
    | [ name ] -> raise (SettingException $"'{name}' has no value: settings come in pairs, name value.")
    | name :: value :: number :: _ when List.contains name several && isNumber number ->
        raise (SettingException $"A value of two words is quoted: {name} \"{value} {number}\"")
    | name :: value :: rest -> (name, value) :: pairs rest

/// Takes `out` from the settings; the others are the experiment's.
let private splitOut (settings: (string * string) list) =
    let own, others = settings |> List.partition (fun (key, _) -> key = Out)
    let out = own |> List.tryLast |> Option.map snd |> Option.defaultValue defaultOut

    if own.Length > 1 then
        raise (SettingException $"{Out} is given twice.")

    out, others

/// What `run` is asked to run: a model or baseline by name, or a spec file.
let private specOf (name: string) (settings: (string * string) list) =
    if name.EndsWith(".toml", StringComparison.OrdinalIgnoreCase) then
        SpecFile.Read name |> Experiment.vary settings
    else
        Experiment.spec name settings

let private settingsHelp (name: string) =
    let out = [ Out; defaultOut; "folder that receives performance.csv and a folder per run" ]
    printf "%s" (Help.settingsOf (specOf name []) [ out ])

let private version () =
    let assembly = Reflection.Assembly.GetExecutingAssembly()

    match Attribute.GetCustomAttribute(assembly, typeof<Reflection.AssemblyInformationalVersionAttribute>) with
    | :? Reflection.AssemblyInformationalVersionAttribute as version ->
        printfn $"robustmeta {version.InformationalVersion.Split('+')[0]}"
    | _ -> printfn $"robustmeta {assembly.GetName().Version}"

/// What may be meant by a word that is no command: a verb of `study`, or the nearest names; the end of a sentence.
let private unknownEnd (word: string) (known: string seq) =
    if List.contains word StudyWords.verbs then
        $"; did you mean 'study … {word}'?"
    else
        NearestName.End(word, known)

/// What a word is that names no command and no method: a preset, a metric, a shift, an ambiguity set, a data set or a study; and where it
/// is used.
let private (|OtherKind|_|) (word: string) =
    let isNamed (names: string seq) =
        names |> Seq.exists (fun name -> name.Equals(word, StringComparison.OrdinalIgnoreCase))

    let preset = RobustPreset.All |> Seq.tryFind (fun preset -> isNamed [ preset.Name ])

    if preset.IsSome then
        Some $"a preset: run MODEL preset {preset.Value.Name}\n{preset.Value.Meaning}"
    elif isNamed Metric.Registry.All.Keys || isNamed (Metric.Names |> Seq.map _.Replace("@K", "@10")) then
        Some "a metric, which the tables of a run show; docs/glossary.md defines it"
    elif isNamed ShiftProtocol.Registry.All.Keys then
        Some "a shift protocol, a value of the setting 'shift': how test sets differ from training"
    elif isNamed AmbiguitySet.Registry.All.Keys then
        Some "an ambiguity set, a value of the setting 'set': the weights that users may get"
    elif isNamed DatasetCatalog.Default.Names then
        Some $"a data set: run MODEL dataset {word}; 'data' lists all"
    elif isNamed (Study.names ()) then
        Some $"a study: study {word} plan, or run"
    else
        None

/// `help WORD …`: about a command, a model or a baseline, or what else the word is.
let private helpAbout (words: string list) =
    match words with
    | [ name ] when List.contains name Help.commandNames -> printf "%s" (Help.command name)
    | [ "run"; name ]
    | [ name ] when
        name.EndsWith(".toml", StringComparison.OrdinalIgnoreCase)
        || GivenScoresSpec.Keyword :: List.ofSeq Methods.Names
           |> List.exists (fun other -> other.Equals(name, StringComparison.OrdinalIgnoreCase))
        ->
        settingsHelp name
    | command :: second :: _ when command <> "run" && List.contains command Help.commandNames ->
        printf "%s" (Help.command command)

        if Seq.contains second Methods.Names then
            printfn ""
            settingsHelp second
    | [ OtherKind kind as word ] -> printfn $"{word} is {kind}"
    | words ->
        let known = Help.commandNames @ List.ofSeq Methods.Names
        let word = List.last words
        let names (all: string seq) = String.Join(", ", all)

        raise (
            SettingException(
                $"There is no command or method '{word}'{unknownEnd word known} Commands: {names Help.commandWords}. "
                + $"Models: {names ModelSpec.Registry.All.Keys}. Baselines: {names BaselineSpec.Registry.All.Keys}"
            )
        )

/// The verb of a study where each command looks for it. `robustness` is short for a study of that name.
let private arranged (words: string list) =
    match words with
    | words when List.exists Help.isAsked words -> words
    | "study" :: rest -> "study" :: StudyWords.arranged rest
    | "robustness" :: _ -> "study" :: StudyWords.arranged words
    | words -> words

let private dispatch (words: string list) =
    match arranged words with
    | [] ->
        printf "%s" (Help.usage ())
        0
    | word :: rest when Help.isAsked word ->
        match rest |> List.filter (Help.isAsked >> not) with
        | [] -> printf "%s" (Help.usage ())
        | about -> helpAbout about

        0
    | [ "--version" ]
    | [ "version" ] ->
        version ()
        0
    | words when words.Length > 1 && Help.isAsked (List.last words) ->
        helpAbout (words |> List.filter (Help.isAsked >> not) |> List.truncate 2)
        0
    | [ "doctor" ] -> Doctor.run ()
    | [ "new"; folder ] when not (String.IsNullOrWhiteSpace folder) ->
        NewFolder.create folder
        0
    | "new" :: _ -> raise (SettingException "new needs the name of one folder: new my-study")
    | "data" :: rest -> Interruption.withoutSaving (fun cancellation -> Data.DataCommand.runUntil cancellation rest)
    | "prepare" :: rest ->
        Interruption.withoutSaving (fun _ -> Preparation.PrepareCommand.run rest)
        0
    | "shift" :: name :: rest ->
        let out, settings = splitOut (pairs rest)
        OutFolder.Require out
        Interruption.withoutSaving (fun _ -> Data.ShiftCommand.run out name settings)
        0
    | [ "shift" ] -> raise (SettingException "shift needs the name of a data set: shift NAME [name value …]")
    | command :: rest when Serving.ServingCommand.names |> List.contains command ->
        Interruption.withoutSaving (fun _ -> Serving.ServingCommand.run command rest)
    | command :: rest when Serving.ExchangeCommand.names |> List.contains command ->
        Interruption.withoutSaving (fun _ -> Serving.ExchangeCommand.run command rest)
    | "monitor" :: rest -> Interruption.withoutSaving (fun _ -> Serving.MonitorCommand.run rest)
    | "quick_start" :: rest ->
        let out, settings = splitOut (pairs rest)
        OutFolder.Require out
        Interruption.withCancellation (QuickStart.execute out settings)
        0
    | "tune" :: rest ->
        Interruption.withCancellation (TuneCommand.execute rest)
        0
    | "study" :: verb :: rest when StudyWords.isOfMany verb ->
        Interruption.withCancellation (WorkCommand.execute verb rest)
        0
    | "study" :: rest ->
        Interruption.withCancellation (StudyCommand.execute rest)
        0
    | "reproduce" :: rest ->
        Interruption.withCancellation (Reproduce.execute rest)
        0
    | "tensorboard" :: rest ->
        TensorBoard.execute rest
        0
    | "theory" :: rest ->
        Interruption.withoutSaving (fun _ -> Theory.execute rest)
        0
    | "run" :: model :: rest ->
        let out, settings = splitOut (pairs rest)
        let spec = specOf model settings
        OutFolder.Require out
        Interruption.withCancellation (Run.execute out spec)
        0
    | [ "run" ] ->
        let models = String.Join(", ", ModelSpec.Registry.All.Keys)
        let baselines = String.Join(", ", BaselineSpec.Registry.All.Keys)

        raise (
            SettingException $"run needs a model, a baseline or a spec file. Models: {models}. Baselines: {baselines}"
        )
    | command :: _ ->
        let rest = String.Join(' ', List.tail words)

        raise (
            SettingException(
                if List.contains command Help.commandNames then
                    $"'{rest}' does not fit the command '{command}'; 'help {command}' shows its forms"
                else
                    $"There is no command '{command}'{(unknownEnd command Help.commandNames).TrimEnd '.'}"
            )
        )

/// An unforeseen error: what to do, and what a report of it needs.
let private unforeseen (words: string list) (error: exn) =
    Progress.finish true
    let command = String.Join(' ', words)
    StandardOutput.errorLine $"error: this is a bug in RobustMeta: {error.GetType().Name}: {error.Message}"

    StandardOutput.errorLine
        "Finished results are kept, and the same command continues from there. Please report the following lines."

    StandardOutput.errorLine $"command: {command}"
    StandardOutput.errorLine $"{Environment.OSVersion}, .NET {Environment.Version}\n{error}"
    1

/// The exit code of a command: what it returns, or that of the error it ends with. Only kinds of errors that say what is wrong
/// with the input, or what failed outside the program, are answered with their message; any other is a bug, arguments that one
/// part of the program gave another among them.
let guarded (words: string list) (command: unit -> int) : int =
    let fail code (message: string) =
        Progress.finish true
        // What files and users write reaches messages; it must not act on the terminal.
        let lines = (Wrapping.lists message).Split '\n' |> Array.map InertText.plain
        StandardOutput.errorLine $"error: {String.Join('\n', lines)}"
        code

    try
        let code = command ()
        Console.Out.Flush()
        code
    with
    | :? SettingException as error ->
        fail 2 $"{error.Message}\n'help' lists the commands, 'run MODEL help' the settings."
    | :? DataFormatException as error -> fail 2 error.Message
    | :? StatisticsInputException as error -> fail 2 error.Message
    | :? FileNotFoundException as error -> fail 2 error.Message
    | :? DivergenceException as error -> fail 1 error.Message
    | :? ScoreException as error -> fail 1 error.Message
    | :? IOException as error -> fail 1 error.Message
    | :? UnauthorizedAccessException as error ->
        fail 1 $"{error.Message} Choose another folder (out NAME), or change the rights of this one."
    | :? OutOfMemoryException ->
        fail 1 "there is not enough memory. Take less data (userNum), smaller layers, or another machine."
    | :? InvalidDataException as error -> fail 1 error.Message
    | :? DllNotFoundException as error -> fail 1 error.Message
    | :? TrainingInterruptedException as error -> fail (Interruption.exitCode ()) error.Message
    | :? OperationCanceledException ->
        fail
            (Interruption.exitCode ())
            "interrupted; finished results are kept, and the same command continues from there."
    | error -> unforeseen words error

/// Runs one command; the exit code is 0 when all went well, 1 when it failed, 2 when the input was wrong, and 128 and the number
/// of the signal when it was interrupted.
let run (words: string seq) : int =
    // Numbers are printed and read alike wherever the program runs.
    CultureInfo.CurrentCulture <- CultureInfo.InvariantCulture
    CultureInfo.DefaultThreadCurrentCulture <- CultureInfo.InvariantCulture
    let words = List.ofSeq words
    guarded words (fun () -> dispatch words)

/// Runs the command of a process of its own.
let main (words: string array) : int =
    StandardOutput.check ()
    run words
