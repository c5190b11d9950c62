/// What the commands of studies print and refuse.
module RobustMeta.Tests.Studies.StudyCommandTests

open System
open System.IO
open System.Text.RegularExpressions
open System.Threading
open Expecto
open RobustMeta.Scripts
open RobustMeta.Studies
open RobustMeta.Studies.Workers
open RobustMeta.Tests
open RobustMeta.Tests.Studies.SmallStudy

/// Lines of a text that say which run begins.
let private numbered (lines: string seq) =
    lines |> Seq.filter (fun line -> Regex.IsMatch(line, @"^run \d+ of \d+: ")) |> List.ofSeq

let private progressTests =
    testList
        "progress"
        [
            testCase "each run is told once, by its number, cell and settings, within 100 columns"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let said = ResizeArray<string>()

                    let spec =
                        StudySample.parse (
                            StudySample.text
                                .Replace("epoch = 3", "epoch = 1")
                                .Replace(
                                    "[method.robustmeta]",
                                    "[method.a-robust-method-of-a-name-that-is-much-too-long-for-a-line-of-any-console]"
                                )
                        )

                    let store = StudyStore(Path.Combine(folder, "results"))
                    let hooks = StudyHooks(Say = (fun line -> said.Add line), CountsRuns = true)
                    StudyRunner(spec, store, hooks, CancellationToken.None).Run()
                    let lines = numbered said
                    let runs = StudyStatus.Of(spec, store).Runs.Count
                    Expect.equal runs 9 "two of the shared stage, three of the own ones, four that are reported"
                    Expect.hasLength lines runs "once a run"

                    Expect.equal
                        [ for line in lines -> line.Split(' ')[1] ]
                        [ for i in 1..runs -> string i ]
                        "counted on"

                    Expect.equal
                        lines[0]
                        "run 1 of 10: synthetic, MeLU, plain, tuning seed 100, weightDecay 0, lr 0.02"
                        "a candidate"

                    Expect.stringContains
                        lines[runs - 2]
                        $"run {runs - 1} of {runs}: synthetic, MeLU, plain, seed 2, weightDecay"
                        "a reported run"

                    for line in lines do
                        Expect.isLessThanOrEqual line.Length 100 line

                    Expect.isTrue (lines |> List.exists _.EndsWith('…')) "cut where it is too long"
                    said.Clear()
                    StudyRunner(spec, store, hooks, CancellationToken.None).Run()
                    Expect.isEmpty (numbered said) "nothing is run again")

            testCase "runs that are there are counted"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let file, out = written folder "mine", Path.Combine(folder, "out")
                    let first = ran [ file; "run"; "seeds"; "1"; "out"; out ]

                    Expect.equal
                        (numbered (first.Split '\n'))
                        [ "run 1 of 2: synthetic, plain, seed 1"; "run 2 of 2: synthetic, other, seed 1" ]
                        "one seed"

                    let rest = ran [ file; "run"; "out"; out ]

                    Expect.equal
                        (numbered (rest.Split '\n'))
                        [ "run 3 of 4: synthetic, plain, seed 2"; "run 4 of 4: synthetic, other, seed 2" ]
                        "the other")

            testCase "the list of a plan has the sweep and its settings as columns, as the results have"
            <| fun () ->
                let spec = StudySample.parse (StudySample.text + "[sweep.rates]\nbatchSize = [16, 32]\n")
                let lines = (StudyExport.Plan(StudyPlan.Of(spec).Runs())).Split '\n'
                let columns = List.ofArray (lines[0].Split ',')
                let field (name: string) (line: string) = line.Split(',')[List.findIndex ((=) name) columns]

                let swept =
                    lines |> Array.filter (fun line -> line.Contains(",Report,") && field "sweep" line = "rates")

                Expect.isNonEmpty swept "runs of the sweep"

                Expect.equal
                    (swept |> Array.map (field "settings") |> Array.distinct |> Array.sort |> List.ofArray)
                    [ "batchSize=16"; "batchSize=32" ]
                    "its settings"

            testCase "a search whose budget is no number of runs has no number of all"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let begins budget =
                        let words =
                            [
                                "MeLU"
                                "keys"
                                "lr"
                                "tuner"
                                "random"
                                "userNum"
                                "100"
                                "epoch"
                                "1"
                                "hiddenDim1"
                                "2"
                            ]

                        let out = Path.Combine(folder, budget)
                        let code, text = CapturedCommand.run ([ "tune" ] @ words @ [ "budget"; budget; "out"; out ])
                        Expect.equal code 0 text

                        [
                            for line in text.Split '\n' do
                                if line.StartsWith "run " then
                                    line.Split(':')[0]
                        ]

                    Expect.equal (begins "3") [ "run 1 of 3"; "run 2 of 3"; "run 3 of 3" ] "of a number of runs"
                    Expect.equal (begins "3 epochs") [ "run 1"; "run 2"; "run 3" ] "of a number of epochs")
        ]

