module RobustMeta.Tests.Scripts.StudyTests

open System
open System.IO
open System.IO.Compression
open Expecto
open RobustMeta.Scripts
open RobustMeta.Studies
open RobustMeta.Tests

/// Every table and the numbers behind every figure, by file.
let private tablesAndData (report: string) =
    [
        for folder in [ "tables"; "data" ] do
            for path in Directory.GetFiles(Path.Combine(report, folder)) |> Array.sort do
                path, File.ReadAllText path
    ]

let private unpacked (path: string) =
    use stream = new GZipStream(File.OpenRead path, CompressionMode.Decompress)
    use reader = new StreamReader(stream)
    reader.ReadToEnd()

let private quickStudy root =
    let file, out = Path.Combine(root, "mine.toml"), Path.Combine(root, "study")
    File.WriteAllText(file, StudySample.text)
    let run words = CommandLine.run ([ "study"; file ] @ words @ [ "out"; out ])
    let reportFrom folder = CommandLine.run [ "study"; file; "report"; "from"; folder ]
    let report () = File.ReadAllText(Path.Combine(out, Study.ReportFile))
    Expect.equal (run [ "report" ]) 2 "nothing to report"
    Expect.isFalse (File.Exists(Path.Combine(out, Study.ReportFile))) "and none is written"
    let nowhere = Path.Combine(root, "unpacked")
    Expect.equal (run [ "pack"; "to"; nowhere ]) 2 "nothing to pack"
    Expect.isFalse (Directory.Exists nowhere) "and nothing is left behind"
    Expect.equal (run [ "data"; "synthetic"; "base"; "MeLU" ]) 0 "runs"
    let text = report ()

    Expect.isFalse (text.Contains "## Cost") "no heading over times that stand beside the page"

    // The seeds themselves, not their places.
    let ofSeeds = Directory.GetFiles(Path.Combine(out, "report", "data"), "*seeds*.csv") |> Array.exactlyOne

    Expect.equal
        [ for line in File.ReadAllLines(ofSeeds)[1..2] -> line.Split(',')[1] ]
        [ for seed in (Study.load file None (Some out) []).Spec.Seeds -> string seed ]
        "seeds"

    for part in [ "average rank"; "## synthetic, MeLU"; "gain over plain"; "EASE"; "weightDecay" ] do
        Expect.stringContains text part part

    let folders = Directory.GetDirectories(Path.Combine(out, "runs")) |> Array.collect Directory.GetDirectories
    // Shared stage 2, own stages 2 + 2 (one of plain's is of the shared stage), two seeds of two methods.
    Expect.equal folders.Length 9 "runs"
    // One run is lost, and is made again to the same report.
    Directory.Delete(folders[0], true)
    File.Delete(Path.Combine(out, Study.ReportFile))
    let files = tablesAndData (Path.Combine(out, "report"))
    Expect.isGreaterThan files.Length 20 "tables in three forms, and the data of figures"
    Directory.Delete(Path.Combine(out, "report"), true)
    let written = folders[1..] |> Array.map Directory.GetLastWriteTimeUtc
    Expect.equal (run []) 0 "goes on"
    Expect.equal (report ()) text "same report"
    Expect.equal (tablesAndData (Path.Combine(out, "report"))) files "same tables and data"
    Expect.equal (folders[1..] |> Array.map Directory.GetLastWriteTimeUtc) written "nothing else is made"
    let study = Study.load file None (Some out) []
    let status = StudyStatus.Of(study.Spec, study.Store)
    Expect.equal (status.Count RunState.Done) 9 "all are done"
    Expect.isTrue (StudyEstimate.Of(status).Remaining.HasValue) "no time remains"
    let frame = Study.frame study
    let isRow name (row: Deedle.ObjectSeries<string>) = row.GetAs<string> "method" = name
    let rowsOf name = (frame |> Deedle.Frame.filterRowValues (isRow name)).RowCount
    // Two seeds, five test sets, four metrics.
    for name in [ "plain"; "robustmeta"; "bias"; "EASE" ] do
        Expect.equal (rowsOf name) (2 * 5 * 4) $"rows of {name}"

    Expect.equal frame.RowCount (4 * 2 * 5 * 4) "and no others"

    for name in [ "axis"; "shared"; "own" ] do
        Expect.contains (List.ofSeq frame.ColumnKeys) name "columns as in the tables"

    for record in Study.records study do
        for m in record.Measurements do
            let rows =
                [|
                    for row in record.Folder.ReadUsers() do
                        if row.TestSet = m.TestSet && row.Metric = m.Metric then
                            row.Value
                |]

            Expect.floatClose Accuracy.high m.Mean (Array.average rows) "mean of the file's rows"

    Expect.equal (Study.history study).RowCount (2 * 2 * 3) "three epochs of four runs"
    Expect.equal (run [ "export" ]) 0 "export"
    Expect.hasLength (File.ReadAllLines(Path.Combine(out, "results.csv"))) (frame.RowCount + 1) "a line a row"

    // Weights stand beside the losses they rose with: a user's is the mean of the interactions' own.
    let weights = StudyWeights.Read(study.Spec, study.Store) |> Seq.head
    Expect.floatClose Accuracy.medium (weights.Users |> Seq.averageBy _.Weight) 1.0 "mean one"
    let total = weights.Users |> Seq.sumBy (fun w -> w.Loss * float w.Count)

    Expect.floatClose
        Accuracy.medium
        total
        (weights.Interactions |> Seq.sumBy _.Loss)
        "losses of users and interactions"

    // In small, and reported without the runs: the same tables, data and page.
    let packed = Path.Combine(root, "packed")
    Expect.equal (run [ "pack"; "to"; packed ]) 0 "packs"
    let place = Path.Combine(packed, "summary.json.gz")
    let summary, bytes = unpacked place, File.ReadAllBytes place
    Expect.equal (run [ "pack"; "to"; packed ]) 0 "packs again"
    Expect.equal (File.ReadAllBytes place) bytes "the same bytes"
    Expect.equal (run [ "report" ]) 0 "reports the runs"
    let page, parts = report (), tablesAndData (Path.Combine(out, "report"))
    Directory.Delete(Path.Combine(out, "runs"), true)
    Expect.equal (reportFrom packed) 0 "reports the summary"
    Expect.equal (File.ReadAllText(Path.Combine(packed, Study.ReportFile))) page "the same page"

    Expect.equal
        [ for _, text in tablesAndData (Path.Combine(packed, "report")) -> text ]
        [ for _, text in parts -> text ]
        "the same tables and data"

    Expect.equal (reportFrom root) 2 "no summary there"
    Expect.equal (run [ "from"; packed ]) 2 "from is for report"

    // What was changed since is not reported, and what has no list of its files is at least whole.
    let digit = Text.RegularExpressions.Regex "(?<=\"values\":\\[0\\.)\\d"
    TempFolder.writeGzip (digit.Replace(summary, "0", 1)) place
    Expect.equal (reportFrom packed) 1 "a number was changed"
    File.WriteAllBytes(place, bytes[.. bytes.Length / 2])
    Expect.equal (reportFrom packed) 1 "half of it is gone"
    File.WriteAllBytes(place, bytes)
    Expect.equal (reportFrom packed) 0 "as it was"
    File.Delete(Path.Combine(packed, "done"))
    TempFolder.writeGzip (summary.Replace("\"baselines\":", "\"former\":")) place
    Expect.equal (reportFrom packed) 2 "a part is missing"
    File.WriteAllBytes(place, bytes[.. bytes.Length / 2])
    Expect.equal (reportFrom packed) 2 "half of it is gone, and no list tells"
    TempFolder.writeGzip summary place
    Expect.equal (reportFrom packed) 1 "packing did not end"
    let version = Text.RegularExpressions.Regex "(?<=\"version\":\")[^\"]*"
    // Packs of earlier versions are not compressed.
    File.Delete place
    File.WriteAllText(Path.Combine(packed, "summary.json"), version.Replace(summary, "0.1.0", 1))
    Expect.equal (reportFrom packed) 0 "of an earlier version"
    File.WriteAllText(file, "# put better\n" + StudySample.text + "\n  # and so is this\n")
    Expect.equal (reportFrom packed) 0 "of a study file with other comments"
    File.WriteAllText(file, StudySample.text.Replace("NDCG@10,RNDCG@10", "RNDCG@10,NDCG@10"))
    Expect.equal (reportFrom packed) 2 "of another study file"
    let study = Study.load file None (Some out) []

    Expect.throwsC (fun () -> StudySummary.Write(study.Spec, study.Store, packed)) (fun error ->
        Expect.stringContains error.Message "another study file" "the packed results of another are kept")

