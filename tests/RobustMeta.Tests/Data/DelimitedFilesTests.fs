module RobustMeta.Tests.Data.DelimitedFilesTests

open System.IO
open Expecto
open RobustMeta.Data
open RobustMeta.Tests.ReadRatings
open RobustMeta.Tests.TempFolder

// Delimited files, described by a catalog of the folder

/// Reads the data set 'own' by columns and files.
let private withOwn (duplicates: string) columns (files: (string * string) list) (test: string -> unit) =
    within (fun root ->
        let names = files |> List.map (fun (name, _) -> $"\"{name}\" = \"\"") |> String.concat "\n"

        let catalog =
            $"[own]\nreader = \"delimited\"\nlabelThreshold = 4\nduplicates = \"{duplicates}\"\n[own.files]\n{names}\n[own.columns]\n{columns}\n"

        write catalog (Path.Combine(root, "catalog.toml"))

        for name, text in files do
            write text (Path.Combine(root, "own", name))

        test root)

let private readOwn duplicates columns files =
    let mutable read = Unchecked.defaultof<Ratings>
    withOwn duplicates columns files (fun root -> read <- load root "own")
    read

let private plain = "ratings = \"r.csv\"\nuser = \"u\"\nitem = \"i\"\nrating = \"r\"\n"
let private timed = plain + "time = \"t\"\n"

