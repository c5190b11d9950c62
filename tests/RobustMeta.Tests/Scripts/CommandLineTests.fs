module RobustMeta.Tests.Scripts.CommandLineTests

open System
open System.IO
open Expecto
open RobustMeta.Experiments
open RobustMeta.Models
open RobustMeta.Scripts
open RobustMeta.Tests

let private tiny =
    [
        "epoch"
        "2"
        "hiddenDim1"
        "4"
        "hiddenDim2"
        "4"
        "embeddingDim"
        "2"
        "userNum"
        "120"
        "shiftDraws"
        "2"
    ]

let private files (root: string) =
    [
        for path in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories) ->
            Path.GetRelativePath(root, path), File.ReadAllBytes path
    ]
    |> List.filter (fun (name, _) -> Path.GetFileName name <> "timing.csv")
    |> List.sortBy fst

[<Literal>]
let private Best = "best: ./robustmeta "

/// A search of two candidates prints both with their values, and a command that runs the better one.
let private tunes (given: string list) (keys: string) =
    let title = String.Join(' ', "tune" :: given)

    testCase title
    <| fun () ->
        TempFolder.within (fun root ->
            let epochs = if List.contains "EASE" given then [] else [ "epoch"; "1" ]
            let small = epochs @ [ "userNum"; "120"; "shiftDraws"; "2" ]
            let words = [ "tune" ] @ given @ [ "budget"; "2"; "keys"; keys ] @ small

            let code, text = CapturedCommand.run (words @ [ "out"; Path.Combine(root, "search") ])
            Expect.equal code 0 text
            let best = text.Split('\n') |> Array.find _.StartsWith(Best)
            Expect.stringContains best keys "the searched setting"
            let run = best.Substring(Best.Length).Split(' ', StringSplitOptions.RemoveEmptyEntries) |> List.ofArray
            let code, text = CapturedCommand.run (run @ [ "out"; Path.Combine(root, "best") ])
            Expect.equal code 0 text)

let private searches =
    [
        tunes [ "MeLU" ] "lr"
        tunes [ "MeLU"; "preset"; "plain" ] "localLr"
        tunes [ "MetaRidge"; "preset"; "robustmeta" ] "weightDecay"
        tunes [ "EASE" ] "regularization"
    ]

let private refusals =
    [
        [ "rnu" ], "did you mean 'run'"
        [ "run" ], "MeLU"
        [ "run"; "MeLo" ], "did you mean 'MeLU'"
        [ "run"; "MeLU"; "hiddenDim"; "3" ], "'hiddenDim1'"
        [ "run"; "MeLU"; "epoch" ], "has no value"
        [ "run"; "MeLU"; "epoch"; "many" ], "integer"
        [ "run"; "MeLU"; "epoch"; "-1" ], "0 to"
        [ "run"; "MeLU"; "set"; "simplx" ], "'simplex'"
        [ "run"; "MeLU"; "dataset"; "sinthetic" ], "'synthetic'"
        [ "run"; "MeLU"; "metrics"; "NDCG@20,NDCG@10" ], "testQueryLength"
        [ "run"; "popularity"; "preset"; "robustmeta" ], "a baseline, which has no robust training"
        [ "new"; "" ], "needs the name of one folder"
        [ "run"; "EASEE" ], "did you mean 'EASE'"
        [ "run"; "EASE"; "epoch"; "3" ], "no setting 'epoch'"
        [ "run"; "EASE"; "regularization"; "0" ], "0.001 to"
        [ "quick_start"; "epochs"; "3" ], "'epoch'"
        [ "run"; "MeLU"; "lr=0.1" ], "'lr=0.1' is one word; settings are two words, name and value: lr 0.1"
        [ "run"; "MeLU"; "--lr"; "0.1" ], "settings are written without dashes: lr value"
        [ "run"; "MeLU"; "set"; "chi2"; "0.25" ], "A value of two words is quoted: set \"chi2 0.25\""
        [ "run"; "MeLU"; "candidates"; "sampled"; "50" ], "quoted: candidates \"sampled 50\""
        [ "help"; "MeLo" ], "did you mean 'MeLU'"
        [ "help"; "nothing" ], "'nothing'.\nCommands: quick_start, run, study, "
        [ "run"; "MeLo"; "help" ], "did you mean 'MeLU'"
    ]

