/// What the commands of studies print and refuse.
module RobustMeta.Tests.Studies.StudyCommandTests

open System
open System.IO
open System.Text.RegularExpressions
open System.Threading
open Expecto
open RobustMeta.Scripts
open RobustMeta.Studies
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

            testCase "a plan tells that runs which await tuning may be fewer"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let plan (text: string) =
                        let file = Path.Combine(folder, "tuned.toml")
                        File.WriteAllText(file, text)
                        ran [ file; "plan"; "out"; Path.Combine(folder, "out") ]

                    let told = "runs that await tuning may turn out identical, and are then run only once"
                    Expect.stringContains (plan StudySample.text) told "tuned"
                    let file, out = written folder "mine", Path.Combine(folder, "other")
                    Expect.isFalse ((ran [ file; "plan"; "out"; out ]).Contains told) "not tuned")

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
let tests = testList "Study commands" [ progressTests; reportTests; wordTests; tuneTests ]