let private delimited =
    testList
        "delimited"
        [
            testCase "columns in any order, with or without header, rating and time"
            <| fun () ->
                let r = readOwn "keepLast" timed [ "r.csv", "t,r,x,i,u\n5.9,4,-,a,b\n6,2.5,-,c,d\n" ]
                Expect.equal (rows r, times r) ([ "b", "a", 4.0; "d", "c", 2.5 ], [ 5L; 6L ]) "with header"
                let byPlace = "ratings = \"r.csv\"\nuser = \"2\"\nitem = \"1\"\nheader = false\nseparator = \"\\\\t\"\n"
                let r = readOwn "keepLast" byPlace [ "r.csv", "a\tb\nc\td\n" ]
                Expect.equal (rows r) [ "b", "a", 1.0; "d", "c", 1.0 ] "positives alone, by position, tabs"

            testCase "quoted fields hold separators, line breaks, doubled and escaped quotes"
            <| fun () ->
                let text = "u,i,r\n\"a,b\",\"one\r\ntwo\",1\n\"say \"\"hi\"\"\",x,2\nin\"side,\"\"\"y\",3\n"
                let r = readOwn "keepLast" plain [ "r.csv", text ]

                Expect.equal
                    (rows r)
                    [ "a,b", "one\ntwo", 1.0; "say \"hi\"", "x", 2.0; "in\"side", "\"y", 3.0 ]
                    "quotes doubled"

                let escaped = "u,i,r\n\"a\\\"b\",\"c\\\\\",1\n\"d\\,e\",f\\g,2\n"
                let r = readOwn "keepLast" (plain + "backslash = true\n") [ "r.csv", escaped ]
                Expect.equal (rows r) [ "a\"b", "c\\", 1.0; "d,e", "f\\g", 2.0 ] "quotes escaped"
                let r = readOwn "keepLast" (plain + "quoted = false\n") [ "r.csv", "u,i,r\n\"a,b\",1\n" ]
                Expect.equal (rows r) [ "\"a", "b\"", 1.0 ] "quotes are no quotes"

            testCase "a quoted field that is never closed is named by where it starts"
            <| fun () ->
                withOwn "keepLast" plain [ "r.csv", "u,i,r\na,b,1\na,\"c,2\nd,e,3\n" ] (fun root ->
                    malformed root "own" ("r.csv", 3L, 2) [ "expected a closing quote" ])

            testCase "values that stand for no rating are counted and left out"
            <| fun () ->
                let r = readOwn "keepLast" (plain + "notRated = [-1, 0]\n") [ "r.csv", "u,i,r\na,x,-1\na,y,3\nb,x,0\n" ]
                Expect.equal (rows r) [ "a", "y", 3.0 ] "rows"
                Expect.equal (r.Report.Unrated, r.Report.Rows) (2L, 1L) "counts"

            testCase "an unknown column names the nearest"
            <| fun () ->
                withOwn "keepLast" plain [ "r.csv", "u,i,rr\na,x,1\n" ] (fun root ->
                    malformed
                        root
                        "own"
                        ("r.csv", 1L, 0)
                        [ "expected a column 'r'"; "did you mean"; "'rr'"; "Columns: u, i, rr" ])

            testCase "a file without header has no named columns"
            <| fun () ->
                withOwn "keepLast" (plain + "header = false\n") [ "r.csv", "a,x,1\n" ] (fun root ->
                    malformed root "own" ("r.csv", 0L, 0) [ "position from 1, not by 'u'" ])

            for name, text, line, column, part in
                [
                    "a rating that is no number", "u,i,r\na,x,1\nb,x,good\n", 3L, 3, "a rating, found 'good'"
                    "a missing rating", "u,i,r\na,x\n", 2L, 3, "after 2 fields"
                    "an empty item", "u,i,r\na,,1\n", 2L, 2, "an item, found ''"
                    "a file without a line", "", 1L, 0, "found an empty file"
                ] do
                testCase name
                <| fun () ->
                    withOwn "keepLast" plain [ "r.csv", text ] (fun root ->
                        malformed root "own" ("r.csv", line, column) [ part ])

            testCase "features of all kinds, missing ones unknown"
            <| fun () ->
                let columns =
                    plain
                    + "users = \"u.csv\"\nusersId = \"id\"\nuserFeatures = [\"job\", \"age:number\"]\n"
                    + "items = \"i.csv\"\nitemsId = \"id\"\nitemFeatures = [\"g=genre:bag:,\"]\n"

                let users = "u.csv", "id,job,age\na,cook,30.5\nb,NULL,NULL\nc,,\n"
                let items = "i.csv", "id,g\nx,\"Action, Drama,\"\ny,\n"
                let r = readOwn "keepLast" columns [ "r.csv", "u,i,r\na,x,1\nb,x,1\nc,x,1\nd,x,1\n"; users; items ]
                Expect.equal (ofUser r "job" "a") [ "cook" ] "token"

                for user in [ "b"; "c"; "d" ] do
                    Expect.equal (ofUser r "job" user) [ Vocabulary.Unknown ] $"job of {user}"

                let ages = (r.UserFeatures.Find "age" :?> FloatColumn).Values
                Expect.equal ages[0] 30.5f "number"
                Expect.isTrue (ages |> Seq.skip 1 |> Seq.forall System.Single.IsNaN) "missing numbers"

                Expect.equal
                    (ofItem r "genre" "x", ofItem r "genre" "y")
                    ([ "Action"; "Drama" ], [])
                    "bags, and a new name"

                Expect.equal r.Report.UsersWithoutFeatures 1 "user d has no line"

            testCase "identifiers of ISO-8859-1 files join, and stay distinct"
            <| fun () ->
                let columns = plain + "latin1 = true\nitems = \"i.csv\"\nitemsId = \"id\"\nitemFeatures = [\"g\"]\n"

                withOwn "keepLast" columns [ "r.csv", ""; "i.csv", "" ] (fun root ->
                    writeLatin1 "u,i,r\na,\u00e9,1\na,\u00e8,2\n" (Path.Combine(root, "own", "r.csv"))
                    writeLatin1 "id,g\n\u00e8,na\u00efve\n\u00e9,x\n" (Path.Combine(root, "own", "i.csv"))
                    let r = load root "own"
                    Expect.equal (rows r) [ "a", "\u00e9", 1.0; "a", "\u00e8", 2.0 ] "rows"
                    Expect.equal (ofItem r "g" "\u00e8") [ "na\u00efve" ] "feature"
                    Expect.equal r.Report.ItemsWithoutFeatures 0 "joined")
        ]

