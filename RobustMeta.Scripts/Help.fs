/// The texts of `help`: commands, presets, settings. Every line fits 100 columns.
module RobustMeta.Scripts.Help

open System
open System.IO
open Spectre.Console
open RobustMeta.Evaluation
open RobustMeta.Experiments
open RobustMeta.Models
open RobustMeta.Models.Baselines
open RobustMeta.Robustness
open RobustMeta.Settings

/// Widest line of a help text.
[<Literal>]
let Width = 100

/// Columns of text under a header, wrapped to the width of help; plain text without codes for colours. The first column is
/// not wrapped, or has the given width.
let private columnsOf (first: int option) (header: string list) (rows: string list list) : string =
    use text = new StringWriter()

    let console =
        AnsiConsole.Create(
            AnsiConsoleSettings(
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.No,
                Out = AnsiConsoleOutput text
            )
        )

    console.Profile.Width <- Width
    let table = Table()
    table.Border <- TableBorder.Simple

    for index, title in List.indexed header do
        let column = TableColumn(Markup.Escape title)
        // Names are not cut in two; the last column takes what is left.
        column.NoWrap <- index = 0 && first.IsNone

        if index = 0 then
            column.Width <- Option.toNullable first

        table.AddColumn column |> ignore

    for row in rows do
        table.AddRow [| for cell in row -> Markup.Escape cell |] |> ignore

    console.Write table

    text.ToString().Split('\n')
    |> Array.map _.TrimEnd()
    |> Array.filter (fun line -> line <> "")
    |> String.concat "\n"
    |> fun lines -> lines + "\n"

/// Columns of text whose first is not wrapped.
let columns header rows = columnsOf None header rows

/// Commands with their arguments, what they do, and more about them.
let commands: (string * string * string) list =
    [
        "quick_start",
        "[name value …]",
        "plain and robust MeLU and baselines on shifted test sets of synthetic data, in less than a minute"
        "run",
        "MODEL | BASELINE | FILE.toml [name value …]",
        "one experiment; its results go below the folder `out` (default: results). `run MODEL help` lists the settings"
        "study",
        "NAME | FILE.toml [quick] [VERB] [name value …]",
        "many runs from a study file, one of the project's or your own. It continues where it stopped; processes that "
        + "run at the same time share the work. VERB: plan, probe, status, run, report, export, pack; over many machines: "
        + "submit, work, retry, cancel, collect, simulate. `study help` says what they do"
        "tune",
        "MODEL | BASELINE [tuner tpe] [budget 30] [parallel 1] [keys A,B] [seed 100,101] [name value …] | ranges [MODEL,…]",
        "searches the settings of a method on validation users, in the ranges they declare. Tuners: grid, random, tpe, halving, asha; "
        + "budget: 30 (runs), \"300 epochs\", \"20 minutes\"; a grid is tried whole. It continues where it stopped. ranges: what it varies, and with study FILE the best values found"
        "robustness", "[quick] [name value …]", "the study of robust training: short for study robustness"
        "reproduce",
        "quick|paper [DATA…] [plan] [out FOLDER] [from FOLDER]",
        "the whole analysis, from raw data to one report: every study, table and figure. plan: how many runs, how long. from: the "
        + "report of packed studies, FOLDER/STUDY, without running any"
        "tensorboard",
        "FOLDER [to FOLDER]",
        "the histories of the finished runs below a folder as TensorBoard event files"
        "theory", "[quick] [out FOLDER]", "convergence, generalisation and the upper bound as experiments"
        "data",
        "[NAME… [out FOLDER]] | check FILE…",
        "the data sets, what is here and what is missing, or the statistics of some. check: how a file of your own is read, "
        + "how many users settings can use, and its table for catalog.toml"
        "prepare",
        "NAME [core K] [negatives N] [popularity A] [seed S] [parquet true] [out FOLDER]",
        "a data set by its recipe: cleaning, features, K-core (5); counts of every step. The folder (data/NAME-prepared) is then "
        + "a data set of that name; with Parquet files for other programs"
        "shift",
        "NAME [name value …] [out FOLDER]",
        "compares the test population of a data set with its training population before anything is trained: which level "
        + "shifts, by which features, and which shift protocol is most alike. `testData FILE` compares with a file of your "
        + "own, `shift PROTOCOL` with the last test set of a protocol; else later ratings with earlier ones"
        "recommend",
        "RUN ratings FILE [top N] [features name=value,…] [titles FILE]",
        "the best unseen items for a new user with these ratings, by the model in the folder of a run. How the file is written, here "
        + "and in predict, explain, monitor and export: userColumn, itemColumn, ratingColumn, separator, header, quoted, lineBreaks, encoding, decimal, missing"
        "predict",
        "RUN FILE [features FILE] [out FILE]",
        "scores for the users of a file: rows with a rating are what the model adapts to, rows without are scored"
        "explain",
        "RUN ratings FILE item X [features name=value,…] [titles FILE]",
        "how much each rating changed the score of an item"
        "evidence",
        "RUN [top N] [asked N]",
        "the items whose ratings say most about a new user, and how much asking for them helps test users"
        "monitor",
        "RUN FILE [features FILE] [out FOLDER]",
        "how far the users of a file, who arrive now, are from those that the model was trained on, and the worst loss that this "
        + "distance allows"
        "tasks",
        "export RUN | FILE.toml out FOLDER",
        "training tasks, test sets and features as CSV and Parquet, for a method of another system"
        "evaluate",
        "SCORES run RUN [method NAME] [scores order|labels] [out FILE]",
        "scores of another system (user,testset,item,score) on the test sets of a run, beside the run's method"
        "export",
        "RUN onnx [ratings FILE] [features name=value,…] out FILE",
        "a model that has adapted to one user as an ONNX file, for any runtime; models that have no such form say so"
        "new", "FOLDER", "a folder of your own outside the clone: scripts, a study and a catalog that run as they are"
        "doctor", "", "versions, processor, data sets, and whether gradients are computed correctly on this machine"
        "help", "[COMMAND | MODEL]", "this text, or the help of a command or model"
        "--version", "", "the version"
    ]