/// Runs an action where these programs are found first.
let private withPrograms (folder: string) (programs: (string * string) list) (action: unit -> unit) =
    for name, text in programs do
        let path = Path.Combine(folder, name)
        File.WriteAllText(path, $"#!/bin/sh\n{text}\n")
        File.SetUnixFileMode(path, UnixFileMode.UserRead ||| UnixFileMode.UserWrite ||| UnixFileMode.UserExecute)

    let before = Environment.GetEnvironmentVariable "PATH"

    try
        Environment.SetEnvironmentVariable("PATH", $"{folder}:{before}")
        action ()
    finally
        Environment.SetEnvironmentVariable("PATH", before)

let private workerTests =
    testList
        "workers"
        [
            testCase "nothing is left to cancel of a finished study, and nothing is left behind"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let file, out = written folder "mine", Path.Combine(folder, "out")
                    ran [ file; "run"; "seeds"; "1"; "out"; out ] |> ignore
                    let cancel () = ran [ "cancel"; file; "out"; out ]
                    let mutable text = ""
                    let piece = StudyPiece("piece", (fun () -> text <- cancel ()))
                    let leases = StudyStore(out).Leases(StudyShard(0, 1))
                    leases.Share([ piece ], null, CancellationToken.None)
                    Expect.stringContains text "running workers end" "one holds a lease"
                    StudyCancellation(out).Withdraw()
                    let text = cancel ()
                    Expect.stringContains text "no worker is seen at work" "none holds a lease"
                    Expect.isFalse (text.Contains "running workers") "and nothing else is said"
                    let mark = StudyCancellation(out).Mark
                    Expect.stringContains text mark "what ends workers that start later"
                    let files () = Directory.GetFiles(out, "*", SearchOption.AllDirectories) |> Set.ofArray
                    let before = files ()
                    let text = ran [ "work"; file; "shard"; "0/1"; "out"; out ]

                    Expect.stringContains
                        text
                        $"nothing is done: the study was cancelled before, which {mark} says"
                        "why"

                    Expect.equal (files ()) before "nothing is done"
                    StudyCancellation(out).Withdraw()
                    ran [ file; "run"; "out"; out ] |> ignore
                    let text = ran [ "cancel"; file; "out"; out ]
                    Expect.stringContains text "nothing is left to cancel" "says so"
                    Expect.isFalse (text.Contains "retry") "and nothing of workers"
                    Expect.isFalse (StudyCancellation(out).IsAsked) "no mark")

            testCase "a worker without a part is told how it is given one"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let file = written folder "mine"

                    for words in [ []; [ "shard"; "" ] ] do
                        let text = refused ([ "work"; file; "out"; Path.Combine(folder, "out") ] @ words)
                        Expect.stringContains text $"e.g. study work {file} shard 0/4" text
                        Expect.isFalse (text.Contains "''") text)

            testCase "a word of a verb that is given twice is told so"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let file = written folder "mine"

                    for verb, word, one, other in
                        [
                            "submit", "workers", "2", "3"
                            "retry", "engine", "local", "slurm"
                            "work", "shard", "0/2", "1/2"
                            "collect", "to", "a", "b"
                        ] do
                        let text = refused [ verb; file; word; one; word; other; "out"; Path.Combine(folder, "out") ]
                        Expect.stringContains text $"error: {word} is given twice." text)

            testCase "collect says that runs of tuning are not among those it counts"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let file, out = written folder "mine", Path.Combine(folder, "out")
                    let collected () = ran [ "collect"; file; "out"; out ]
                    ran [ file; "run"; "out"; out ] |> ignore
                    let text = collected ()
                    Expect.stringContains text $"results.parquet: 4 runs; 'study {file} report'" "nothing is tuned"
                    let own = "tuned = \"regularization\"\nvalues = [1.0, 2.0]"

                    let tuned =
                        (File.ReadAllText file)
                            .Replace("model = \"itemMean\"", "model = \"itemMean\"\ntuned = \"none\"")
                            .Replace("model = \"bias\"", $"model = \"EASE\"\n{own}")

                    File.WriteAllText(file, "tuningSeed = 100\n" + tuned)
                    ran [ file; "run"; "out"; out ] |> ignore
                    let text = collected ()
                    Expect.stringContains text "4 runs, and the choices of tuning, whose runs are not counted" text)

            testCase "nothing is left to do of a finished study, and no worker is started"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let file, out = written folder "mine", Path.Combine(folder, "out")
                    ran [ file; "run"; "out"; out ] |> ignore
                    let files () = Directory.GetFileSystemEntries(out, "*", SearchOption.AllDirectories) |> Set.ofArray
                    let before = files ()

                    for verb in [ "submit"; "retry" ] do
                        let text = ran [ verb; file; "workers"; "2"; "out"; out ]
                        Expect.stringContains text "nothing is left to do" verb
                        Expect.isFalse (text.Contains "2 workers") "none is told of"

                    Expect.equal (files ()) before "nothing is written")

            testCase "a job that is still in the queue is told before another is submitted, and both are cancelled"
            <| fun () ->
                if OperatingSystem.IsWindows() then
                    skiptest "needs a shell"

                TempFolder.within (fun folder ->
                    let file, out = written folder "mine", Path.Combine(folder, "out")
                    let asked = Path.Combine(folder, "asked")
                    let jobs = Path.Combine(folder, "jobs")
                    let words = [ file; "engine"; "slurm"; "workers"; "3"; "out"; out ]
                    let queue = Path.Combine(folder, "queue")
                    File.WriteAllText(queue, "")

                    withPrograms
                        (Directory.CreateDirectory(Path.Combine(folder, "bin")).FullName)
                        [
                            "sbatch", $"echo x >> '{jobs}'; echo \"7$(wc -l < '{jobs}' | tr -d ' ')\""
                            "squeue", $"cat '{queue}'"
                            "scancel", $"echo \"$@\" > '{asked}'"
                        ]
                        (fun () ->
                            let first = ran ("submit" :: words)
                            Expect.stringContains first "job 71: 3 workers" "submitted"
                            Expect.isFalse (first.Contains "note:") "nothing waits"
                            File.WriteAllText(queue, "71 PENDING\n71 RUNNING\n71 PENDING\n5 PENDING\n")
                            let again = ran ("retry" :: words)
                            Expect.stringContains again "job 71 has 2 tasks in the queue and 1 running" "told"
                            Expect.stringContains again "no run is made twice" "what it means"
                            Expect.stringContains again "job 72" "and submitted"
                            ran [ "cancel"; file; "out"; out ] |> ignore
                            Expect.equal (File.ReadAllText asked) "--state=PENDING 71 72\n" "both"
                            File.WriteAllText(queue, "")
                            Expect.isFalse ((ran ("retry" :: words)).Contains "note:") "none waits any more"
                            ran [ "cancel"; file; "out"; out ] |> ignore
                            Expect.equal (File.ReadAllText asked) "--state=PENDING 73\n" "the last alone"))

            testCase "a wrong number is told in one line, with its name and what is expected"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let file = written folder "mine"

                    for verb, name, value in
                        [
                            "submit", "workers", "many"
                            "submit", "atOnce", "0"
                            "submit", "threads", "-1"
                            "submit", "memory", "2GB"
                            "simulate", "cores", "1.5"
                            "simulate", "nodes", "x"
                            "simulate", "runs", "0"
                        ] do
                        let text = refused [ verb; file; name; value; "out"; folder ]

                        let told =
                            text.TrimEnd().Split '\n' |> Array.filter (fun line -> not (line.StartsWith "'help'"))

                        Expect.hasLength told 1 text
                        Expect.stringContains told[0] $"{name} is '{value}'; expected a whole number from 1" text

                    // A number that is one, but too large, is told how large it may be.
                    for verb, name in [ "submit", "workers"; "submit", "minutes"; "simulate", "runs" ] do
                        let text = refused [ verb; file; name; "99999999999"; "out"; folder ]
                        Expect.stringContains text "2147483647" text)

            testCase "a time limit is read in minutes or with its unit"
            <| fun () ->
                if OperatingSystem.IsWindows() then
                    skiptest "needs a shell"

                TempFolder.within (fun folder ->
                    let file = written folder "mine"
                    let programs = Directory.CreateDirectory(Path.Combine(folder, "bin")).FullName

                    withPrograms programs [ "sbatch", "echo 7"; "squeue", "true" ] (fun () ->
                        for given, minutes in [ "1 hour", 60; "90", 90; "20 minutes", 20; "601 seconds", 11 ] do
                            let out = Path.Combine(folder, $"out {minutes}")

                            ran [ "submit"; file; "engine"; "slurm"; "workers"; "2"; "minutes"; given; "out"; out ]
                            |> ignore

                            let script = File.ReadAllText(Path.Combine(out, "workers.sbatch"))
                            Expect.stringContains script $"--time={minutes}\n" given))

            testCase "a misspelt verb before the study is named, with the nearest"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let file = written folder "mine"

                    for verb, nearest in [ "reprot", "report"; "stauts", "status"; "wrok", "work"; "cancle", "cancel" ] do
                        for study in [ file; "robustness" ] do
                            let text = refused [ verb; study; "out"; folder ]
                            Expect.stringContains text $"'{verb}' before '{study}' is no verb" text
                            Expect.stringContains text $"did you mean '{nearest}'" text)

            testCase "simulated numbers have their thousands apart"
            <| fun () ->
                let text = ConsoleTable.text (WorkTables.simulation (Seq.replicate 2000 60.0) [ 1000 ] 32 60)

                for part in [ "2,000 runs"; "1,000"; "32,000" ] do
                    Expect.stringContains text part part
        ]

