/// `recommend` and `predict` on the command line, and what all commands of serving refuse and say.
module RobustMeta.Tests.Serving.ServingCommandTests

open System
open System.IO
open Expecto
open RobustMeta.Scripts
open RobustMeta.Serving
open RobustMeta.Tests
open RobustMeta.Tests.ServedRun
open RobustMeta.Tests.ServedCommand

[<Tests>]
let tests =
    testList
        "Serving commands"
        [
            testCase "recommend prints the model's best items, with deviation and title, and names what is unknown"
            <| fun () ->
                let rated = ratingsOf run.Value (task ()).Support

                inFile "mine.csv" ("item,rating" :: "ghost,5" :: asText rated) (fun mine ->
                    use model = ColdStartModel.Load run.Value.Folder
                    let best = model.For(rated).Recommend 3
                    let lines = [ for item in model.Items.Tokens -> $"{item},\"Film, {item}\"" ]

                    inFile "titles.csv" ("item,title" :: lines) (fun titles ->
                        let code, output, errors =
                            call [ "recommend"; run.Value.Folder; "ratings"; mine; "top"; "3"; "titles"; titles ]

                        Expect.equal code 0 errors

                        Expect.stringContains errors "1 rated item is unknown to the model and left out: ghost" "note"

                        Expect.stringContains output "deviation" "a column"

                        for r in best do
                            Expect.stringContains output $"Film, {r.Item}" "title of an item"))

            testCase "an empty rating among others is refused, and a file without any lists positives"
            <| fun () ->
                inFile "mine.csv" [ "item,rating"; "i1,5"; "i2," ] (fun mine ->
                    refused
                        [ "recommend"; run.Value.Folder; "ratings"; mine ]
                        [ "mine.csv, line 3"; "'i2' has no rating, while others have one" ])

            testCase "nothing is written among the files of a finished run"
            <| fun () ->
                inFile "users.csv" [ "user,item,rating"; "a,i1,5"; "a,i2," ] (fun users ->
                    let folder = run.Value.Folder

                    let files () =
                        [ for file in Directory.GetFiles folder |> Array.sort -> file, File.ReadAllText file ]

                    let before = files ()

                    for words in
                        [
                            [ "predict"; folder; users; "out"; Path.Combine(folder, "done") ]
                            [ "predict"; folder; users; "out"; Path.Combine(folder, "new.csv") ]
                            [ "export"; folder; "onnx"; "out"; Path.Combine(folder, "model.safetensors") ]
                            [ "tasks"; "export"; folder; "out"; folder ]
                            [ "monitor"; folder; users; "out"; folder ]
                        ] do
                        refused words [ "out is"; "the folder of a finished run" ]

                    Expect.equal (files ()) before "the run's files")

            testCase "predict scores the rows without a rating, user by user"
            <| fun () ->
                let rated, items = ratingsOf run.Value (task ()).Support, itemsOf run.Value (task ()).Query

                let rows name =
                    [
                        for line in asText rated -> $"{name},{line}"
                        for item in items -> $"{name},{item},"
                    ]

                inFile "users.csv" ("user,item,rating" :: rows "a" @ rows "b" @ [ "c,ghost," ]) (fun users ->
                    let out = users + ".scores"
                    let code, _, errors = call [ "predict"; run.Value.Folder; users; "out"; out ]
                    Expect.equal code 0 errors
                    Expect.stringContains errors "3 users, 1 of them scored by the model's prior" "users"
                    Expect.stringContains errors "1 item is unknown to the model and without a score: ghost" "items"
                    let lines = File.ReadAllLines out
                    Expect.equal lines[0] "user,item,score,deviation,ratings" "header"
                    Expect.equal lines.Length (2 + 2 * items.Length) "rows"
                    use model = ColdStartModel.Load run.Value.Folder
                    let expected = model.For(rated).Score items

                    for i in 0 .. items.Length - 1 do
                        let cells = lines[1 + i].Split ','
                        Expect.equal cells[1] items[i] "item"
                        let score = Single.Parse(cells[2], Globalization.CultureInfo.InvariantCulture)
                        Expect.equal score expected[i] "score"
                        Expect.equal lines[1 + items.Length + i] ("b" + lines[1 + i].Substring 1) "the other user"

                    Expect.equal (Array.last lines) "c,ghost,,,0" "an unknown item")

            testCase "names from a file do not act on the terminal, and an item rated twice is said"
            <| fun () ->
                let struct (item, _) = (ratingsOf run.Value (task ()).Support).Head

                inFile "mine.csv" [ "item,rating"; $"{item},5"; $"{item},1"; "\u001b[31mred,5" ] (fun mine ->
                    let code, _, errors = call [ "recommend"; run.Value.Folder; "ratings"; mine ]
                    Expect.equal code 0 errors
                    Expect.isFalse (errors.Contains '\u001b') "no sequence"
                    Expect.stringContains errors @"left out: \u001b[31mred." "the name, spelt out"

                    Expect.stringContains
                        errors
                        $"1 item is rated more than once, and the last rating counts: {item}."
                        "note")

                inFile "users.csv" [ "user,item,rating"; $"a,{item},5"; "a,\u001b[31mred," ] (fun users ->
                    let code, _, errors = call [ "predict"; run.Value.Folder; users; "out"; users + ".scores" ]
                    Expect.equal code 0 errors
                    Expect.isFalse (errors.Contains '\u001b') "no sequence")

                let code, _, errors = call [ "explain"; run.Value.Folder; "ratings"; "no\u001b[31m.csv"; "item"; item ]
                Expect.equal code 2 "exit code"
                Expect.isFalse (errors.Contains '\u001b') "no sequence in an error"

            testCase "out that no file can be written to is refused before any work"
            <| fun () ->
                inFile "users.csv" [ "user,item,rating"; "a,ghost," ] (fun users ->
                    let folder = run.Value.Folder
                    refused [ "predict"; folder; users; "out"; folder ] [ "out is"; "a folder, pipe or device" ]
                    refused [ "predict"; folder; users; "out"; "/dev/null" ] [ "a folder, pipe or device" ]
                    refused [ "predict"; folder; users; "out"; users + ".d/x" ] [ "there is no folder" ]
                    refused [ "export"; folder; "onnx"; "out"; folder ] [ "a folder, pipe or device" ]
                    refused [ "evaluate"; users; "run"; folder; "out"; folder ] [ "a folder, pipe or device" ]
                    refused [ "recommend"; folder; "ratings"; folder ] [ "expected a file, found a folder" ])

            testCase "a run whose files were changed since is not compared with"
            <| fun () ->
                TempFolder.within (fun root ->
                    for path in Directory.GetFiles run.Value.Folder do
                        File.Copy(path, Path.Combine(root, nonNull (Path.GetFileName path)))

                    let table = Path.Combine(root, "users.csv")
                    let lines = File.ReadAllLines table
                    File.WriteAllLines(table, Array.truncate (lines.Length / 2) lines)
                    let code, _, errors = call [ "evaluate"; table; "run"; root ]
                    Expect.equal code 1 "exit code"
                    Expect.stringContains errors "users.csv is missing or is not what the run wrote" "error")

            testCase "no command writes over what it reads"
            <| fun () ->
                let folder = run.Value.Folder

                inFile "users.csv" [ "user,item,rating"; "a,ghost," ] (fun users ->
                    let text = File.ReadAllText users
                    let link = users + ".link"
                    File.CreateSymbolicLink(link, users) |> ignore
                    refused [ "predict"; folder; users; "out"; users ] [ "out is"; "that is read" ]
                    refused [ "predict"; folder; users; "out"; link ] [ "that is read" ]
                    refused [ "export"; folder; "onnx"; "ratings"; users; "out"; users ] [ "that is read" ]
                    refused [ "evaluate"; users; "run"; folder; "out"; users ] [ "that is read" ]
                    Expect.equal (File.ReadAllText users) text "as it was")

            testCase "what is not taken as given is said by every command that adapts"
            <| fun () ->
                let item = run.Value.Prepared.Dataset.Ratings.Items[0]

                inFile "mine.csv" [ "item,rating"; "ghost,5"; $"{item},4"; $"{item},2" ] (fun mine ->
                    let folder = run.Value.Folder
                    let model = mine + ".onnx"

                    for words in
                        [
                            [ "recommend"; folder; "ratings"; mine ]
                            [ "explain"; folder; "ratings"; mine; "item"; item ]
                            [ "export"; folder; "onnx"; "ratings"; mine; "out"; model ]
                        ] do
                        let code, output, errors = call words
                        Expect.equal code 0 errors

                        Expect.stringContains
                            errors
                            "1 rated item is unknown to the model and left out: ghost"
                            words[0]

                        Expect.stringContains errors "1 item is rated more than once" words[0]

                        if words[0] = "export" then
                            Expect.stringContains output "for a user of 1 rating" "those that were taken"

                    refused [ "recommend"; folder; "features"; "segment=a,segment=b" ] [ "gives segment twice" ])

            testCase "weights that the run did not write are said, what else was changed is refused"
            <| fun () ->
                TempFolder.within (fun root ->
                    for path in Directory.GetFiles run.Value.Folder do
                        File.Copy(path, Path.Combine(root, nonNull (Path.GetFileName path)))

                    let flip name =
                        let path = Path.Combine(root, name)
                        let bytes = File.ReadAllBytes path
                        bytes[bytes.Length - 3] <- bytes[bytes.Length - 3] ^^^ 1uy
                        File.WriteAllBytes(path, bytes)

                    let _, _, errors = call [ "recommend"; root ]
                    Expect.isFalse (errors.Contains "weights") "whole"
                    flip "model.safetensors"
                    let code, _, errors = call [ "recommend"; root ]
                    Expect.equal code 0 errors
                    Expect.stringContains errors "the weights are not those that this run wrote" "note"
                    flip "serving.safetensors"
                    let code, _, errors = call [ "recommend"; root ]
                    Expect.equal code 1 "exit code"
                    Expect.stringContains errors "serving.safetensors is missing or is not what the run wrote" "error")

            testCase "a list of files that was cut short, and data that cannot be read, are called that"
            <| fun () ->
                TempFolder.within (fun root ->
                    for path in Directory.GetFiles run.Value.Folder do
                        File.Copy(path, Path.Combine(root, nonNull (Path.GetFileName path)))

                    // Of the same length, so that the file's offsets stay.
                    let serving = Path.Combine(root, "serving.safetensors")
                    let whole = File.ReadAllBytes serving
                    let latin1 = System.Text.Encoding.Latin1

                    for before, after in
                        [ "\"threshold\":\"", "\"threshald\":\""; "\"ratingScale\":\"", "\"ratingScale\":\"x" ] do
                        let text = latin1.GetString whole
                        let at = text.IndexOf(before, System.StringComparison.Ordinal)
                        Expect.isGreaterThan at 0 before

                        let changed = text.Remove(at, after.Length).Insert(at, after) |> latin1.GetBytes

                        File.WriteAllBytes(serving, changed)
                        let code, _, errors = call [ "recommend"; root ]
                        Expect.equal code 1 errors
                        Expect.stringContains errors "serving.safetensors is damaged" before
                        Expect.stringContains errors "Make the run again" before

                    File.WriteAllBytes(serving, whole)
                    let list = Path.Combine(root, "done")
                    let lines = File.ReadAllText list

                    for cut in [ ""; lines[.. lines.Length / 2]; "other" ] do
                        File.WriteAllText(list, cut)
                        let code, _, errors = call [ "recommend"; root ]
                        Expect.equal code 1 errors
                        Expect.stringContains errors "done has no whole list of the run's files" cut)

            testCase "a file on another scale is said by recommend, predict and export"
            <| fun () ->
                let item = run.Value.Prepared.Dataset.Ratings.Items[0]
                let folder = run.Value.Folder

                inFile "mine.csv" [ "item,rating"; $"{item},80" ] (fun mine ->
                    for words in
                        [
                            [ "recommend"; folder; "ratings"; mine ]
                            [ "explain"; folder; "ratings"; mine; "item"; item ]
                            [ "export"; folder; "onnx"; "ratings"; mine; "out"; mine + ".onnx" ]
                        ] do
                        let code, _, errors = call words
                        Expect.equal code 0 errors
                        Expect.stringContains errors "note: 1 of 1 rating lies far off the scale" words[0]
                        Expect.stringContains errors "given 80 to 80, trained on" words[0])

                inFile "users.csv" [ "user,item,rating"; $"a,{item},80"; $"a,{item},90" ] (fun users ->
                    let code, _, errors = call [ "predict"; folder; users; "out"; users + ".scores" ]
                    Expect.equal code 0 errors
                    Expect.stringContains errors "note: 2 of 2 ratings lie far off the scale" "scale"
                    Expect.stringContains errors $"1 pair of user and item is rated more than once" "doubled"
                    Expect.stringContains errors "no row of the file is without a rating" "nothing to score")

            testCase "a user who rated all is told so instead of an empty table"
            <| fun () ->
                let items = run.Value.Prepared.Dataset.Ratings.Items.Tokens

                inFile "mine.csv" ("item,rating" :: [ for item in items -> $"{item},3" ]) (fun mine ->
                    let code, output, errors = call [ "recommend"; run.Value.Folder; "ratings"; mine ]
                    Expect.equal code 0 errors

                    Expect.equal
                        output
                        $"all {items.Length} items that the model knows are rated: none is left to recommend\n"
                        "a sentence")

            testCase "titles of other items are said, and settings of a file that is not there are refused"
            <| fun () ->
                let folder = run.Value.Folder

                inFile "titles.csv" [ "item,title"; "ghost,Casper" ] (fun titles ->
                    let code, _, errors = call [ "recommend"; folder; "titles"; titles ]
                    Expect.equal code 0 errors
                    Expect.stringContains errors "has a title of no item that the model knows" "note")

                inFile "titles.csv" [ "item,year"; "ghost,1995" ] (fun titles ->
                    refused [ "recommend"; folder; "titles"; titles ] [ "Give it the header title" ])

                refused [ "recommend"; folder; "decimal"; "," ] [ "decimal says how the file of ratings is written" ]

            testCase "how a file is written is told to the command"
            <| fun () ->
                let items = run.Value.Prepared.Dataset.Ratings.Items
                let lines = [ "user;artikel;note"; $"a;{items[0]};3,5"; $"a;{items[1]};" ]
                let own = [ "itemColumn"; "artikel"; "ratingColumn"; "note" ]

                inFile "users.csv" lines (fun users ->
                    let command = [ "predict"; run.Value.Folder; users ] @ own
                    refused command [ "users.csv, line 2, column 3"; "add to the command: decimal ," ]
                    let code, output, errors = call (command @ [ "decimal"; "," ])
                    Expect.equal code 0 errors
                    Expect.stringContains output $"a,{items[1]}," "a score")

            testCase "scores are named, and there"
            <| fun () ->
                inFile "scores.csv" [ "user,testset,item,score" ] (fun scores ->
                    let folder = run.Value.Folder
                    refused [ "evaluate"; scores; "run"; folder; "method"; "" ] [ "method is ''; expected a name" ]
                    refused [ "evaluate"; scores; "run"; folder; "method"; " " ] [ "method is ' '; expected a name" ]

                    refused
                        [ "evaluate"; scores + ".none"; "run"; folder ]
                        [
                            "scores.csv.none; expected scores with the columns user, testset, item, score"
                            "'tasks export RUN"
                        ])

                inFile "scores.csv" [ "user,item,score" ] (fun scores ->
                    let evaluate = [ "evaluate"; scores; "run"; run.Value.Folder ]

                    for words, part in
                        [
                            evaluate, "scores.csv, line 1: expected a column 'testset'"
                            if OperatingSystem.IsLinux() then
                                evaluate @ [ "out"; "/proc/x.csv" ],
                                "out is '/proc/x.csv', but /proc is no folder that results can be written to"
                        ] do
                        let code, output, errors = call words
                        Expect.equal code 2 "exit code"
                        Expect.stringContains errors part "error"
                        Expect.equal output "" "before any preparation")

            if not (OperatingSystem.IsWindows()) then
                testCase "a pipe in the place of a run's file is told and not waited for"
                <| fun () ->
                    for path in Directory.GetFiles run.Value.Folder do
                        let name = nonNull (Path.GetFileName path)

                        TempFolder.within (fun root ->
                            for file in Directory.GetFiles run.Value.Folder do
                                File.Copy(file, Path.Combine(root, nonNull (Path.GetFileName file)))

                            let pipe = Path.Combine(root, name)
                            File.Delete pipe
                            use made = Diagnostics.Process.Start("mkfifo", pipe)
                            made.WaitForExit()

                            let answer =
                                Threading.Tasks.Task.Run(fun () ->
                                    try
                                        ColdStartModel.Load(root).Dispose()
                                        let folder = RobustMeta.Experiments.RunFolder.Open root
                                        folder.RequireWhole()
                                        ""
                                    with error ->
                                        error.Message)

                            Expect.isTrue (answer.Wait 20_000) $"{name}: not waited for"

                            // Times differ between equal runs and stand in no manifest.
                            if name <> "timing.csv" then
                                Expect.stringContains answer.Result name "names the file")

            testCase "input that cannot be meant is refused in a line"
            <| fun () ->
                let folder = run.Value.Folder
                refused [ "recommend" ] [ "needs the folder of a run" ]

                for name in [ "spec.toml"; "model.safetensors" ] do
                    refused
                        [ "recommend"; Path.Combine(folder, name) ]
                        [ $"{name} is a file. Expected the folder of a run"; $"name {folder}." ]

                refused [ "recommend"; folder; "tops"; "3" ] [ "no setting 'tops'"; "did you mean 'top'" ]
                refused [ "recommend"; folder; "top"; "0" ] [ "top is '0'"; "from 1 to 2147483647" ]
                refused [ "recommend"; folder; "ratings"; "no.csv" ] [ "There is no file no.csv" ]

                inFile "two.csv" [ "user,item,rating"; "a,1,5"; "b,1,5" ] (fun file ->
                    refused [ "recommend"; folder; "ratings"; file ] [ "several users"; "predict" ])

                inFile "mixed.csv" [ "user,item,rating"; "a,1,5"; "b,1,5"; "a,2," ] (fun file ->
                    refused [ "predict"; folder; file ] [ "line 4"; "sort the file by user" ])

                inFile "bad.csv" [ "item,rating"; "1,five" ] (fun file ->
                    refused [ "recommend"; folder; "ratings"; file ] [ "line 2"; "expected a rating" ])
        ]
