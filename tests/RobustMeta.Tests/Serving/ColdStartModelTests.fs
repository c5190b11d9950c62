module RobustMeta.Tests.Serving.ColdStartModelTests

open System
open System.Diagnostics
open System.IO
open System.Threading
open Expecto
open RobustMeta.Serving
open RobustMeta.Settings
open RobustMeta.Tests
open RobustMeta.Tests.ServedRun
open RobustMeta.Training

let private runs = lazy TempFolder.untilExit ()

let private lazily name settings = lazy (train runs.Value name settings)

let private melu = lazily "MeLU" []
let private ridge = lazily "MetaRidge" []
let private pmf = lazily "MetaPMF" []
let private tanp = lazily "TaNP" []
let private maml = lazily "MAML" []
let private mamo = lazily "MAMO" []
let private light = [ "MeLU", melu; "MetaRidge", ridge; "MetaPMF", pmf; "TaNP", tanp; "MAML", maml; "MAMO", mamo ]

/// A copy of a run's folder that may be spoilt.
let private copied (run: Run) (test: string -> unit) =
    TempFolder.within (fun root ->
        for file in Directory.EnumerateFiles run.Folder do
            File.Copy(file, Path.Combine(root, Path.GetFileName file))

        test root)

let private rewritten (run: Run) (file: string) (change: SafetensorsFile -> unit) (test: string -> unit) =
    copied run (fun root ->
        let path = Path.Combine(root, file)
        let content = SafetensorsFile.Load path
        change content
        content.Save path
        test root)

let private refused (folder: string) (parts: string list) =
    Expect.throwsC (fun () -> ColdStartModel.Load(folder).Dispose()) (fun error ->
        for part in parts do
            Expect.stringContains error.Message part "message")

let private use' (run: Lazy<Run>) (test: Run -> ColdStartModel -> unit) =
    use model = ColdStartModel.Load run.Value.Folder
    test run.Value model

let private scoresOf (model: ColdStartModel) run =
    [ for task in run.Prepared.Split.Test -> (adapt model run task).Score(itemsOf run task.Query) ]

