/// `python/robustmeta_reader.py` rebuilds predictions from a run's folder, and what it writes is loaded.
module RobustMeta.Tests.Serving.PythonReaderTests

open System
open System.IO
open System.Text.Json
open Expecto
open RobustMeta.Serving
open RobustMeta.Tests
open RobustMeta.Tests.PythonProgram
open RobustMeta.Tests.ServedRun

let private script = script "robustmeta_reader.py"
let private withPython test = withPackage "numpy" test

let private agreeOn (train: string -> string -> _ -> Run) (tolerance: float) (name: string) settings () =
    withPython (fun program ->
        TempFolder.within (fun root ->
            let run = train root name settings
            use model = ColdStartModel.Load run.Folder
            let tasks = run.Prepared.Split.Test |> Seq.truncate 5 |> List.ofSeq

            let users =
                [
                    for task in tasks ->
                        JsonSerializer.Serialize
                            {|
                                ratings =
                                    [|
                                        for struct (item, value) in ratingsOf run task.Support ->
                                            [| box item; box value |]
                                    |]
                                features = featuresOf run task.User
                                items = itemsOf run task.Query
                            |}
                ]

            let lines = (said program [ script; run.Folder ] (String.concat "\n" users) |> expectOk).Trim().Split '\n'
            Expect.equal lines.Length tasks.Length "users"

            for task, line in Seq.zip tasks lines do
                let expected = (adapt model run task).Score(itemsOf run task.Query) |> Array.map float
                let found = JsonSerializer.Deserialize<float[]> line
                let scale = expected |> Seq.map abs |> Seq.max |> max 1.0

                for e, f in Array.zip expected found do
                    Expect.isLessThan (abs (e - f) / scale) tolerance $"score {e} and {f}"))

let private agreeTo tolerance name settings = agreeOn train tolerance name settings
let private agree name settings = agreeTo 1e-6 name settings

[<Tests>]
let tests =
    testList
        "Python reader"
        [
            for name in [ "MeLU"; "MetaRidge"; "MetaPMF" ] do
                testCase $"{name} of clicks is rebuilt to 1e-6" (agree name [])

                testCase
                    $"{name} of ratings on the bias offset is rebuilt to 1e-6"
                    (agree name [ "label", "rating"; "offset", "bias" ])

            testCase
                "MetaPMF informed by exposure is rebuilt to 1e-6"
                (agree "MetaPMF" [ "userPrior", "exposure"; "exposureRank", "5" ])

            testCase
                "MetaPMF informed by exposure is rebuilt to 1e-6 where negatives are drawn"
                (agreeOn
                    (trainOn (positives ()))
                    1e-6
                    "MetaPMF"
                    [ "userPrior", "exposure"; "exposureRank", "5"; "negatives", "1" ])

            for name in [ "MeLU"; "MetaRidge" ] do
                testCase
                    $"{name} with exposure as an input is rebuilt to float precision"
                    (agreeTo 1e-5 name [ "userExposure", "4"; "offset", "bias" ])

            // Served by 32-bit numbers, which this mixture of two posteriors is evaluated by.
            for label in [ "click"; "rating" ] do
                testCase
                    $"MetaPMF with a safe prior, of {label}s, is rebuilt to 32-bit precision"
                    (agreeTo 1e-4 "MetaPMF" [ "userPrior", "safe"; "exposureRank", "5"; "label", label ])

            testCase "bad words and lines end in one message of the script"
            <| fun () ->
                withPython (fun program ->
                    let told words input =
                        match said program words input with
                        | Ok output -> failtest $"accepted: {output}"
                        | Error message ->
                            Expect.isFalse (message.Contains "Traceback") message
                            message.Trim()

                    TempFolder.within (fun root ->
                        let own = PythonProgram.script "own_model.py"
                        Expect.stringStarts (told [ script ] "") "usage:" "no run"
                        Expect.stringContains (told [ script; root ] "") "has no spec.toml" "no run in the folder"
                        Expect.stringStarts (told [ own ] "") "usage:" "no tasks"
                        Expect.stringStarts (told [ own; root; "scores.csv"; "jax" ] "") "usage:" "no such library"

                        Expect.stringContains
                            (told [ own; root; "scores.csv" ] "")
                            "no manifest.json"
                            "no tasks in the folder"

                        let run = train root "MetaPMF" []
                        let ofLine line = told [ script; run.Folder ] (line + "\n")
                        Expect.stringStarts (ofLine "{") "error: line 1: " "half a line"

                        Expect.stringContains
                            (ofLine "{\"ratings\": [], \"items\": [50]}")
                            "knows no item 50"
                            "a number"

                        Expect.stringContains (ofLine "{\"ratings\": []}") "expected a line such as" "no items"))

            testCase "weights that Python wrote are loaded, and say the same"
            <| fun () ->
                withPython (fun program ->
                    TempFolder.within (fun root ->
                        let run = train root "MetaPMF" []
                        let task = run.Prepared.Split.Test[0]

                        let scores () =
                            use model = ColdStartModel.Load run.Folder
                            (adapt model run task).Score(itemsOf run task.Query)

                        let before = scores ()
                        let path = Path.Combine(run.Folder, "model.safetensors")
                        let folder = Path.GetDirectoryName script

                        let rewrite change =
                            said
                                program
                                [
                                    "-c"
                                    "import sys; sys.path.insert(0, sys.argv[1]); import robustmeta_reader as r; "
                                    + $"a, m = r.load(sys.argv[2]); {change}; r.save(sys.argv[2], a, m)"
                                    folder
                                    path
                                ]
                                ""
                            |> expectOk
                            |> ignore

                        rewrite "pass"
                        Expect.equal (scores ()) before "rewritten as they are"
                        rewrite "a['center'] = a['center'] + 1"
                        Expect.notEqual (scores ()) before "other weights are loaded"

                        let refused change part =
                            let kept = File.ReadAllBytes path
                            rewrite change

                            Expect.throwsC (fun () -> scores () |> ignore) (fun error ->
                                Expect.stringContains error.Message part change)

                            File.WriteAllBytes(path, kept)

                        refused "a['center'] = a['center'].astype('float64')" "'center' is not of type F32"
                        refused "a['center'] = a['center'] * float('nan')" "'center' is NaN at place 0"
                        refused "a['choice'] = a['choice'].T[:1].copy()" "'choice' has the shape [1, "
                        refused "a['centre'] = a.pop('center')" "does not know: centre"
                        refused "del a['center']" "has no array 'center'"
                        refused "m['fingerprint'] = 'other'" "of different runs"))
        ]
