/// Files of ratings outside of a catalog: how they are written is a setting of the command, and what looks wrong in them is said.
module RobustMeta.Tests.Serving.RatedFileTests

open System
open System.IO
open Expecto
open RobustMeta.Data
open RobustMeta.Experiments
open RobustMeta.Runtime
open RobustMeta.Scripts.Serving
open RobustMeta.Serving
open RobustMeta.Serving.Monitoring
open RobustMeta.Settings
open RobustMeta.Tests
open RobustMeta.Tests.ServedRun

let private run = lazy (train (TempFolder.untilExit ()) "MetaPMF" [])

let private inFile (name: string) (text: string) (test: string -> unit) =
    TempFolder.within (fun root ->
        let path = Path.Combine(root, name)
        TempFolder.write text path
        test path)

let private rows (settings: (string * string) list) (path: string) =
    [
        for row in RatedRows.Read(RatedFileSettings.file path (Map.ofList settings)) ->
            row.User, row.Item, Option.ofNullable row.Rating
    ]

let private refusal (action: unit -> unit) =
    let mutable message = ""

    try
        action ()
    with
    | :? DataFormatException
    | :? SettingException
    | :? FileNotFoundException as error -> message <- error.Message

    Expect.isNotEmpty message "refused"
    message

let private settings =
    testList
        "settings"
        [
            testCase "a column that may hold ratings and is not recognised is told, with the setting to add"
            <| fun () ->
                let told (settings: (string * string) list) (text: string) =
                    let notes = ResizeArray<string>()

                    inFile "r.csv" text (fun path ->
                        let file =
                            RatedFileSettings.file path (Map.ofList settings)
                            |> fun file -> RatedFile(path, Rating = file.Rating, Note = Action<string> notes.Add)

                        RatedRows.Read file |> Seq.length |> ignore)

                    List.ofSeq notes

                let note = List.exactlyOne (told [] "item,grade,shop\nx,5,a\ny,3,b\n")
                Expect.stringContains note "no column of ratings is recognised beside grade, shop" "columns"
                Expect.stringEnds note "add to the command: ratingColumn grade" "remedy"
                Expect.isEmpty (told [ "ratingColumn", "grade" ] "item,grade\nx,5\n") "named"
                Expect.isEmpty (told [] "item,rating,shop\nx,5,a\n") "recognised"
                Expect.isEmpty (told [] "item\nx\n") "a list of items"
                Expect.isEmpty (told [] "user,item\na,x\n") "users and items"
                Expect.isEmpty (told [] "x,5\ny,4\n") "no header"

            testCase "a file that is written otherwise is read by its settings"
            <| fun () ->
                let text = "kunde;artikel;note\nä;x;3,5\nö;y;4\nö;z;k.A.\n"

                TempFolder.within (fun root ->
                    let path = Path.Combine(root, "r.csv")
                    TempFolder.writeLatin1 text path

                    let given =
                        [
                            "userColumn", "kunde"
                            "itemColumn", "2"
                            "ratingColumn", "note"
                            "encoding", "latin1"
                            "decimal", ","
                            "missing", "k.A."
                        ]

                    Expect.equal (rows given path) [ "ä", "x", Some 3.5f; "ö", "y", Some 4f; "ö", "z", None ] "rows")

            testCase "separator, quotes and header are settings too"
            <| fun () ->
                inFile "r.txt" "a|\"x|3\nb|y|4\n" (fun path ->
                    let given = [ "separator", "|"; "quoted", "false"; "header", "false" ]
                    Expect.equal (rows given path) [ "a", "\"x", Some 3f; "b", "y", Some 4f ] "rows")

                inFile "r.csv" "3,x,a\n4,y,b\n" (fun path ->
                    let given = [ "itemColumn", "2"; "ratingColumn", "1" ]
                    Expect.equal (rows given path) [ "", "x", Some 3f; "", "y", Some 4f ] "columns by position"

                    Expect.stringContains
                        (refusal (fun () -> rows [ "ratingColumn", "1" ] path |> ignore))
                        "add to the command: itemColumn"
                        "the item has to be named then")

            testCase "ratings come from Parquet files too"
            <| fun () ->
                TempFolder.within (fun root ->
                    let path = Path.Combine(root, "r.parquet")

                    let columns =
                        [|
                            ParquetColumn<string * float>.Text("item", fst)
                            ParquetColumn<string * float>.Number("rating", snd)
                        |]

                    ParquetFile.Write(path, [ "x", 4.5; "y", 1.0 ], columns)

                    Expect.equal (rows [] path) [ "", "x", Some 4.5f; "", "y", Some 1f ] "rows")

            for name, value, expected in
                [
                    "decimal", ";", "decimal is ';'; expected . or ,"
                    "encoding", "ansi", "encoding is 'ansi'; expected utf8 or latin1 or utf16"
                    "header", "yes", "header is 'yes'; expected true or false"
                    "separator", "", "separator is ''; expected what stands between two fields"
                ] do
                testCase $"a value that cannot be meant is refused: {name} {value}"
                <| fun () ->
                    Expect.equal
                        (refusal (fun () -> RatedFileSettings.file "r.csv" (Map [ name, value ]) |> ignore))
                        expected
                        "message"
        ]