[<Tests>]
let tests =
    testList
        "ColdStartModel"
        [
            for name, run in light do
                testCase $"{name}: a process that only serves never loads libtorch"
                <| fun () ->
                    let task = run.Value.Prepared.Split.Test[0]

                    let start =
                        ProcessStartInfo(
                            Environment.ProcessPath,
                            [
                                "serve"
                                run.Value.Folder
                                for struct (item, value) in ratingsOf run.Value task.Support do
                                    item
                                    value.ToString Globalization.CultureInfo.InvariantCulture
                            ],
                            RedirectStandardOutput = true
                        )

                    use child = Process.Start start
                    let said = child.StandardOutput.ReadToEnd()
                    child.WaitForExit()
                    Expect.stringContains said "recommended 3; libtorch loaded: False" "what the process says"

                testCase $"{name}: eight threads at once give the scores of one"
                <| fun () ->
                    use' run (fun run model ->
                        let expected = scoresOf model run
                        let found = Array.create 8 []
                        let work i = Thread(fun () -> found[i] <- scoresOf model run)
                        let threads = [ for i in 0..7 -> work i ]
                        threads |> List.iter _.Start()
                        threads |> List.iter _.Join()

                        for scores in found do
                            Expect.equal scores expected "scores of a thread")

                testCase $"{name}: users do not leak into each other, and memory stays flat"
                <| fun () ->
                    use' run (fun run model ->
                        let tasks = run.Prepared.Split.Test

                        let serve (i: int) =
                            let task = tasks[i % tasks.Length]
                            (adapt model run task).Score(itemsOf run task.Query)

                        let first = serve 0

                        for i in 1..200 do
                            serve i |> ignore

                        let before = GC.GetTotalMemory true

                        for i in 1..2000 do
                            serve i |> ignore

                        let grown = GC.GetTotalMemory true - before
                        Expect.isLessThan grown 200_000L "bytes that 2,000 users left behind"
                        Expect.equal (serve 0) first "the first user again")

                testCase $"{name}: the best unseen items come first, each once"
                <| fun () ->
                    use' run (fun run model ->
                        let task = run.Prepared.Split.Test[0]
                        let user = adapt model run task
                        let all = user.Recommend 1000
                        let rated = set (itemsOf run task.Support)
                        Expect.equal all.Count (model.Items.Count - rated.Count) "all unseen items"
                        Expect.isFalse (all |> Seq.exists (fun r -> rated.Contains r.Item)) "no rated item"
                        Expect.equal (all |> Seq.distinctBy _.Item |> Seq.length) all.Count "once"
                        Expect.sequenceEqual (user.Recommend 5) (Seq.take 5 all) "the first ones"
                        let scores = all |> Seq.map _.Score |> Array.ofSeq
                        Expect.equal scores (Array.sortDescending scores) "in order"
                        Expect.equal (all |> Seq.forall (fun r -> r.Deviation.HasValue)) (name = "MetaPMF") "deviation")

                testCase $"{name}: without any rating the scores are the model's prior, and it says so, or it refuses"
                <| fun () ->
                    use' run (fun _ model ->
                        let user = model.For []
                        Expect.stringContains (String.Join(' ', user.Notes)) "no rating to adapt to" "note"

                        // TaNP encodes the mean of the support.
                        if name = "TaNP" then
                            Expect.throwsT<SettingException> (fun () -> user.Recommend 3 |> ignore) "no mean"
                        else
                            Expect.equal (user.Recommend 3).Count 3 "recommendations")

                testCase $"{name}: after its end the model says that it was disposed"
                <| fun () ->
                    use' run (fun run model ->
                        let user = model.For(ratingsOf run run.Prepared.Split.Test[0].Support)
                        model.Dispose()
                        model.Dispose()
                        Expect.throwsT<ObjectDisposedException> (fun () -> model.For [] |> ignore) "the model"

                        try
                            // What it was adapted to before may be whole without it.
                            user.Recommend 1 |> ignore
                        with :? ObjectDisposedException ->
                            ())

                testCase $"{name}: unknown items and features are counted and named"
                <| fun () ->
                    use' run (fun run model ->
                        let known = (ratingsOf run run.Prepared.Split.Test[0].Support).Head
                        let features = readOnlyDict [ "segment", "nowhere" ]
                        let user = model.For([ known; struct ("ghost", 5f) ], features)
                        Expect.equal user.Ratings 1 "known"
                        Expect.sequenceEqual user.UnknownItems [ "ghost" ] "items"
                        Expect.sequenceEqual user.UnknownFeatures [ "segment 'nowhere'" ] "features"
                        Expect.equal user.Notes.Count 2 "notes"
                        Expect.isTrue (Single.IsNaN((user.Score [| "ghost" |])[0])) "score of an unknown item"

                        Expect.throwsC
                            (fun () -> model.For([ known ], readOnlyDict [ "segmnt", "1" ]) |> ignore)
                            (fun error -> Expect.stringContains error.Message "did you mean 'segment'" "message"))

            testCase "MetaPMF is less sure of a user of fewer ratings"
            <| fun () ->
                use' pmf (fun run model ->
                    let task = run.Prepared.Split.Test[0]
                    let ratings = ratingsOf run task.Support
                    let items = itemsOf run task.Query
                    let few = model.For(List.truncate 2 ratings).Deviations items
                    let many = model.For(ratings).Deviations items
                    Expect.isTrue (Array.forall2 (>) few many) "every deviation shrinks")

            testCase "weights of other data, shapes, names and numbers are refused with the remedy"
            <| fun () ->
                let weights = "model.safetensors"
                let replace name values shape (file: SafetensorsFile) = file.Replace(name, values, shape)

                rewritten melu.Value weights (fun f -> f.Metadata["fingerprint"] <- "other") (fun folder ->
                    refused folder [ "fingerprint other"; "of different runs" ])

                rewritten melu.Value "serving.safetensors" (fun f -> f.Metadata["version"] <- "0") (fun folder ->
                    refused folder [ "version 0"; "Make the run again" ])

                rewritten melu.Value weights (fun f -> f.Metadata["spec"] <- "lr = 1") (fun folder ->
                    refused folder [ "other settings" ])

                rewritten melu.Value weights (fun f -> f.Add("more", [| 1f |], 1)) (fun folder ->
                    refused folder [ "does not know: more" ])

                let name = melu.Value.Result.Parameters.All[0].Name
                let size = melu.Value.Result.Parameters.All[0].Size

                rewritten melu.Value weights (replace name (Array.create size nanf) [| size |]) (fun folder ->
                    refused folder [ name; "expected [" ])

                let shape = Array.ofSeq melu.Value.Result.Parameters.All[0].Shape

                rewritten melu.Value weights (replace name (Array.create size nanf) shape) (fun folder ->
                    refused folder [ name; "NaN at place 0" ])

            testCase "what is no finished run, and a baseline, are refused with the remedy"
            <| fun () ->
                refused (Path.Combine(runs.Value, "nothing")) [ "no folder"; "run MODEL" ]
                let name = Path.GetFileName melu.Value.Folder
                refused (melu.Value.Folder[.. melu.Value.Folder.Length - 9]) [ "no folder"; $"did you mean"; name ]
                refused (Path.GetDirectoryName melu.Value.Folder) [ "no finished run"; "in it" ]

                copied melu.Value (fun folder ->
                    File.Delete(Path.Combine(folder, "serving.safetensors"))
                    refused folder [ "serving.safetensors is missing"; "Make the run again" ]
                    File.Delete(Path.Combine(folder, "done"))
                    refused folder [ "no finished run" ])

                let baseline = train runs.Value "bias" []
                refused baseline.Folder [ "bias is a baseline"; "MetaPMF" ]
        ]