let private reportTests =
    testList
        "reports"
        [
            testCase "runs of other settings are told where the words that made them are left out"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let file, out = written folder "mine", Path.Combine(folder, "out")
                    let words = [ "seeds"; "7"; "shiftDraws"; "2"; "out"; out ]
                    let lacking = refused [ file; "report"; "out"; out ]
                    Expect.stringContains lacking "Run it first." "nothing is there"
                    ran ([ file; "run" ] @ words) |> ignore

                    for verb in [ "report"; "export"; "pack"; "collect" ] do
                        let text = refused [ file; verb; "out"; out ]

                        for part in [ "2 finished runs of other settings or seeds"; "give the words"; "epoch 3" ] do
                            Expect.stringContains text part verb

                    ran ([ file; "report" ] @ words) |> ignore)

            testCase "a report is of the whole study, or of other seeds where these are given"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let file, out = written folder "mine", Path.Combine(folder, "out")
                    let report seeds = ran [ file; "report"; "seeds"; seeds; "out"; out ]
                    ran [ file; "run"; "seeds"; "1,7"; "out"; out ] |> ignore
                    Expect.stringContains (report "1") "reported: 2 of 4 runs" "of the whole study"
                    Expect.isFalse ((report "1,7").Contains "reported:") "all of these"
                    Expect.isFalse ((report "7").Contains "reported:") "all of these")

            testCase "the time that is not known says how it is tried, and that trying keeps nothing"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let file, out = written folder "mine", Path.Combine(folder, "out")
                    let told verb = ran [ file; verb; "out"; out ]
                    Expect.stringContains (told "plan") $"'study {file} probe', with the same words" "how"
                    Expect.stringContains (told "probe") "from one epoch of each cell, which is not kept" "probed"
                    Expect.stringContains (told "status") $"'study {file} probe', with the same words" "not kept")

            testCase "damaged times of a pack are told with their place and the remedy, not in words of a program"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let file, out = written folder "mine", Path.Combine(folder, "out")
                    let packed = Path.Combine(folder, "packed")
                    let costs = Path.Combine(packed, "cost.json")
                    ran [ file; "run"; "out"; out ] |> ignore
                    ran [ file; "pack"; "to"; packed; "out"; out ] |> ignore
                    let whole = File.ReadAllText costs

                    for change, place in
                        [
                            (fun () -> File.WriteAllText(costs, "<")), ", line 1, column 1: "
                            (fun () -> File.WriteAllText(costs, whole[.. whole.Length / 2])), ", line 1, column "
                            (fun () -> File.WriteAllText(costs, "[{\"method\": 3}]")), ", line 1, column "
                            (fun () -> File.Delete costs), "there is no such file"
                        ] do
                        change ()
                        let text = refused [ file; "report"; "from"; packed ]

                        for part in [ costs; place; "expected times and memory of the methods"; $"pack to {packed}" ] do
                            Expect.stringContains text part text

                        for word in [ "JSON"; "Path:"; "BytePosition" ] do
                            Expect.isFalse (text.Contains word) text)
        ]