let private remedies =
    testList
        "remedies"
        [
            for name, bytes, remedy in
                [
                    "a decimal comma", "item;rating\nx;3,5\n"B, "add to the command: decimal ,"
                    "Latin-1", Text.Encoding.Latin1.GetBytes "item,rating\nä,3\n", "add to the command: encoding latin1"
                    "no item", "thing,rating\nx,3\n"B, "in the command: itemColumn NAME"
                    "quotes", "item,rating\n\"a,3\nb,4\n\"c,5\n"B, "add to the command: quoted false"
                ] do
                testCase $"an error names what the command has: {name}"
                <| fun () ->
                    TempFolder.within (fun root ->
                        let path = Path.Combine(root, "r.csv")
                        TempFolder.writeBytes bytes path
                        let message = refusal (fun () -> rows [] path |> ignore)
                        Expect.stringContains message remedy "remedy"
                        Expect.isFalse (message.Contains " = ") "no line of a catalog")

            testCase "files without settings have a remedy in the file"
            <| fun () ->
                TempFolder.within (fun root ->
                    let path = Path.Combine(root, "t.csv")
                    TempFolder.writeLatin1 "item,title\nx,Ä\n" path
                    let message = refusal (fun () -> RatedRows.ReadTitles path |> ignore)
                    Expect.stringContains message "save it as UTF-8" "remedy"
                    Expect.isFalse (message.Contains "latin1") "no setting")

            testCase "limits that no catalog has are none to raise"
            <| fun () ->
                inFile "r.csv" ("item,rating\n" + String('x', 17 <<< 20) + ",3\n") (fun path ->
                    let message = refusal (fun () -> rows [] path |> ignore)
                    Expect.stringContains message "leave out what is not read, or split the file" "remedy"
                    Expect.isFalse (message.Contains "catalog") "no catalog")
        ]

let private texts =
    testList
        "texts"
        [
            testCase "a file of titles without a column of titles is refused"
            <| fun () ->
                inFile "t.csv" "item,year\nx,1999\n" (fun path ->
                    let message = refusal (fun () -> RatedRows.ReadTitles path |> ignore)
                    Expect.stringContains message "expected a column of titles, such as title" "what"
                    Expect.stringContains message "found item, year. Give it the header title" "remedy")

            testCase "titles are found under usual headers"
            <| fun () ->
                inFile "t.csv" "movieId\tmovie_title:token_seq\n1\tHeat\n" (fun path ->
                    let titles = RatedRows.ReadTitles path
                    Expect.equal titles["1"] "Heat" "title")

            testCase "an item with two titles, or a user with two rows, is refused; equal rows are one"
            <| fun () ->
                inFile "t.csv" "item,title\nx,A\nx,A\nx,B\n" (fun path ->
                    let message = refusal (fun () -> RatedRows.ReadTitles path |> ignore)
                    Expect.stringContains message "line 4" "place"
                    Expect.stringContains message "one title for each item" "what")

                inFile "u.csv" "user,age\na,30\na,31\n" (fun path ->
                    let message = refusal (fun () -> RatedRows.ReadTexts(path, "user") |> ignore)
                    Expect.stringContains message "line 3" "place"
                    Expect.stringContains message "one row for each user" "what")
        ]