// Two base models, of which the baselines know nothing, and a sweep whose number of users the data depend on.
let private comparedStudy root =
    let file, out = Path.Combine(root, "swept.toml"), Path.Combine(root, "study")

    File.WriteAllText(
        file,
        """seeds = [1, 2]

[shared]
epoch = 1
embeddingDim = 2
hiddenDim1 = 2
hiddenDim2 = 2
userNum = 100
testFraction = 0.3
shiftDraws = 1
metrics = "NDCG@10"
baselines = "bias,itemMean"

[data.synthetic]
dataset = "synthetic"

[base.MeLU]
model = "MeLU"

[base.MetaRidge]
model = "MetaRidge"

[method.plain]
preset = "plain"

[sweep.size]
userNum = [80, 100]
lr = [0.001, 0.01]
"""
    )

    let study = Study.load file None (Some out) []
    StudyRunner(study.Spec, study.Store, StudyHooks.Silent, Threading.CancellationToken.None).Run()
    let all = Study.results study

    let baselines =
        all
        |> List.choose (function
            | :? BaselineRecord as one -> Some one
            | _ -> None)

    Expect.equal
        (set [ for r in baselines -> r.Run.Method.Name, r.Run.Point.Text, r.Run.Seed ])
        (set
            [
                for name in [ "bias"; "itemMean" ] do
                    for point in [ ""; "userNum=80"; "userNum=100" ] do
                        for seed in [ 1L; 2L ] -> name, point, seed
            ])
        "each once a data set and seed"

    Expect.hasLength baselines 12 "not again for each method, base model and learning rate"

    for record in baselines do
        let file = Path.Combine(out, "baselines", $"{record.Run.Id}.csv")
        let rows = RobustMeta.Evaluation.ResultTable.Read file

        for m in record.Measurements do
            let own =
                [
                    for row in rows do
                        if row.Method = record.Run.Method.Name && row.TestSet = m.TestSet && row.Metric = m.Metric then
                            row.Value
                ]

            Expect.floatClose Accuracy.high m.Mean (List.average own) "mean of the file's rows"
            Expect.equal m.Users own.Length "users"

    let named name = all |> List.filter (fun r -> r.Run.Method.Name = name)
    Expect.equal (named "plain" |> List.length) (2 * 2 * 5) "two base models, two seeds, five points"
    Expect.equal (Study.records study |> List.length) 20 "runs alone"
    let lines = StudyExport.Csv(all).TrimEnd('\n').Split '\n'
    Expect.hasLength lines (1 + (Study.frame study).RowCount) "the same rows as a table"
    let header = lines[0].Split ','

    for line in lines[1..] |> Array.filter _.Contains(",itemMean,") do
        let fields = line.Split ','
        let at name = fields[Array.IndexOf(header, name)]
        Expect.equal [ for name in [ "base"; "validation"; "vectorWidth" ] -> at name ] [ ""; ""; "" ] line
        Expect.equal (at "axis") "beta" line

