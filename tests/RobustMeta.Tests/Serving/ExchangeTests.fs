/// What to ask a new user, and methods of other systems on our test sets.
module RobustMeta.Tests.Serving.ExchangeTests

open System
open System.Collections.Immutable
open System.IO
open Expecto
open RobustMeta.Experiments
open RobustMeta.Models
open RobustMeta.Serving
open RobustMeta.Tasks
open RobustMeta.Tests
open RobustMeta.Studies
open RobustMeta.Tests.PythonProgram
open RobustMeta.Tests.ServedRun

let private root = lazy TempFolder.untilExit ()
let private melu = lazy (train root.Value "MeLU" [])
let private pmf = lazy (train root.Value "MetaPMF" [])

/// The rows that a system which scores as a method does would return.
let private answersOf (prepared: PreparedExperiment) (predictor: IPredictor) =
    let ratings = prepared.Dataset.Ratings

    [
        for set in prepared.TestSets do
            for batch in prepared.Candidates set do
                let scores = predictor.Predict batch

                for b in 0 .. batch.Count - 1 do
                    for i in batch.QueryStarts[b] .. batch.QueryStarts[b + 1] - 1 do
                        FormattableString.Invariant
                            $"{ratings.Users[batch.Users[b]]},{set.Number},{ratings.Items[batch.QueryItems[i]]},{scores[i]:R}"
    ]
    |> List.distinct

let private answers (run: Run) =
    use model = ColdStartModel.Load run.Folder
    use predictor = model.Predictor(run.Prepared.SchemaOf run.Result.Spec.Meta.Features)
    answersOf run.Prepared predictor

let private inFile (lines: string list) (test: string -> unit) =
    TempFolder.within (fun folder ->
        let path = Path.Combine(folder, "scores.csv")
        TempFolder.write (String.concat "\n" ("user,testset,item,score" :: lines) + "\n") path
        test path)

let private refused (lines: string list) (parts: string list) =
    inFile lines (fun path ->
        Expect.throwsC (fun () -> ScoresFile.Read(path, melu.Value.Prepared) |> ignore) (fun error ->
            for part in parts do
                Expect.stringContains error.Message part "message"))