// (a, x) is rated three times; in time order 4 (time 1), 5 (time 2), 3 (time 3).
let private duplicates =
    let text = "u,i,r,t\na,x,5,2\na,y,1,9\na,x,3,3\na,x,4,1\n"

    testList
        "duplicates"
        [
            for rule, withTimes, without in
                [ "keepLast", (3.0, 3L), 4.0; "keepFirst", (4.0, 1L), 5.0; "mean", (4.0, 3L), 4.0 ] do
                testCase rule
                <| fun () ->
                    let r = readOwn rule timed [ "r.csv", text ]

                    Expect.equal
                        (rows r, times r)
                        ([ "a", "x", fst withTimes; "a", "y", 1.0 ], [ snd withTimes; 9L ])
                        "by time"

                    Expect.equal (r.Report.Rows, r.Report.Duplicates) (4L, 2L) "counts"

                    Expect.equal
                        (string r.Report.DuplicateRule)
                        (string rule[0] |> _.ToUpperInvariant() |> fun c -> c + rule[1..])
                        "rule"

                    let r = readOwn rule plain [ "r.csv", text ]
                    Expect.equal (rows r) [ "a", "x", without; "a", "y", 1.0 ] "by place"
                    Expect.isEmpty (times r) "no times"

            testCase "equal times: the place in the file decides"
            <| fun () ->
                let text = "u,i,r,t\na,x,5,2\na,x,3,2\na,y,1,7\n"
                Expect.equal (rows (readOwn "keepLast" timed [ "r.csv", text ])).Head ("a", "x", 3.0) "last"
                Expect.equal (rows (readOwn "keepFirst" timed [ "r.csv", text ])).Head ("a", "x", 5.0) "first"

            testCase "refuse names user, item and line"
            <| fun () ->
                withOwn "refuse" timed [ "r.csv", text ] (fun root ->
                    malformed root "own" ("r.csv", 4L, 0) [ "user 'a' rates item 'x' a second time" ])
        ]

let private recBole =
    let put (files: (string * string) list) root =
        let catalog = "[atomic]\nreader = \"recbole\"\nlabelThreshold = 4\n[atomic.files]\n\"d.inter\" = \"\"\n"
        write catalog (Path.Combine(root, "catalog.toml"))

        for name, text in files do
            write text (Path.Combine(root, "atomic", name))

    testList
        "RecBole"
        [
            testCase "ratings, times and all features"
            <| fun () ->
                within (fun root ->
                    put
                        [
                            "d.inter",
                            "user_id:token\titem_id:token\trating:float\ttimestamp:float\na\tx\t4.5\t8.8e2\nb\ty\t1\t881\n"
                            "d.user", "user_id:token\tage:float\tjob:token\na\t24\tcook\nb\t\t\n"
                            "d.item",
                            "title:token\titem_id:token\tgenres:token_seq\nIt \"is\tx\tAction Drama\nY\ty\t\n"
                        ]
                        root

                    let r = load root "atomic"
                    Expect.equal (rows r, times r) ([ "a", "x", 4.5; "b", "y", 1.0 ], [ 880L; 881L ]) "rows"
                    let ages = (r.UserFeatures.Find "age" :?> FloatColumn).Values
                    Expect.equal ages[0] 24.0f "age"
                    Expect.isTrue (System.Single.IsNaN ages[1]) "missing age"
                    Expect.equal (ofUser r "job" "a", ofUser r "job" "b") ([ "cook" ], [ Vocabulary.Unknown ]) "job"
                    Expect.equal (ofItem r "genres" "x", ofItem r "genres" "y") ([ "Action"; "Drama" ], []) "genres"
                    Expect.equal (ofItem r "title" "x") [ "It \"is" ] "quotes mean nothing")

            testCase "interactions alone are positives"
            <| fun () ->
                within (fun root ->
                    put [ "d.inter", "item_id:token\tuser_id:token\nx\ta\n" ] root
                    let r = load root "atomic"
                    Expect.equal (rows r) [ "a", "x", 1.0 ] "rows"
                    Expect.isEmpty r.ItemFeatures.Columns "no features")

            testCase "a column of an unknown type is named by its place"
            <| fun () ->
                within (fun root ->
                    put
                        [
                            "d.inter", "user_id:token\titem_id:token\na\tx\n"
                            "d.user", "face:image\tuser_id:token\n1 2\ta\n"
                        ]
                        root

                    malformed root "atomic" ("d.user", 1L, 1) [ "found 'face:image'"; "remove the column" ])

            testCase "a missing identifier column names the nearest"
            <| fun () ->
                within (fun root ->
                    put [ "d.inter", "userid:token\titem_id:token\na\tx\n" ] root
                    malformed root "atomic" ("d.inter", 1L, 0) [ "'user_id:token'"; "did you mean 'userid:token'" ])

            testCase "two files of interactions are refused"
            <| fun () ->
                within (fun root ->
                    put [ "d.inter", "user_id:token\titem_id:token\n"; "e.inter", "" ] root
                    let error = Expect.throwsC (fun () -> load root "atomic" |> ignore) id
                    Expect.isTrue (error :? FileNotFoundException) $"{error}"
                    Expect.stringContains error.Message "it holds 2" "count")
        ]

[<Tests>]
let tests = testList "DelimitedFiles" [ delimited; duplicates; recBole ]