let commandNames = [ for name, _, _ in commands -> name ]

/// Names of the commands that are words: all but `--version`.
let commandWords = commandNames |> List.filter (fun name -> not (name.StartsWith '-'))

/// Whether a word asks for help.
let isAsked (word: string) = List.contains word [ "help"; "--help"; "-h"; "-?" ]

let private presetTable () =
    columns [ "preset"; "robust method" ] [ for preset in RobustPreset.All -> [ preset.Name; preset.Meaning ] ]

let private methodNames () =
    let names (all: string seq) = String.Join(", ", all)

    columns
        [ "methods"; "" ]
        [
            [ "models"; names ModelSpec.Registry.All.Keys ]
            [ "baselines"; names BaselineSpec.Registry.All.Keys ]
            [ "metrics"; names Metric.Names ]
        ]

/// The text of `help`.
let usage () =
    String.concat
        "\n"
        [
            "robustmeta: recommendation for new users from a handful of ratings, trained robustly\n"
            columnsOf
                (Some 38)
                [ "command"; "" ]
                [ for name, words, meaning in commands -> [ $"{name} {words}".TrimEnd(); meaning ] ]
            methodNames ()
            "Robust training is chosen by a preset: run MeLU preset robustmeta\n"
            presetTable ()
        ]

/// The text about one command.
let command (name: string) =
    let _, words, meaning = commands |> List.find (fun (other, _, _) -> other = name)
    let head = columns [ $"{name} {words}".TrimEnd() ] [ [ meaning ] ]

    match name with
    | "run" -> String.concat "\n" [ head; methodNames (); presetTable () ]
    | "study" ->
        let studies = columns [ "studies" ] [ [ String.Join(", ", Study.names ()) ] ]

        String.concat
            "\n"
            [
                // The form stands in the usage below.
                columns [ "study" ] [ [ meaning ] ]
                StudyCommand.usage + "\n"
                "in many processes, on one machine or several:\n" + WorkCommand.usage + "\n"
                studies
            ]
    | _ -> head

// A number that is not given stands in specs as NaN.
let private shown (value: string) = if value = "NaN" then "not set" else value

let private settings (spec: obj) (keep: string -> bool) =
    columns
        [ "name"; "default"; "meaning and range" ]
        [
            for s in SettingList.Of spec do
                if keep s.Key then
                    let range = if s.Range = "text" then "" else $" ({s.Range})"
                    [ s.Key; shown (s.Print spec); s.Meaning + range ]
        ]

/// All settings of a model, baseline or spec file: presets first, those of the adversary last.
let settingsOf (spec: ExperimentSpec) (own: string list list) =
    let name = spec.Method.Name
    let head = $"settings of {name}, as: run {name} name value …\n"
    let own = columns [ "name"; "default"; "meaning" ] own

    match spec.Method with
    | :? MetaMethodSpec as meta ->
        let advanced = set [ for s in SettingList.Of meta.Robustness -> s.Key ]

        String.concat
            "\n"
            [
                head
                "preset NAME: the robust method; settings given beside it win\n"
                presetTable ()
                own
                settings spec (advanced.Contains >> not)
                "advanced: the adversary setting by setting, instead of a preset\n"
                settings spec advanced.Contains
            ]
    | method -> String.concat "\n" [ head; columns [ name ] [ [ method.Meaning ] ]; own; settings spec (fun _ -> true) ]