[<Tests>]
let tests =
    testList
        "Exchange"
        [
            testCase "scores from outside are measured as the method that gave them"
            <| fun () ->
                let run = melu.Value

                inFile (answers run) (fun path ->
                    let rows =
                        ScoresFile.Read(path, run.Prepared).Evaluate(run.Result.Spec.MethodName, ScoreKind.Labels)

                    Expect.sequenceEqual rows run.Result.Users "rows")

            testCase "scores that are missing, doubled, unknown or no number are refused by line"
            <| fun () ->
                let all = answers melu.Value
                let cells = all.Head.Split ','

                refused
                    all.Tail
                    [ $"found {all.Length - 1}: 1 are missing"; $"user '{cells[0]}'"; $"item '{cells[2]}'" ]

                refused (all.Head :: all) [ "line 3"; "this is the second" ]
                refused [ "nobody,0,i1,1" ] [ "line 2"; "a user of the data" ]
                refused [ $"{cells[0]},99,i1,1" ] [ "line 2"; "a test set from 0" ]
                refused [ $"{cells[0]},0,ghost,1" ] [ "line 2"; "an item of the data" ]
                refused [ $"{cells[0]},0,{cells[2]},NaN" ] [ "line 2"; "a finite score" ]

            testCase "exporting again leaves no test set of other tasks"
            <| fun () ->
                TempFolder.within (fun folder ->
                    for name in [ "testset-99.csv"; "testset-99.parquet"; "testset-notes.csv" ] do
                        File.WriteAllText(Path.Combine(folder, name), "x")

                    TaskExport.Write(melu.Value.Prepared, folder)
                    let names = [ for path in Directory.GetFiles folder -> Path.GetFileName path ]
                    Expect.isFalse (List.exists (fun (name: string) -> name.StartsWith "testset-99") names) "of others"
                    Expect.contains names "testset-notes.csv" "no test set"
                    Expect.contains names "testset-0.csv" "its own")

            testCase "exported tasks hold every row that has to be scored, and no label of a test query"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let run = melu.Value
                    TaskExport.Write(run.Prepared, folder)
                    let lines set = File.ReadAllLines(Path.Combine(folder, $"testset-{set}.csv"))

                    let queries =
                        [
                            for set in run.Prepared.TestSets do
                                for line in lines set.Number do
                                    match line.Split ',' with
                                    | [| user; "query"; item; label |] ->
                                        Expect.equal label "" "label of a query"
                                        $"{user},{set.Number},{item}"
                                    | _ -> ()
                        ]

                    let wanted = [ for line in answers run -> line.Substring(0, line.LastIndexOf ',') ]
                    Expect.equal (set queries) (set wanted) "rows to score"
                    let train = File.ReadAllLines(Path.Combine(folder, "train.csv"))
                    Expect.equal train[0] "user,role,item,label" "header"
                    Expect.isFalse (train |> Seq.tail |> Seq.exists _.EndsWith(',')) "training labels"
                    let manifest = File.ReadAllText(Path.Combine(folder, "manifest.json"))
                    use model = ColdStartModel.Load run.Folder
                    Expect.stringContains manifest model.Fingerprint "fingerprint")

            testCase "exported tables are the same as CSV and as Parquet, features among them"
            <| fun () ->
                TempFolder.within (fun folder ->
                    TaskExport.Write(melu.Value.Prepared, folder)
                    let ratings = melu.Value.Prepared.Dataset.Ratings

                    for name in [ "train"; "validation"; "testset-0"; "users"; "items" ] do
                        let lines = File.ReadAllLines(Path.Combine(folder, name + ".csv"))
                        let columns = ParquetColumns.read (Path.Combine(folder, name + ".parquet"))
                        Expect.sequenceEqual (columns |> List.map fst) (lines[0].Split ',') $"columns of {name}"

                        for place, (column, cells) in List.indexed columns do
                            let own = [ for line in Seq.tail lines -> line.Split(',')[place] ]
                            Expect.sequenceEqual cells own $"{column} of {name}"

                    let lines name = File.ReadAllLines(Path.Combine(folder, name)).Length - 1
                    Expect.equal (lines "users.csv") ratings.Users.Count "users"
                    Expect.equal (lines "items.csv") ratings.Items.Count "items")

            for package in [ "numpy"; "torch" ] do
                testCase $"a model of one's own in {package} learns from exported tasks and is measured"
                <| fun () ->
                    withPackage package (fun program ->
                        TempFolder.within (fun folder ->
                            let run = melu.Value
                            let answer = Path.Combine(folder, "own.csv")
                            TaskExport.Write(run.Prepared, folder)

                            said program [ PythonProgram.script "own_model.py"; folder; answer; package ] ""
                            |> expectOk
                            |> ignore

                            let rows = ScoresFile.Read(answer, run.Prepared).Evaluate("own", ScoreKind.Order)
                            let random = run.Prepared.Evaluate(run.Prepared.Fit(Methods.Named "random"))

                            let mean (rows: RobustMeta.Evaluation.UserResult seq) =
                                rows |> Seq.filter (fun row -> row.Metric = "AUC") |> Seq.averageBy _.Value

                            Expect.isGreaterThan (mean rows) (mean random + 0.02) "better than chance"))

            testCase "scores from outside are a method of a study like any other"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let given = Path.Combine(folder, "own-{seed}.csv").Replace('\\', '/')

                    let study =
                        StudySample.parse (
                            StudySample.altered
                                "[method.plain]"
                                $"[method.own]\nmodel = \"scores\"\nscoresFile = \"{given}\"\ntuned = \"none\"\n\n[method.plain]"
                        )

                    // The scores of a known method: its rows must be what the study measures of it.
                    let store = StudyStore(Path.Combine(folder, "results"))
                    let tuning = StudyTuning.Of(study, store)
                    let plan = tuning.Plan
                    let runner = StudyRunner(study, store, StudyHooks.Silent, Threading.CancellationToken.None)

                    let runs =
                        [
                            for run in plan.Reported(Seq.head study.Cells) do
                                if run.Method.Name = "own" then
                                    plan.Experiment run
                        ]

                    Expect.equal runs.Length 2 "seeds"

                    for spec in runs do
                        let prepared =
                            PreparedExperiment.Of(
                                spec,
                                RobustMeta.Data.DatasetCatalog.Default.Load(spec.Dataset, null)
                            )

                        let bias = prepared.Fit(Methods.Named "bias")
                        let path = given.Replace("{seed}", string spec.Seed)

                        TempFolder.write
                            (String.concat "\n" ("user,testset,item,score" :: answersOf prepared bias) + "\n")
                            path

                        let outcome = runner.RunOne spec
                        let measured = outcome.Folder.ReadUsers()
                        Expect.isTrue (measured |> Seq.forall (fun row -> row.Method = "own")) "name"

                        let expected =
                            [
                                for row in prepared.Evaluate bias do
                                    if row.Metric <> "LogLoss" then
                                        row.TestSet, row.User, row.Metric, row.Value
                            ]

                        let found = [ for row in measured -> row.TestSet, row.User, row.Metric, row.Value ]
                        Expect.sequenceEqual found expected "rows"
                        // The file may change under the same spec: it is measured anew.
                        TempFolder.write "user,testset,item,score\n" path
                        Expect.throws (fun () -> runner.RunOne spec |> ignore) "a changed file is looked at")

            for name in [ "MeLU"; "MAML" ] do
                testCase $"{name}: the norm of a rating's gradient is that of finite differences"
                <| fun () ->
                    let create steps : MetaRecommender =
                        let inner = GradientAdaptedSpec(InnerSteps = steps)

                        let spec: ModelSpec =
                            if name = "MeLU" then
                                MeLUSpec(HiddenDim1 = 3, HiddenDim2 = 2, Activation = Activation.Tanh, Inner = inner)
                            else
                                MamlSpec(HiddenDim1 = 3, HiddenDim2 = 5, Inner = inner)

                        spec.Create(TinyWorld.schema, 0.3, LabelKind.Click)

                    let model = create 1
                    let form = (box model :?> IHasForm<PerceptronForm>).Form
                    let parameters = model.CreateParameters 5L
                    let gradients = PerceptronGradients(form, parameters, LabelKind.Click, null)
                    let task: TinyWorld.Task = { User = 1; Support = [ 0, 1f ]; Query = [ 5, 0f ] }
                    let batch = TinyWorld.batch [ task ]
                    let case = ModelCase.caseOf 5L (create 0)

                    let values =
                        parameters.All |> Seq.map (fun p -> p.Name, Array.map float (p.Values.ToArray())) |> Map.ofSeq

                    let loss values =
                        let scores = ModelCase.scores { case with Values = values } batch
                        PointLoss.Of(LabelKind.Click, Array.head scores[0], 0.0)

                    let isAdapted (parameter: string) =
                        form.AdaptsEmbeddings || parameter.StartsWith("head", StringComparison.Ordinal)

                    let mutable square = 0.0
                    let step = 1e-5

                    for KeyValue(parameter, own) in Map.filter (fun parameter _ -> isAdapted parameter) values do
                        for i in 0 .. own.Length - 1 do
                            let moved by =
                                values.Add(parameter, Array.mapi (fun j x -> if j = i then x + by else x) own)

                            let slope = (loss (moved step) - loss (moved -step)) / (2.0 * step)
                            square <- square + slope * slope

                    Expect.isGreaterThan square 0.0 "something to compare"
                    Expect.floatClose Accuracy.medium (gradients.Norm(1, 5, 0.0, 0.0)) (sqrt square) "norm"

            for name, run in [ "MeLU", melu; "MetaPMF", pmf ] do
                testCase $"{name}: evidence lists every item, and its curve ends where all orders end"
                <| fun () ->
                    let run = run.Value
                    use model = ColdStartModel.Load run.Folder
                    let items = Evidence.Of(model, run.Prepared)
                    Expect.equal items.Count model.Items.Count "items"
                    let values = [ for item in items -> item.Value ]
                    Expect.equal values (List.sortDescending values) "in order"
                    Expect.isGreaterThan values.Head 0.0 "the first one tells something"
                    let most = run.Prepared.Split.Test |> Seq.map _.Support.Length |> Seq.max

                    let curve = EvidenceCurve(model, run.Prepared, most)
                    let told = curve.Of [| for item in items -> item.Item |]
                    let random = curve.OfRandom()
                    Expect.equal told.Count most "points"
                    Expect.floatClose Accuracy.medium (Seq.last told).Error (Seq.last random).Error "all ratings asked"

                    Expect.throwsC
                        (fun () -> EvidenceCurve(model, run.Prepared, 1_000_000).OfRandom() |> ignore)
                        (fun error ->
                            Expect.stringContains
                                error.Message
                                $"The longest support has {most}"
                                "more than anybody rated")
        ]
