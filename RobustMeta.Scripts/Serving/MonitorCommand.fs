/// `monitor`: how far the users who arrive now are from those that a model was trained on.
module RobustMeta.Scripts.Serving.MonitorCommand

open System
open System.Globalization
open RobustMeta.Experiments
open RobustMeta.Runtime
open RobustMeta.Scripts
open RobustMeta.Scripts.Data
open RobustMeta.Serving
open RobustMeta.Serving.Monitoring
open RobustMeta.Settings

let private text (x: float) = x.ToString("0.0000", CultureInfo.InvariantCulture)

/// Losses of the run's test users, certified at the radius.
let losses (report: MonitorReport) : Table =
    Table.ofText
        [ "loss of test users"; "users"; "mean"; "worst"; "worst, upper end"; "effective fraction" ]
        [
            for loss in report.Losses ->
                [
                    loss.Of
                    string loss.Users
                    text loss.Mean
                    text loss.Worst
                    text loss.WorstHigh
                    text loss.EffectiveSampleFraction
                ]
        ]

/// The loss of the users who arrived beside that of test users with as many ratings.
let arrived (report: MonitorReport) : string list =
    [
        for loss in report.Losses do
            if loss.Now.HasValue then
                $"loss of test users {loss.Of} {text loss.Mean}, of the users who arrived {text loss.Now.Value}"
    ]

let private csv (report: MonitorReport) : (string * string) list =
    [
        "radius", CsvText.Table([ "kl"; "high" ], [ Seq.ofList<obj | null> [ report.Radius.Kl; report.Radius.High ] ])
        "losses",
        CsvText.Table(
            [ "of"; "users"; "mean"; "worst"; "worstHigh"; "effectiveSampleFraction"; "now" ],
            [
                for l in report.Losses ->
                    Seq.ofList<obj | null>
                        [
                            l.Of
                            l.Users
                            l.Mean
                            l.Worst
                            l.WorstHigh
                            l.EffectiveSampleFraction
                            Option.toObj (if l.Now.HasValue then Some(box l.Now.Value) else None)
                        ]
            ]
        )
    ]

let private note (model: ColdStartModel) (arrivals: Arrivals) =
    if arrivals.TooFew > 0 then
        eprintfn
            $"""note: {Counted.Of(arrivals.TooFew, "user", "users")} with fewer than {Arrivals.FewestRatings} ratings of known items left out"""

    if arrivals.UnknownItems.Count > 0 then
        let named = ServingCommand.named (Seq.truncate 5 arrivals.UnknownItems.Keys)
        let items = Counted.Of(arrivals.UnknownItems.Count, "item is", "items are")
        eprintfn $"note: {items} unknown to the model and left out: {named}"

    ServingCommand.tellRatings arrivals.Repeated arrivals.OffScale

    if model.UserFeatures.Count > 0 && not arrivals.HaveFeatures then
        eprintfn "note: without the users' features (features FILE) only what they rated is compared"

/// `monitor RUN FILE [features FILE] [out FOLDER]`.
let run (words: string list) : int =
    match words with
    | run :: file :: rest ->
        let settings = ServingCommand.settingsOf "monitor" ([ "features"; "out" ] @ RatedFileSettings.keys) rest
        settings.TryFind "out" |> Option.iter OutFolder.Require
        use model = ServingCommand.load run
        let path = settings.TryFind "features"
        let rated = RatedFileSettings.file file settings

        let arrivals =
            match path with
            | Some _ -> Arrivals.Read(rated, model, ServingCommand.textsOf path "user")
            | None -> Arrivals.Read(rated, model)

        note model arrivals
        let report = MonitorReport.Of(model, ExchangeCommand.prepare model.Spec, arrivals)
        printfn $"{arrivals.Users.Count} users of {file} beside the users that {model.MethodName} was trained on\n"
        ShiftCommand.print "arrived" report.Diagnosis

        printfn
            $"\nKullback-Leibler divergence of users: {text report.Radius.Kl} nats, at most {text report.Radius.High} (95 %%)\n"

        ConsoleTable.print (losses report)
        arrived report |> List.iter (printfn "%s")

        settings.TryFind "out"
        |> Option.iter (fun folder ->
            ShiftCommand.write folder "monitor" (ShiftCommand.csv report.Diagnosis @ csv report))

        0
    | _ -> raise (SettingException "monitor needs the folder of a run and a file of ratings: monitor RUN FILE")