let private wordTests =
    testList
        "words"
        [
            testCase "the verb stands anywhere between pairs of words"
            <| fun () ->
                let name = "robustness"

                for words, expected in
                    [
                        [ name ], [ name ]
                        [ "plan"; name ], [ name; "plan" ]
                        [ name; "seeds"; "1"; "plan"; "quick" ], [ name; "plan"; "seeds"; "1"; "quick" ]
                        [ "out"; "X"; name; "plan" ], [ name; "plan"; "out"; "X" ]
                        [ "quick"; name; "status" ], [ name; "status"; "quick" ]
                        [ name; "out"; "X"; "cancel" ], [ "cancel"; name; "out"; "X" ]
                        [ "out"; "X"; "submit"; name; "workers"; "3" ], [ "submit"; name; "out"; "X"; "workers"; "3" ]
                        [ name; "quick"; "retry" ], [ "retry"; name; "quick" ]
                        // Values are no verbs, nor settings that are called like studies.
                        [ name; "out"; "run" ], [ name; "out"; "run" ]
                        [ name; "noise"; "0.1"; "plan" ], [ name; "plan"; "noise"; "0.1" ]
                        // What names no study is told by the command.
                        [ "plan"; "nothing" ], [ "nothing"; "plan" ]
                        [ "nothing"; "work"; "shard"; "0/2" ], [ "work"; "nothing"; "shard"; "0/2" ]
                    ] do
                    Expect.equal (StudyWords.arranged words) expected (String.Join(' ', words))

            testCase "every verb of the command is one of the words, and each word of a verb stands in its help"
            <| fun () ->
                for verb in StudyWords.verbs do
                    Expect.stringContains (StudyCommand.usage + WorkCommand.usage) verb verb

                for part in [ "pack a FOLDER"; "OUT/summary"; "without 'engine' local"; "OUT/results.parquet" ] do
                    Expect.stringContains
                        (StudyCommand.usage + WorkCommand.usage)
                        part
                        "what is taken where nothing is given"

                for _, words in StudyWords.ofMany do
                    for word in words do
                        Expect.stringContains (StudyCommand.usage + WorkCommand.usage) word word

                Expect.throwsC
                    (fun () -> StudyWords.arranged [ "robustness"; "run"; "workers"; "3" ] |> ignore)
                    (fun error ->
                        Expect.stringContains error.Message "'workers' belongs to submit, retry" "whose it is")
        ]