let private divergedStudy root =
    let file, out = Path.Combine(root, "wild.toml"), Path.Combine(root, "study")

    // Plain steps of gradient descent, so large that the parameters are no numbers any more.
    let wild =
        StudySample.text
            .Replace("optimizer = \"adam\"", "optimizer = \"sgd\"\nclip = 0\nlabel = \"rating\"")
            .Replace("values = [0.01, 0.02]", "values = [100, 0.0001]")
            .Replace("metrics = \"NDCG@10,RNDCG@10,AUC,LogLoss\"", "metrics = \"MAE\"")

    File.WriteAllText(file, wild)
    let study = Study.load file None (Some out) [ "methods", "plain"; "epoch", "5" ]
    Study.run study
    let status = StudyStatus.Of(study.Spec, study.Store)
    let diverged = status.Runs |> Seq.filter (fun r -> r.State = RunState.Diverged) |> List.ofSeq
    Expect.hasLength diverged 1 "the large step"
    Expect.isFalse (System.String.IsNullOrEmpty diverged.Head.Reason) "says why"
    let cell = Study.cells study |> List.exactlyOne
    let struct (_, choice) = cell.Tuned[0]
    Expect.equal choice.Value "0.0001" "never chosen"
    Expect.equal cell.Seeds.Count 2 "the other is run"

