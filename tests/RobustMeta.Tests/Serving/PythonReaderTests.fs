/// `python/robustmeta_reader.py` rebuilds predictions from a run's folder, and what it writes is loaded.
module RobustMeta.Tests.Serving.PythonReaderTests

open System
open System.Diagnostics
open System.IO
open System.Text.Json
open Expecto
open RobustMeta.Serving
open RobustMeta.Tests
open RobustMeta.Tests.ServedRun

let private script = Path.Combine(MarkdownBlocks.root, "python", "robustmeta_reader.py")

/// What a program says on some input; None where it cannot run or fails.
let private said (program: string) (words: string list) (input: string) =
    try
        let start =
            ProcessStartInfo(
                program,
                words,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true
            )

        start.Environment["PYTHONDONTWRITEBYTECODE"] <- "1"
        use child = Process.Start start
        let errors = child.StandardError.ReadToEndAsync()
        child.StandardInput.Write input
        child.StandardInput.Close()
        let output = child.StandardOutput.ReadToEnd()
        child.WaitForExit()
        if child.ExitCode = 0 then Ok output else Error errors.Result
    with :? ComponentModel.Win32Exception as error ->
        Error error.Message

/// A Python that has numpy, if the machine has one.
let private python =
    lazy
        ([ "python3"; "/usr/bin/python3" ]
         |> List.tryFind (fun program -> Result.isOk (said program [ "-c"; "import numpy" ] "")))

let private withPython (test: string -> unit) =
    match python.Value with
    | Some program -> test program
    | None -> skiptest "this machine has no python3 with numpy"

let private expectOk (result: Result<string, string>) =
    match result with
    | Ok output -> output
    | Error message -> failtest message

let private agree (name: string) settings () =
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
                    Expect.isLessThan (abs (e - f) / scale) 1e-6 $"score {e} and {f}"))

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
                        rewrite "a['center'] = a['center'].astype('float64')"

                        Expect.throwsC (fun () -> scores () |> ignore) (fun error ->
                            Expect.stringContains error.Message "'center' is not of type F32" "message")))
        ]
