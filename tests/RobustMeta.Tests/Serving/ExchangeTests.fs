/// What to ask a new user, and methods of other systems on our test sets.
module RobustMeta.Tests.Serving.ExchangeTests

open System
open System.Collections.Immutable
open System.IO
open Expecto
open RobustMeta.Models
open RobustMeta.Serving
open RobustMeta.Tasks
open RobustMeta.Tests
open RobustMeta.Tests.ServedRun

let private root = lazy Directory.CreateTempSubdirectory("robustmeta-exchange-").FullName
let private melu = lazy (train root.Value "MeLU" [])
let private pmf = lazy (train root.Value "MetaPMF" [])

/// The rows that a system which scores as the run's method does would return.
let private answers (run: Run) =
    use model = ColdStartModel.Load run.Folder
    use predictor = model.Predictor(run.Prepared.SchemaOf run.Result.Spec.Meta.Features)
    let ratings = run.Prepared.Dataset.Ratings

    [
        for set in run.Prepared.TestSets do
            for batch in run.Prepared.Candidates set do
                let scores = predictor.Predict batch

                for b in 0 .. batch.Count - 1 do
                    for i in batch.QueryStarts[b] .. batch.QueryStarts[b + 1] - 1 do
                        FormattableString.Invariant
                            $"{ratings.Users[batch.Users[b]]},{set.Number},{ratings.Items[batch.QueryItems[i]]},{scores[i]:R}"
    ]
    |> List.distinct

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
                    let rows = ScoresFile.Read(path, run.Prepared).Evaluate(run.Result.Spec.MethodName, true)
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

            testCase "the norm of a rating's gradient is that of finite differences"
            <| fun () ->
                let spec = MeLUSpec(HiddenDim1 = 3, HiddenDim2 = 2, Activation = Activation.Tanh)
                let model = spec.Create(TinyWorld.schema, 0.3, LabelKind.Click)
                let form = (model :?> PerceptronModel).Form
                let parameters = model.CreateParameters 5L
                let gradients = PerceptronGradients(form, parameters, LabelKind.Click, null)

                let frozen =
                    MeLUSpec(
                        HiddenDim1 = 3,
                        HiddenDim2 = 2,
                        Activation = Activation.Tanh,
                        Inner = GradientAdaptedSpec(InnerSteps = 0)
                    )

                let plain = frozen.Create(TinyWorld.schema, 0.3, LabelKind.Click)
                let task: TinyWorld.Task = { User = 1; Support = [ 0, 1f ]; Query = [ 4, 0f ] }
                let batch = TinyWorld.batch [ task ]
                let case = ModelCase.caseOf 5L plain
                let values = parameters.All |> Seq.map (fun p -> p.Name, Array.map float p.Values) |> Map.ofSeq

                let loss values =
                    let scores = ModelCase.scores { case with Values = values } batch
                    PointLoss.Of(LabelKind.Click, Array.head scores[0], 0.0)

                let mutable square = 0.0
                let step = 1e-5

                for KeyValue(name, own) in values do
                    if name.StartsWith("head", StringComparison.Ordinal) then
                        for i in 0 .. own.Length - 1 do
                            let moved by = values.Add(name, Array.mapi (fun j x -> if j = i then x + by else x) own)
                            let slope = (loss (moved step) - loss (moved -step)) / (2.0 * step)
                            square <- square + slope * slope

                Expect.floatClose Accuracy.medium (gradients.Norm(1, 4, 0.0, 0.0)) (sqrt square) "norm"

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
        ]
