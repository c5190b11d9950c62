/// `shift NAME`: compares training and test population of a data set before anything is trained.
module RobustMeta.Scripts.Data.ShiftCommand

open System.Globalization
open System.IO
open RobustMeta.Data
open RobustMeta.Experiments
open RobustMeta.Runtime
open RobustMeta.Scripts
open RobustMeta.Shift.Diagnosis

/// Features and protocols that are printed; the files have all.
[<Literal>]
let private Shown = 10

let private digits (count: int) (x: float) = x.ToString("F" + string count, CultureInfo.InvariantCulture)

/// Fraction of the ratings that are the earlier ones.
[<Literal>]
let private Earlier = 0.8

/// Diagnosis of a data set under settings of an experiment: what the populations are, and the diagnosis. The test population
/// is the last test set of a protocol, given ratings, the later ratings, or the split's test users.
let diagnose (dataset: Dataset) (name: string) (settings: (string * string) list) : string * ShiftDiagnosis =
    let has key = settings |> List.exists (fun (name, _) -> name = key)
    let given = has "testData" && not (has "shift")
    let settings = if given then ("shift", "givenTest") :: settings else settings
    let spec = Experiment.spec "popularity" (("dataset", name) :: settings)
    let prepared = PreparedExperiment.Of(spec, dataset)

    if given || has "shift" then
        let set = prepared.TestSets |> Seq.last
        let at = $"{spec.Shift.Name} at {spec.Shift.AxisName} {set.Coordinate}"
        $"training users beside the test set of {at}", ShiftDiagnosis.Of(prepared.Input, set.Tasks, set.Source)
    elif dataset.Ratings.Times.IsEmpty then
        "training users beside test users drawn at random (no times, no given test): no shift is to be expected",
        ShiftDiagnosis.Of(prepared.Input, prepared.Split.Test)
    else
        "the first four fifths of the ratings in time beside the last", ShiftDiagnosis.OverTime(prepared.Input, Earlier)

/// The three levels; `other` heads the population beside the training's.
let levels (other: string) (diagnosis: ShiftDiagnosis) : Table =
    Table.ofText
        [ "level"; "AUC [95 %]"; "training"; other; "shifted" ]
        [
            for level in diagnosis.Levels ->
                [
                    level.Level
                    $"{digits 3 level.Auc} [{digits 3 level.Low}, {digits 3 level.High}]"
                    string level.Training
                    string level.Test
                    if level.IsShifted then "yes" else "no"
                ]
        ]

/// Features, as many as are given.
let features (other: string) (shown: FeatureShift seq) : Table =
    Table.ofText
        [ "level"; "feature"; "training"; other; "difference in SD"; "KL" ]
        [
            for f in shown ->
                [ f.Level; f.Feature; digits 3 f.Training; digits 3 f.Test; digits 2 f.Difference; digits 4 f.Kl ]
        ]

/// Protocols, as many as are given.
let protocols (shown: Resemblance seq) : Table =
    Table.ofText
        [ "protocol"; "strength"; "explained" ]
        [ for r in shown -> [ r.Protocol; $"{r.AxisName} {digits 2 r.Coordinate}"; digits 3 r.Explained ] ]

/// What follows from it, in a sentence or two.
let verdict (diagnosis: ShiftDiagnosis) =
    match diagnosis.MostShifted, Seq.tryHead diagnosis.Protocols with
    | null, _ -> "No level shifts: no interval is above an AUC of 0.5, which is chance."
    | level, Some best when best.Explained > 0.0 ->
        $"The {level.Level} level shifts most. Most alike is {best.Protocol} at {best.AxisName} {digits 2 best.Coordinate}, which explains {digits 0 (100.0 * best.Explained)} %% of the differences."
    | level, _ -> $"The {level.Level} level shifts most. No protocol makes a shift like it."

/// Prints a diagnosis; `other` heads the population beside the training's.
let print (other: string) (diagnosis: ShiftDiagnosis) =
    ConsoleTable.print (levels other diagnosis)
    ConsoleTable.print (features other (Seq.truncate Shown diagnosis.Features))
    ConsoleTable.print (protocols (Seq.truncate Shown diagnosis.Protocols))
    printfn "%s" (verdict diagnosis)

/// Writes CSV files into a folder, each under a name of its own.
let write (folder: string) (prefix: string) (tables: (string * string) list) =
    Directory.CreateDirectory folder |> ignore

    for part, text in tables do
        let path = Path.Combine(folder, $"{prefix}-{part}.csv")
        CsvText.Write(path, text)
        printfn "written: %s" path

/// The tables of a diagnosis by name, as CSV with numbers in full.
let csv (diagnosis: ShiftDiagnosis) : (string * string) list =
    [
        "levels",
        CsvText.Table(
            [ "level"; "auc"; "low"; "high"; "training"; "test"; "shifted" ],
            [
                for l in diagnosis.Levels ->
                    Seq.ofList<obj | null> [ l.Level; l.Auc; l.Low; l.High; l.Training; l.Test; l.IsShifted ]
            ]
        )
        "features",
        CsvText.Table(
            [ "level"; "feature"; "training"; "test"; "difference"; "kl" ],
            [
                for f in diagnosis.Features ->
                    Seq.ofList<obj | null> [ f.Level; f.Feature; f.Training; f.Test; f.Difference; f.Kl ]
            ]
        )
        "protocols",
        CsvText.Table(
            [ "protocol"; "axis"; "coordinate"; "explained" ],
            [
                for r in diagnosis.Protocols ->
                    Seq.ofList<obj | null> [ r.Protocol; r.AxisName; r.Coordinate; r.Explained ]
            ]
        )
    ]

/// Prints the diagnosis, and writes it as CSV with numbers in full.
let run (folder: string) (name: string) (settings: (string * string) list) =
    let dataset = DatasetCatalog.Default.Load(name, Progress.download ())
    let what, diagnosis = diagnose dataset name settings
    printfn "%s: %s\n" name what
    print "test" diagnosis
    write folder $"shift-{name}" (csv diagnosis)
