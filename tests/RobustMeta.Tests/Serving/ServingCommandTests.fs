/// `recommend`, `predict` and `explain` on the command line.
module RobustMeta.Tests.Serving.ServingCommandTests

open System
open System.IO
open Expecto
open RobustMeta.Scripts
open RobustMeta.Serving
open RobustMeta.Tests
open RobustMeta.Tests.ServedRun

let private run = lazy (train (TempFolder.untilExit ()) "MetaPMF" [])

/// Exit code, output and errors of a command.
let private call (words: string list) =
    let out, error = Console.Out, Console.Error
    use output = new StringWriter()
    use errors = new StringWriter()
    Console.SetOut output
    Console.SetError errors

    try
        let code = CommandLine.run words
        code, output.ToString(), errors.ToString()
    finally
        Console.SetOut out
        Console.SetError error

let private asText (rows: struct (string * float32) list) =
    rows |> List.map (fun struct (item, value) -> FormattableString.Invariant $"{item},{value}")

let private task () = run.Value.Prepared.Split.Test[0]

let private inFile (name: string) (lines: string list) (test: string -> unit) =
    TempFolder.within (fun root ->
        let path = Path.Combine(root, name)
        TempFolder.write (String.concat "\n" lines + "\n") path
        test path)

let private refused (words: string list) (parts: string list) =
    let code, _, errors = call words
    Expect.equal code 2 "exit code"

    for part in parts do
        Expect.stringContains errors part "error"

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

            testCase "explain names the ratings by what the score is without them"
            <| fun () ->
                let rated, item = ratingsOf run.Value (task ()).Support, (itemsOf run.Value (task ()).Query)[0]
                use model = ColdStartModel.Load run.Value.Folder
                let because = Explanation.Of(model, rated, null, item)
                Expect.equal because.Influences.Count rated.Length "ratings"
                let struct (first, _) = rated.Head
                let without = (model.For(rated.Tail).Score [| item |])[0]
                let own = because.Influences |> Seq.find (fun i -> i.Item = first)
                Expect.equal own.Change (because.Score - without) "change"

                inFile "mine.csv" ("item,rating" :: asText rated) (fun mine ->
                    let code, output, errors = call [ "explain"; run.Value.Folder; "ratings"; mine; "item"; item ]

                    Expect.equal code 0 errors
                    Expect.stringContains output "moves the score by" "table")

            testCase "input that cannot be meant is refused in a line"
            <| fun () ->
                let folder = run.Value.Folder
                refused [ "recommend" ] [ "needs the folder of a run" ]
                refused [ "recommend"; folder; "tops"; "3" ] [ "no setting 'tops'"; "did you mean 'top'" ]
                refused [ "recommend"; folder; "top"; "0" ] [ "top is '0'"; "1 or more" ]
                refused [ "recommend"; folder; "ratings"; "no.csv" ] [ "There is no file no.csv" ]

                inFile "two.csv" [ "user,item,rating"; "a,1,5"; "b,1,5" ] (fun file ->
                    refused [ "recommend"; folder; "ratings"; file ] [ "several users"; "predict" ])

                inFile "mixed.csv" [ "user,item,rating"; "a,1,5"; "b,1,5"; "a,2," ] (fun file ->
                    refused [ "predict"; folder; file ] [ "line 4"; "sort the file by user" ])

                inFile "bad.csv" [ "item,rating"; "1,five" ] (fun file ->
                    refused [ "recommend"; folder; "ratings"; file ] [ "line 2"; "expected a rating" ])
        ]