let private tuneTests =
    testCase "the candidates of a search are a table under the metric and its direction, within 100 columns"
    <| fun () ->
        let spec, _ = TuneCommand.study "MeLU" [ "dataset", "synthetic"; "budget", "3"; "seed", "100,101" ]
        let keys = List.ofSeq spec.Methods[0].Tuned.Keys
        let point (value: string) = String.Join('/', [ for _ in keys -> value ])
        let candidates = [| struct (point "0.05", 0.5); struct (point "0.0123456", 0.75); struct (point "1", nan) |]
        let text = ConsoleTable.narrow (TuneCommand.table "MeLU" spec (Tuning(point "0.0123456", candidates)))

        for line in text.Split '\n' do
            Expect.isLessThanOrEqual line.Length 100 line

        for part in
            [
                "MeLU on synthetic: NDCG@10 on the validation users, 2 seeds; higher is better"
                "candidate"
                "0.50000"
                "0.75000 *"
                "training diverged"
                yield! keys
            ] do
            Expect.stringContains text part part

        let ended =
            Tuning(point "1", [| struct (point "1" + " (3 epochs)", 0.5); struct (point "2" + " (1 epoch)", 0.25) |])

        let short = TuneCommand.table "MeLU" spec ended
        Expect.contains [ for column in short.Columns -> column.Name ] "epochs" "trainings that ended early"

[<Tests>]
let tests = testList "Study commands" [ progressTests; workerTests; reportTests; wordTests; tuneTests ]