[<Tests>]
let tests =
    testList
        "CommandLine"
        [
            yield! searches

            for words, hint in refusals do
                testCase (String.Join(' ', words) + " is refused with the remedy")
                <| fun () ->
                    let code, text = CapturedCommand.run words
                    Expect.equal code 2 "exit code"
                    Expect.stringContains text hint "hint"

            testCase "help lists every setting with meaning, range and default"
            <| fun () ->
                let code, text = CapturedCommand.run [ "run"; "MeLU"; "help" ]
                Expect.equal code 0 "exit code"

                for key in [ "hiddenDim1"; "localLr"; "taskWeightLr"; "levels"; "set"; "order"; "out" ] do
                    Expect.stringContains text key key

                let place (word: string) = text.IndexOf(word, StringComparison.Ordinal)
                Expect.isLessThan (place "robustmeta-bias") (place "hiddenDim1") "presets first"
                Expect.isLessThan (place "advanced:") (place "taskWeightLr") "the adversary's own settings last"

            testCase "help says of other words what they are and where they are used"
            <| fun () ->
                for word, kind in
                    [
                        "robustmeta", "a preset: run MODEL preset robustmeta"
                        "NDCG", "a metric"
                        "ndcg@10", "a metric"
                        "exponentialTilt", "a shift protocol"
                        "chi2", "an ambiguity set"
                        "synthetic", "a data set: run MODEL dataset synthetic"
                        "overall", "a study: study overall plan"
                    ] do
                    let code, text = CapturedCommand.run [ "help"; word ]
                    Expect.equal code 0 word
                    Expect.stringContains text $"{word} is {kind}" word

            testCase "help is there for every command and model in every form, in lines of at most 100 columns"
            <| fun () ->
                for words in
                    [
                        []
                        [ "--help" ]
                        [ "-h" ]
                        [ "run"; "--help" ]
                        [ "run"; "TaNP"; "-h" ]
                        [ "help"; "run"; "EASE" ]
                        for command in Help.commandWords do
                            [ "help"; command ]
                            [ command; "help" ]
                        for method in Methods.Names do
                            [ "help"; method ]
                            [ "run"; method; "help" ]
                        [ "--version" ]
                    ] do
                    let code, text = CapturedCommand.run words
                    Expect.equal code 0 $"%A{words}: {text}"
                    Expect.isNonEmpty text $"%A{words}"

                    for line in text.Split '\n' do
                        Expect.isLessThanOrEqual line.Length 100 $"%A{words}: {line}"

                    Expect.isFalse (text.Contains '\u001b') "no escape codes"

                let _, usage = CapturedCommand.run [ "help" ]
                Expect.stringContains usage "cross-fitted" "what presets mean"
                let _, settings = CapturedCommand.run [ "run"; "MeLU"; "help" ]
                Expect.isFalse (settings.Contains "NaN") "a number that is not given"

            testCase "doctor finds the second order right"
            <| fun () ->
                let code, text = CapturedCommand.run [ "doctor" ]
                Expect.equal code 0 "exit code"
                Expect.stringContains text "second-order gradient  correct" "verdict"

            testCase "a fact of doctor goes on below where its line is full"
            <| fun () ->
                let found = Doctor.lines "data x" (String.Join(' ', [ for i in 1..40 -> $"word{i}" ]))
                Expect.isGreaterThan found.Length 1 "lines"

                for line in found do
                    Expect.isLessThanOrEqual line.Length 100 line

                for line in found.Tail do
                    Expect.stringStarts line (String.replicate 23 " " + "word") "below the value"

            testCase "what does not exist is told within 100 columns, with all that there is"
            <| fun () ->
                for words in
                    [ [ "help"; "nothing" ]; [ "run" ]; [ "run"; "MeLUU" ]; [ "run"; "MeLU"; "shift"; "none" ] ] do
                    let code, text = CapturedCommand.run words
                    Expect.equal code 2 text

                    for line in text.Split '\n' do
                        Expect.isLessThanOrEqual line.Length 100 $"%A{words}: {line}"

                let _, text = CapturedCommand.run [ "run"; "MeLUU" ]
                Expect.stringContains text "did you mean 'MeLU'?\nModels: " "a list has lines of its own"
                let listed = text.Replace(",\n  ", ", ")
                let all = String.Join(", ", ModelSpec.Registry.All.Keys)
                Expect.stringContains listed $"Models: {all}.\nBaselines: " "every model"

            testCase "a verb of study is no command, and its form is told"
            <| fun () ->
                for words in [ [ "report" ]; [ "help"; "report" ] ] do
                    Expect.stringContains
                        (snd (CapturedCommand.run words))
                        "did you mean 'study … report'?"
                        $"%A{words}"

            testCase "run leaves the paper's file and a whole folder; two runs leave the same bytes"
            <| fun () ->
                RobustMeta.Tests.TempFolder.within (fun first ->
                    RobustMeta.Tests.TempFolder.within (fun second ->
                        for root in [ first; second ] do
                            let code, text = CapturedCommand.run ([ "run"; "MeLU"; "out"; root ] @ tiny)
                            Expect.equal code 0 text
                            Expect.stringContains text "MeLU, preset paper: simplex" "what is trained"

                        Expect.equal (files first) (files second) "same bytes"
                        let performance = File.ReadAllLines(Path.Combine(first, "performance.csv"))
                        Expect.equal performance[0] PerformanceFile.Header "header"
                        Expect.hasLength performance 6 "five test sets"
                        let run = Directory.GetDirectories first |> Array.exactlyOne

                        for file in
                            [
                                "spec.toml"
                                "environment.json"
                                "history.csv"
                                "users.csv"
                                "weights.csv"
                                "model.safetensors"
                                "done"
                            ] do
                            Expect.isTrue (File.Exists(Path.Combine(run, file))) file

                        Expect.isFalse
                            (File.Exists(Path.Combine(run, "checkpoint.safetensors")))
                            "no checkpoint is left"

                        let spec = SpecFile.Read(Path.Combine(run, "spec.toml"))
                        Expect.stringEnds run spec.Hash "the folder is named by the spec that it holds"

                        // A second call reads, appends nothing and says so.
                        let code, text = CapturedCommand.run ([ "run"; "MeLU"; "out"; first ] @ tiny)
                        Expect.equal code 0 text
                        Expect.stringContains text "finished before" "says so"
                        Expect.equal (files first) (files second) "unchanged"))

            testCase "a baseline lists its own settings and what it does with new items"
            <| fun () ->
                let code, text = CapturedCommand.run [ "run"; "ease"; "help" ]
                Expect.equal code 0 "exit code"

                for expected in [ "regularization"; "signal"; "dataset"; "out"; "new items:" ] do
                    Expect.stringContains text expected expected

                Expect.isFalse (text.Contains "localLr") "no settings of trained models"

            testCase "a baseline runs as a model does, by name and from its own spec; the same bytes"
            <| fun () ->
                RobustMeta.Tests.TempFolder.within (fun first ->
                    RobustMeta.Tests.TempFolder.within (fun second ->
                        let own = [ "regularization"; "30"; "userNum"; "120"; "shiftDraws"; "2" ]
                        let code, text = CapturedCommand.run ([ "run"; "EASE"; "out"; first ] @ own)
                        Expect.equal code 0 text
                        let run = Directory.GetDirectories first |> Array.exactlyOne
                        let code, text = CapturedCommand.run [ "run"; Path.Combine(run, "spec.toml"); "out"; second ]
                        Expect.equal code 0 text
                        Expect.equal (files first) (files second) "same bytes"

                        Expect.hasLength
                            (File.ReadAllLines(Path.Combine(first, "performance.csv")))
                            6
                            "five test sets"

                        let code, text = CapturedCommand.run ([ "run"; "EASE"; "out"; first ] @ own)
                        Expect.equal code 0 text
                        Expect.stringContains text "finished before" "is read"
                        Expect.equal (files first) (files second) "unchanged"))

            testCase "an out folder that cannot be written to is refused before any work"
            <| fun () ->
                RobustMeta.Tests.TempFolder.within (fun root ->
                    let file = Path.Combine(root, "file")
                    File.WriteAllText(file, "")

                    for words in
                        [ [ "run"; "bias" ]; [ "quick_start" ]; [ "study"; "robustness"; "quick" ]; [ "theory" ] ] do
                        let code, text = CapturedCommand.run (words @ [ "out"; file ])
                        Expect.equal code 2 text
                        Expect.stringContains text "no folder that results can be written to" "why"
                        Expect.isFalse (text.Contains "users to train") "no data were read")

            testCase "run counts its own rows, and what cannot be read is one line"
            <| fun () ->
                RobustMeta.Tests.TempFolder.within (fun root ->
                    let run settings =
                        CapturedCommand.run (
                            [ "run"; "bias"; "out"; root; "userNum"; "120"; "shiftDraws"; "2" ] @ settings
                        )
                        |> snd

                    let first = run []
                    Expect.stringContains first "5 rows of this run" "first"
                    let folder = Directory.GetDirectories root |> Array.exactlyOne
                    let spec = Path.Combine(folder, "spec.toml")

                    for copy in [ 1; 2 ] do
                        let other = $"{folder}-{copy}"
                        Directory.CreateDirectory other |> ignore

                        for file in Directory.GetFiles folder do
                            File.Copy(file, Path.Combine(other, Path.GetFileName file))

                        let own = File.ReadAllText(spec).Replace("metrics = \"auto\"", "metrics = \"Mine\"")
                        File.WriteAllText(Path.Combine(other, "spec.toml"), own)

                    let second = run [ "seed"; "2" ]
                    Expect.stringContains second "5 rows of this run" "the other run's rows are not counted"
                    let lines = second.Split '\n'
                    let unread = lines |> Array.filter _.Contains("cannot be read here")
                    Expect.hasLength unread 1 "told once"
                    Expect.contains lines "  and 1 more" "the others are counted")

            testCase "run says which rows it adds besides its own"
            <| fun () ->
                RobustMeta.Tests.TempFolder.within (fun root ->
                    let run seed =
                        CapturedCommand.run
                            [ "run"; "bias"; "out"; root; "userNum"; "120"; "shiftDraws"; "2"; "seed"; seed ]
                        |> snd

                    Expect.isFalse ((run "1").Contains "also added") "its own alone"
                    // As a script leaves its folder.
                    File.Delete(Path.Combine(root, "performance.csv"))

                    Expect.stringContains
                        (run "2")
                        "also took up 5 rows of earlier runs (quick_start, scripts, studies)"
                        "the other's")

            testCase "quick_start leaves tables, figure and both runs"
            <| fun () ->
                RobustMeta.Tests.TempFolder.within (fun root ->
                    let code, text = CapturedCommand.run ([ "quick_start"; "out"; root ] @ tiny)
                    Expect.equal code 0 text

                    for file in [ "summary.md"; "summary.csv"; "figure.html" ] do
                        Expect.isTrue (File.Exists(Path.Combine(root, file))) file

                    Expect.hasLength (Directory.GetDirectories root) 6 "plain and robust, three seeds")
        ]
