/// What `data check` finds out of a file and says of it.
module RobustMeta.Tests.Data.FileCheckTests

open System
open System.IO
open Expecto
open RobustMeta.Data
open RobustMeta.Scripts.Data
open RobustMeta.Tests.ReadRatings
open RobustMeta.Tests.TempFolder

[<Tests>]
let tests =
    testList
        "data check"
        [
            for name, text in
                [
                    "header", "userId;movieId;rating\nu1;a;5\nu1;c;1\nu2;b;2\n"
                    "no header", "u1\ta\t5\t1000000000\nu1\tc\t1\t1000000060\nu2\tb\t2\t1000000120\n"
                ] do
                testCase $"the table that it prints reads the file: {name}"
                <| fun () ->
                    within (fun root ->
                        let path = Path.Combine(root, "ratings", "ratings.txt")
                        write text path
                        let check = FileCheck.Of path
                        Expect.isNull check.Problem "read"
                        write check.CatalogTable (Path.Combine(root, "catalog.toml"))
                        Expect.equal (rows (load root "ratings")) (rows check.Ratings) "the same"
                        Expect.equal (rows check.Ratings).Head ("u1", "a", 5.0) "first row"
                        Expect.stringContains check.FirstRows[0] "[u1] [a] [5]" "first row as read")

            testCase "a file of items gives the lines for the table of its ratings; 'when' is a time"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "items.csv")
                    write "item,brand,price,tags\na,x,1.5,red|big\nb,y,2,red\n" path
                    let lines = (FileCheck.Of path).FeatureLines

                    Expect.equal
                        lines
                        "items = \"items.csv\"\nitemsId = \"item\"\nitemFeatures = [\"brand:token\", \"price:number\", \"tags:bag:|\"]\n"
                        "lines"

                    Expect.isTrue (DataCommand.check path) "exit"
                    let ratings = Path.Combine(root, "ratings.csv")
                    write "user,item,rating,when\nu,a,5,2020-01-02\nu,b,1,2020-01-03\n" ratings
                    let check = FileCheck.Of ratings
                    Expect.equal check.FeatureLines "" "a file of ratings"
                    Expect.stringContains check.CatalogTable "time = \"when\"" "time")

            testCase "a catalog in the place of ratings is told to be one, with its data sets"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "catalog.toml")
                    let ratings = Path.Combine(root, "mine.csv")
                    write "user,item,rating\nu,a,5\nu,b,1\n" ratings
                    write ((FileCheck.Of ratings).CatalogTable) path
                    let code, text = RobustMeta.Tests.CapturedCommand.run [ "data"; "check"; path ]
                    Expect.equal code 2 text

                    for part in [ "a catalog of data sets (mine)"; "'data mine'"; "'data check' takes the file" ] do
                        Expect.stringContains text part text

                    Expect.isFalse (text.Contains "separator") "it is not read as a table"
                    write "seeds = [1]\n[shared]\nepoch = 3\n" path

                    Expect.stringContains
                        (nonNull (FileCheck.Of path).Problem)
                        "it is TOML, and holds no ratings"
                        "other"

                    write "seeds = [\n" path
                    Expect.equal (fst (RobustMeta.Tests.CapturedCommand.run [ "data"; "check"; path ])) 2 "no TOML"
                    let _, text = RobustMeta.Tests.CapturedCommand.run [ "data"; "check"; ratings ]
                    Expect.stringContains text "then: ./robustmeta run MeLU dataset mine" "a command as it is run")

            testCase "a file with a row a tag gives lines that make bags of the rows"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "raw", "tags.tsv")
                    write "item\ttag\ttime\na\tred\t1\na\tbig\t2\nb\tred\t3\n" path
                    let lines = (FileCheck.Of path).FeatureLines

                    Expect.equal
                        lines
                        "items = \"tags.tsv\"\nitemsId = \"item\"\nitemsRepeats = \"bag\"\nitemFeatures = [\"tag:bag\"]\n"
                        "lines"

                    write "user,item,rating\nu,a,5\nu,b,1\n" (Path.Combine(root, "raw", "r.csv"))

                    write
                        ("[raw]\nformat = \"delimited\"\nlabelThreshold = 4\n[raw.columns]\nratings = \"r.csv\"\n"
                         + lines)
                        (Path.Combine(root, "catalog.toml"))

                    let r = load root "raw"
                    Expect.equal (ofItem r "tag" "a", ofItem r "tag" "b") ([ "red"; "big" ], [ "red" ]) "bags"

                    let ratings = Path.Combine(root, "mine.csv")
                    write "reader,item,rating\nu,a,5\nv,a,1\n" ratings
                    Expect.equal (FileCheck.Of ratings).FeatureLines "" "ratings under another header of users")

            testCase "unknown headers give a table to complete; two columns of text give a hint"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "mine.csv")
                    write "reader;book;score;when\nu;a;5;1\nu;b;1;2\n" path
                    let check = FileCheck.Of path
                    let choice = "\"?\"  # one of reader, book, score, when"

                    for line in [ $"user = {choice}"; $"item = {choice}"; "rating = \"score\"" ] do
                        Expect.stringContains check.Draft line "draft"

                    Expect.isFalse (DataCommand.check path) "exit"
                    write "book;brand\nb1;x\nb2;y\n" path

                    let notes =
                        [
                            for struct (what, text) in (FileCheck.Of path).Detected do
                                if what = "note" then
                                    text
                        ]

                    Expect.equal notes.Length 1 "a note"
                    Expect.stringContains notes.Head "Call the first column `item`" "remedy"
                    Expect.stringContains notes.Head "If the first row (book, brand) names the columns" "a header"
                    Expect.stringContains notes.Head "set header = true in the table" "how to say so"
                    write "Kunde;Artikel;Marke\nk;b;x\nl;c;y\n" path

                    Expect.exists
                        (FileCheck.Of path).Detected
                        (fun (struct (what, text)) -> what = "note" && text.Contains "(Kunde, Artikel, Marke)")
                        "three columns")

            testCase "ratings under an item header that is not known are no file of users"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "mine.csv")

                    for text in
                        [
                            "user_id,thing,stars,date\nu1,a,5,2020-01-02\nu2,b,1,2020-01-03\n"
                            "user_id,thing\nu1,a\nu1,b\n"
                        ] do
                        write text path
                        let check = FileCheck.Of path
                        Expect.equal check.FeatureLines "" "no lines of features"
                        Expect.stringContains check.Draft "item = \"?\"  # one of" "asks for the item"
                        Expect.isFalse (DataCommand.check path) "exit")

            testCase "a header of unknown words is one where the columns below have digits"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "mine.csv")
                    write "Reader;Note\nu1;4,5\nu2;3\nu3;1,5\n" path

                    Expect.contains
                        [ for struct (what, text) in (FileCheck.Of path).Detected -> what, text ]
                        ("header", "yes")
                        "words above numbers with decimal commas"

                    write "ann;x\nbob;y\nu3;z\n" path

                    Expect.contains
                        [ for struct (what, text) in (FileCheck.Of path).Detected -> what, text ]
                        ("header", "no")
                        "no header")

            testCase "a header without rows is no file of items, and is told what is missing"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "only.csv")
                    let none = "expected rows below the header"

                    for header, problem in
                        [
                            "item,rating",
                            $"{none} (item, rating), found none; of ratings, a column of user identifiers too"
                            "user,item,rating", $"{none} (user, item, rating), found none"
                        ] do
                        write (header + "\n") path
                        let check = FileCheck.Of path
                        Expect.stringContains (nonNull check.Problem) problem header
                        Expect.equal (check.FeatureLines, check.Draft) ("", "") "nothing to paste"
                        Expect.isFalse (DataCommand.check path) "exit")

            testCase "where ratings are missing, the table that leaves such rows out is given after the message"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "mine", "mine.csv")
                    write "user,item,rating\nu1,a,5\nu1,b,\nu2,a,NA\nu2,b,2\nu3,b,\n" path
                    let check = FileCheck.Of path
                    Expect.stringContains (nonNull check.Problem) "mine.csv, line 3, column 3" "place"
                    Expect.stringContains check.CatalogTable "missing = [\"\", \"NA\"]\n" "remedy"
                    write check.CatalogTable (Path.Combine(root, "catalog.toml"))
                    let read = load root "mine"
                    Expect.equal (rows read) [ "u1", "a", 5.0; "u2", "b", 2.0 ] "what is left"
                    Expect.equal read.Report.Unrated 3L "left out"
                    let code, text = RobustMeta.Tests.CapturedCommand.run [ "data"; "check"; path ]
                    Expect.equal code 2 "exit code"

                    for part in [ "cannot be read: "; "3 rows without a rating"; "[mine]"; "missing = [\"\", \"NA\"]" ] do
                        Expect.stringContains text part "printed"

                    write "user,item,rating\nu1,a,5\nu1,b,\nu2,a,good\n" path
                    Expect.equal (FileCheck.Of path).CatalogTable "" "something else is wrong too")

            testCase "without a header, ratings that begin late are found, and missing ones are told"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "late", "late.csv")

                    for missing in [ 1; 30; 1500 ] do
                        let rating i = if i < missing then "" else string (1 + i % 5)
                        let lines = [ for i in 0..1999 -> $"u{i % 100},i{i},{rating i},{1000000000 + i}\n" ]
                        write (String.Concat lines) path
                        let check = FileCheck.Of path
                        Expect.stringContains (nonNull check.Problem) "line 1, column 3" "told"

                        for line in [ "rating = 3\n"; "time = 4\n"; "header = false\n"; "missing = [\"\"]\n" ] do
                            Expect.stringContains check.CatalogTable line "proposed"

                        write check.CatalogTable (Path.Combine(root, "catalog.toml"))
                        let read = load root "late"
                        Expect.equal (read.Count, read.Report.Unrated) (2000 - missing, int64 missing) "read"

                    write "u1,a,5\nu1,b,five\nu2,a,4\n" path
                    let problem = nonNull (FileCheck.Of path).Problem

                    Expect.stringContains
                        problem
                        "line 2, column 3: expected a rating, found 'five'; write a finite"
                        "one text")

            testCase "a header is one above a column of numbers with gaps, and none where it is the missing value"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "mine.csv")

                    for text, header in
                        [ "ann,x,\nbob,y,4\ncy,z,3\n", "no"; "Reader,Book,Note\nann,x,4\nbob,y,\ncy,z,NA\n", "yes" ] do
                        write text path

                        Expect.contains
                            [ for struct (what, text) in (FileCheck.Of path).Detected -> what, text ]
                            ("header", header)
                            text)

            testCase "without a header, a time may stand before the rating or after it, as a number or a date"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "mine", "mine.csv")

                    for one, other in [ "1112486027", "1112486028"; "2005-04-03T00:00:00", "2005-04-04" ] do
                        for text, rating, time in
                            [ $"u,a,{one},5\nu,b,{other},1\n", 4, 3; $"u,a,5,{one}\nu,b,1,{other}\n", 3, 4 ] do
                            write text path
                            let check = FileCheck.Of path

                            Expect.stringContains
                                check.CatalogTable
                                $"item = 2\nrating = {rating}\ntime = {time}\n"
                                text

                            write check.CatalogTable (Path.Combine(root, "catalog.toml"))
                            let read = load root "mine"
                            Expect.equal (rows read) [ "u", "a", 5.0; "u", "b", 1.0 ] text
                            Expect.isTrue (read.Times[0] > 1112400000L) text)

            testCase "numbers below a header that is not known as one of ratings are told"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "mine.csv")

                    let notes text =
                        write text path

                        [
                            for struct (what, text) in (FileCheck.Of path).Detected do
                                if what = "note" then
                                    text
                        ]

                    let told = notes "user,item,when,shop,mark\nu,a,1112486027,x,5\nu,b,1112486028,y,1\n"
                    Expect.equal told.Length 1 "one note"
                    Expect.stringContains told.Head "If mark holds them, set rating = \"mark\" and" "column"
                    Expect.isEmpty (notes "user,item,when,shop\nu,a,1112486027,x\nu,b,1112486028,y\n") "no numbers"
                    Expect.isEmpty (notes "user,item,rating,age\nu,a,5,30\nu,b,1,30\n") "ratings are known")

            testCase "a header with a line end or a control character is shown on one line, and the table reads it"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "mine", "mine.csv")
                    write "\"user\nid\",item,rating\nu,a,5\nu,b,1\n" path
                    let check = FileCheck.Of path

                    Expect.contains
                        [ for struct (what, text) in check.Detected -> what, text ]
                        ("user", "user\\u000aid")
                        "shown"

                    write check.CatalogTable (Path.Combine(root, "catalog.toml"))
                    Expect.equal (rows (load root "mine")) (rows check.Ratings) "read")

            testCase "times in milliseconds are told, and set in the table"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "ms", "ms.csv")

                    for header in [ ""; "user,item,rating,time\n" ] do
                        write (header + "u,a,5,1112486027000\nu,b,1,1112486028000\n") path
                        let check = FileCheck.Of path
                        Expect.stringContains check.CatalogTable "timeFormat = \"milliseconds\"\n" "table"

                        Expect.exists
                            check.Detected
                            (fun (struct (what, text)) ->
                                what = "note"
                                && text.StartsWith "a Unix time in seconds is expected, found 1112486027000"
                                && text.Contains "leave out timeFormat")
                            "note"

                        write check.CatalogTable (Path.Combine(root, "catalog.toml"))
                        Expect.equal (load root "ms").Times[0] 1112486027L "seconds"

                    write "user,item,rating,time\nu,a,5,1112486027000000\n" path
                    let problem = nonNull (FileCheck.Of path).Problem
                    Expect.stringContains problem "write Unix times in seconds, which have ten digits" "microseconds")

            testCase "what is wrong with a row is told with what to do"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "x.csv")
                    let number = "write a finite number, or take the row out"
                    let header = "user,item,rating\n"
                    let nul = string '\000'

                    for text, problem in
                        [
                            "", "expected ratings, found an empty file (0 bytes); fetch or export it again"
                            header + "u,a,Infinity\n",
                            $"line 2, column 3: expected a rating, found 'Infinity'; {number}"
                            header + "u,a,1e400\n", $"line 2, column 3: expected a rating, found '1e400'; {number}"
                            header + $"u,a,{String.replicate 90 nul}\n", $"found '\\u0000×90'; {number}"
                            header + ",a,5\n", "column 1: expected a user, found ''; fill it in, or take the row out"
                            header + "u,\"a,5\n",
                            "expected a closing quote, found the end of the file; close it or, where"
                            header + "u;a;5\n",
                            "found the end of the line after 1 field; the line has ';' in it, and fields are separated by ','"
                            header + "u,a\t5\n", "after 2 fields; the line has tabs in it"
                        ] do
                        write text path
                        Expect.stringContains (nonNull (FileCheck.Of path).Problem) problem text)

            testCase "the name of a data set in the place of a file is told to be one"
            <| fun () ->
                let code, text = RobustMeta.Tests.CapturedCommand.run [ "data"; "check"; "synthetic" ]
                Expect.equal code 2 "exit code"

                Expect.stringContains
                    text
                    "this is the name of a data set, which 'data synthetic' tells of; expected the path of a file"
                    "remedy"

            testCase "a file that cannot be read says why"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "x.csv")
                    write "user,item,rating\nu,a,good\n" path
                    Expect.stringContains (FileCheck.Of path).Problem "line 2, column 3" "place"
                    Expect.isFalse (DataCommand.check path) "exit")
        ]