let private told =
    testList
        "said of ratings"
        [
            testCase "ratings far off the scale of the training are told with both scales"
            <| fun () ->
                use model = ColdStartModel.Load run.Value.Folder
                let item place = model.Items[place]
                let least, most = model.Scale.Least, model.Scale.Most
                let values = run.Value.Prepared.Dataset.Ratings.Values
                Expect.equal (least, most) (Seq.min values, Seq.max values) "the scale is that of the data"
                let user = model.For [ struct (item 0, 80f); struct (item 1, 5f); struct (item 2, 0f) ]
                let off = user.OffScale
                Expect.equal (off.Far, off.Given, off.Least, off.Most) (2L, 3L, 0f, 80f) "what"

                let expected =
                    FormattableString.Invariant
                        $"2 of 3 ratings lie far off the scale that the model was trained on: given 0 to 80, trained on {least} to {most}. Put the ratings on that scale."

                Expect.contains user.Notes expected "note"
                Expect.isNull (model.For [ struct (item 0, least); struct (item 1, most) ]).OffScale "on the scale"
                Expect.isNull (model.For [ struct (item 0, most + 0.1f) ]).OffScale "a little beyond"

            testCase "data without ratings have no scale"
            <| fun () ->
                let clicks = trainOn (positives ()) (TempFolder.untilExit ()) "MetaPMF" []
                use model = ColdStartModel.Load clicks.Folder
                Expect.isNull model.Scale "scale"
                Expect.isNull (model.For [ struct (model.Items[0], 100f) ]).OffScale "nothing to compare with"

            testCase "a file says both, and which of doubled ratings counts"
            <| fun () ->
                use model = ColdStartModel.Load run.Value.Folder
                let a, b = model.Items[0], model.Items[1]
                let text = $"user,item,rating\nu,{a},90\nu,{b},4\nu,{a},2\nu,{a},3\nv,{a},1\nv,{b},\n"

                inFile "r.csv" text (fun path ->
                    let rows = FilePredictions model
                    let scored = List.ofSeq (rows.Of path)
                    Expect.equal (scored.Length, rows.Scored) (1, 1L) "scored"
                    Expect.equal rows.Repeated.Pairs 1L "pairs"

                    Expect.equal
                        rows.Repeated.Note
                        $"1 pair of user and item is rated more than once, and the last rating counts: u {a}."
                        "note"

                    Expect.equal (rows.OffScale.Far, rows.OffScale.Given, rows.OffScale.Most) (1L, 5L, 90f) "scale")

                inFile "m.csv" (text.Replace($"v,{b},\n", $"v,{b},5\n")) (fun path ->
                    let arrivals = Arrivals.Read(path, model)
                    Expect.equal arrivals.Repeated.Pairs 1L "pairs"
                    Expect.equal (List.ofSeq arrivals.Repeated.First) [ struct ("u", a) ] "named"
                    Expect.equal (arrivals.OffScale.Far, arrivals.OffScale.Given) (1L, 6L) "scale"
                    let own = arrivals.Users |> Seq.find (fun user -> user.Name = "u")
                    Expect.contains own.Ratings (struct (a, 3f)) "the last counts")
        ]

[<Tests>]
let tests = testList "Files of ratings" [ settings; remedies; texts; told ]