[<Tests>]
let tests =
    testList
        "Study"
        [
            testCase "a study of one's own runs, goes on where it was, and reports without running"
            <| fun () -> TempFolder.within quickStudy

            testCase "baselines are results of a study, once a data set and seed"
            <| fun () -> TempFolder.within comparedStudy

            testCase "a candidate that diverges is settled, told with its reason and never chosen"
            <| fun () -> TempFolder.within divergedStudy

            testCase
                "every model and baseline takes part in the study of models, none without its own candidates in words"
            <| fun () ->
                let study = StudyFile.Read(Study.fileOf "models")

                let models =
                    [
                        for m in study.Methods ->
                            m.Settings |> Seq.pick (fun (struct (k, v)) -> if k = "model" then Some v else None)
                    ]

                Expect.isEmpty (List.except models [ yield! RobustMeta.Experiments.Methods.Names ]) "all are there"

                for m in study.Methods do
                    Expect.contains [ 1; 4 ] m.Tuned.Values.Count $"{m.Name}: four candidates, or none to choose from"

                let text = File.ReadAllText(Study.fileOf "models")

                let refused (given: string) (hint: string) =
                    Expect.throwsC (fun () -> StudyFile.Parse("models.toml", text + given) |> ignore) (fun error ->
                        Expect.stringContains error.Message hint given)

                refused "[method.new]\nmodel = \"EASEE\"\ntuned = \"none\"\n" "did you mean 'EASE'"
                refused "[method.new]\nmodel = \"EASE\"\n" "has no 'tuned'"

            testCase "words that no study takes are refused with the remedy"
            <| fun () ->
                for words, hint in
                    [
                        [ "robustnes" ], "did you mean 'robustness'"
                        [ "nowhere.toml" ], "no study file"
                        [ "robustness"; "raport" ], "did you mean 'report'"
                        [ "robustness"; "quick"; "epok"; "3" ], "did you mean 'epoch'"
                        [ "robustness"; "variant"; "quik" ], "did you mean 'quick'"
                        [ "robustness"; "export"; "to"; "other.toml" ], "to other.csv"
                        [ "robustness"; "export"; "to"; "mine.parquet" ], "to mine.csv"
                        [ "robustness"; "plan"; "to"; "mine" ], "to mine.csv"
                        [ "robustness"; "report"; "to"; "mine.pdf" ], "to mine.md"
                        [], "studies: "
                    ] do
                    Expect.throwsC
                        (fun () -> StudyCommand.execute words System.Threading.CancellationToken.None)
                        (fun error -> Expect.stringContains error.Message hint "hint")

            testCase "a figure that there is not is told with its file, line and column"
            <| fun () ->
                TempFolder.within (fun root ->
                    let file = Path.Combine(root, "mine.toml")

                    File.WriteAllText(
                        file,
                        "# a comment\nfigures = [\n  \"seeds\",\n  \"nois\",\n]\n" + StudySample.text
                    )

                    Expect.throwsC (fun () -> Study.load file None None [] |> ignore) (fun error ->
                        for part in [ "mine.toml:4:3: "; "did you mean 'noise'" ] do
                            Expect.stringContains error.Message part part))

            testCase "a folder of version 0.1 is refused"
            <| fun () ->
                TempFolder.within (fun root ->
                    let run = Path.Combine(root, "synthetic", "MeLU", "synthetic-plain-0123456789ab")
                    Directory.CreateDirectory run |> ignore
                    File.WriteAllText(Path.Combine(run, "spec.toml"), "")

                    Expect.throwsC (fun () -> StudyStore root |> ignore) (fun error ->
                        Expect.stringContains error.Message "version 0.1" "says so"))
        ]
