module RobustMeta.Tests.Data.ReadersTests

open System.IO
open Expecto
open RobustMeta.Data
open RobustMeta.Tests.TempFolder

/// User, item and rating of every row, by name.
let private rows (ratings: Ratings) =
    [
        for r in 0 .. ratings.Count - 1 ->
            ratings.Users[ratings.UserIndex[r]], ratings.Items[ratings.ItemIndex[r]], float ratings.Values[r]
    ]

let private times (ratings: Ratings) = List.ofSeq ratings.Times

/// Tokens of a feature of an entity, by name.
let private tokens (entities: Vocabulary) (table: FeatureTable) feature (entity: string) =
    let row = entities.Find(entity).Value

    match table.Find feature with
    | :? TokenColumn as c -> [ c.Vocabulary[c.Tokens[row]] ]
    | :? TokenBagColumn as c -> [ for token in c.Bag(row).ToArray() -> c.Vocabulary[token] ]
    | other -> failwith $"{feature} is {other}"

let private ofUser (ratings: Ratings) = tokens ratings.Users ratings.UserFeatures
let private ofItem (ratings: Ratings) = tokens ratings.Items ratings.ItemFeatures

let private load root name = DatasetCatalog([ root ], null).Load(name).Ratings

/// The error of reading, whose place is as given and whose text has all the parts.
let private malformed root name (file, line: int64, column) (parts: string list) =
    let error = Expect.throwsC (fun () -> load root name |> ignore) id

    match error with
    | :? DataFormatException as e ->
        Expect.equal
            (Path.GetRelativePath(Path.Combine(root, name), e.File), e.Line, e.Column)
            (file, line, column)
            "place"

        for part in parts do
            Expect.stringContains e.Message part "text"
    | other -> failtest $"expected a DataFormatException, found {other}"

// MovieLens-100K

let private mlData = "1\t10\t4\t100\n2\t20\t3.5\t50\n"
let private mlUsers = "1|17|M|writer|85711\n2|56|F|other|T8H1N\n3|7|F|student|0\n"
let private mlGenres = "unknown|0\nAction|1\nDrama|2\n\n"

let private mlItems =
    "10|Caf\u00e9 (au lait) (1995)|01-Jan-1995||http://x|0|1|1\n20|No year||||1|0|0\n30|Unrated (1931)||||0|0|0\n"

let private ml100k (data: string) users items genres root =
    let file name = Path.Combine(root, "ml-100k", name)
    write data (file "u.data")
    write users (file "u.user")
    writeLatin1 items (file "u.item")
    write genres (file "u.genre")

let private readMl100k data =
    let mutable read = Unchecked.defaultof<Ratings>

    within (fun root ->
        ml100k data mlUsers mlItems mlGenres root
        read <- load root "ml-100k")

    read

let private badMl100k name data users items genres place parts =
    testCase name
    <| fun () ->
        within (fun root ->
            ml100k data users items genres root
            malformed root "ml-100k" place parts)

let private movieLens100K =
    testList
        "MovieLens-100K"
        [
            testCase "ratings, times and features"
            <| fun () ->
                let r = readMl100k mlData
                Expect.equal (rows r) [ "1", "10", 4.0; "2", "20", 3.5 ] "rows"
                Expect.equal (times r) [ 100L; 50L ] "times"
                Expect.isTrue r.Report.HasTimes "has times"
                Expect.equal (List.ofSeq r.Users.Tokens) [ "1"; "2" ] "a user without ratings is left out"
                Expect.equal (List.ofSeq r.Items.Tokens) [ "10"; "20"; "30" ] "an item without ratings is kept"
                Expect.equal (ofUser r "age" "1") [ "1" ] "17 is below 18"
                Expect.equal (ofUser r "age" "2") [ "56" ] "56 and older"
                Expect.equal (ofUser r "gender" "2") [ "F" ] "gender"
                Expect.equal (ofUser r "occupation" "1") [ "writer" ] "occupation"
                Expect.equal (ofUser r "zip" "2") [ "T8H1N" ] "zip"
                Expect.equal (ofItem r "genre" "10") [ "Action"; "Drama" ] "genres"
                Expect.equal (ofItem r "genre" "30") [] "no genre"
                Expect.equal (ofItem r "year" "10") [ "1995" ] "year after an ISO-8859-1 title with brackets"
                Expect.equal (ofItem r "year" "20") [ Vocabulary.Unknown ] "no year"

            testCase "the lower end of each age class belongs to it, the year before does not"
            <| fun () ->
                let ages =
                    [
                        1, 1
                        17, 1
                        18, 18
                        24, 18
                        25, 25
                        34, 25
                        35, 35
                        44, 35
                        45, 45
                        49, 45
                        50, 50
                        55, 50
                        56, 56
                    ]

                let text f = ages |> List.mapi f |> String.concat ""

                within (fun root ->
                    let data = text (fun u _ -> $"{u}\t10\t4\t{u}\n")
                    ml100k data (text (fun u (age, _) -> $"{u}|{age}|M|none|0\n")) mlItems mlGenres root
                    let r = load root "ml-100k"

                    Expect.equal
                        [ for u in 0 .. ages.Length - 1 -> ofUser r "age" $"{u}" ]
                        [ for _, low in ages -> [ $"{low}" ] ]
                        "classes")

            testCase "a byte-order mark, CRLF, no last line end, and gzip change nothing"
            <| fun () ->
                let expected = readMl100k mlData

                for name, data in
                    [
                        "byte-order mark", "\uFEFF" + mlData
                        "CRLF", mlData.Replace("\n", "\r\n")
                        "no last line end", mlData.TrimEnd '\n'
                        "all", "\uFEFF" + mlData.Replace("\n", "\r\n").TrimEnd()
                    ] do
                    let r = readMl100k data
                    Expect.equal (rows r, times r) (rows expected, times expected) name

                within (fun root ->
                    ml100k "" mlUsers mlItems mlGenres root
                    File.Delete(Path.Combine(root, "ml-100k", "u.data"))
                    writeGzip mlData (Path.Combine(root, "ml-100k", "u.data.gz"))
                    Expect.equal (rows (load root "ml-100k")) (rows expected) "gzip")

            testCase "a file longer than the reader's buffer loses no row"
            <| fun () ->
                let r = readMl100k (String.concat "" [ for u in 1..9000 -> $"{u}\t10\t4\t{u}\n" ])
                Expect.equal (rows r) [ for u in 1..9000 -> $"{u}", "10", 4.0 ] "rows"
                Expect.equal (times r) [ for u in 1L .. 9000L -> u ] "times"

            testCase "times that are all equal are unknown"
            <| fun () ->
                let r = readMl100k "1\t10\t4\t7\n2\t20\t3\t7\n"
                Expect.isFalse r.Report.HasTimes "report"
                Expect.isEmpty (times r) "times"

            testCase "entities without features are counted, and unknown"
            <| fun () ->
                let r = readMl100k "1\t10\t4\t1\n9\t99\t3\t2\n"
                Expect.equal (r.Report.UsersWithoutFeatures, r.Report.ItemsWithoutFeatures) (1, 1) "counts"
                Expect.equal (ofUser r "age" "9") [ Vocabulary.Unknown ] "age"
                Expect.equal (ofItem r "genre" "99") [] "genre"

            badMl100k
                "a rating that is no number"
                "1\t10\t4\t1\n1\t20\tx\t1\n"
                mlUsers
                mlItems
                mlGenres
                ("u.data", 2L, 3)
                [ "line 2, column 3"; "expected a rating, found 'x'" ]
            badMl100k
                "a rating that is not finite"
                "1\t10\tNaN\t1\n"
                mlUsers
                mlItems
                mlGenres
                ("u.data", 1L, 3)
                [ "found 'NaN'" ]
            badMl100k
                "a time with a fraction"
                "1\t10\t4\t1.5\n"
                mlUsers
                mlItems
                mlGenres
                ("u.data", 1L, 4)
                [ "expected a Unix time, found '1.5'" ]
            badMl100k
                "an empty user"
                "\t10\t4\t1\n"
                mlUsers
                mlItems
                mlGenres
                ("u.data", 1L, 1)
                [ "expected a user id, found ''" ]
            badMl100k
                "a short line"
                "1\t10\t4\n"
                mlUsers
                mlItems
                mlGenres
                ("u.data", 1L, 4)
                [ "found the end of the line" ]
            badMl100k
                "a long line"
                "1\t10\t4\t1\textra\n"
                mlUsers
                mlItems
                mlGenres
                ("u.data", 1L, 5)
                [ "expected the end of the line, found 'extra'" ]
            badMl100k
                "an empty line"
                "1\t10\t4\t1\n\n"
                mlUsers
                mlItems
                mlGenres
                ("u.data", 2L, 1)
                [ "expected a user id" ]
            badMl100k
                "an age that is no number"
                mlData
                "1|old|M|writer|1\n"
                mlItems
                mlGenres
                ("u.user", 1L, 2)
                [ "an age in years, found 'old'" ]
            badMl100k
                "a genre flag of 2"
                mlData
                mlUsers
                "10|A (1995)||||0|2|0\n"
                mlGenres
                ("u.item", 1L, 7)
                [ "0 or 1, found 2" ]
            badMl100k
                "a film with fewer flags than genres"
                mlData
                mlUsers
                "10|A (1995)||||0|1\n"
                mlGenres
                ("u.item", 1L, 8)
                [ "a genre flag"; "end of the line" ]
            badMl100k
                "a genre without a number"
                mlData
                mlUsers
                mlItems
                "Action\n"
                ("u.genre", 1L, 2)
                [ "the number of the genre" ]
        ]

// MovieLens-1M

let private ml1m ratings movies users root =
    write ratings (Path.Combine(root, "ml-1m", "ratings.dat"))
    writeLatin1 movies (Path.Combine(root, "ml-1m", "movies.dat"))
    write users (Path.Combine(root, "ml-1m", "users.dat"))

let private movieLens1M =
    let movies = "10::L\u00e9on: The (1994)::Action|Drama\n20::A: B (1999)::Comedy\n"
    let users = "1::F::1::10::48067\n"

    testList
        "MovieLens-1M"
        [
            testCase "ratings and features"
            <| fun () ->
                within (fun root ->
                    ml1m "1::10::5::3\n1::20::1::4\n" movies users root
                    let r = load root "ml-1m"
                    Expect.equal (rows r) [ "1", "10", 5.0; "1", "20", 1.0 ] "rows"
                    Expect.equal (times r) [ 3L; 4L ] "times"
                    Expect.equal (ofItem r "genre" "10") [ "Action"; "Drama" ] "genres"
                    Expect.equal (ofItem r "year" "10") [ "1994" ] "year of an ISO-8859-1 title"
                    Expect.equal (ofItem r "year" "20") [ "1999" ] "a title with a single colon"

                    Expect.equal
                        [ for f in [ "gender"; "age"; "occupation"; "zip" ] -> ofUser r f "1" ]
                        [ [ "F" ]; [ "1" ]; [ "10" ]; [ "48067" ] ]
                        "user")

            for name, ratings, movies, users, place, part in
                [
                    "tabs for colons", "1\t10\t5\t3\n", movies, users, ("ratings.dat", 1L, 2), "expected an item id"
                    "a film without genres",
                    "1::10::5::3\n",
                    "10::A (1994)\n",
                    users,
                    ("movies.dat", 1L, 3),
                    "expected genres"
                    "a user without a zip code",
                    "1::10::5::3\n",
                    movies,
                    "1::F::1::10::\n",
                    ("users.dat", 1L, 5),
                    "a zip code, found ''"
                ] do
                testCase name
                <| fun () ->
                    within (fun root ->
                        ml1m ratings movies users root
                        malformed root "ml-1m" place [ part ])
        ]

// Jester

let private jester =
    // A row with ratings of the first jokes, and 99 for the others.
    let row (stated: int) (ratings: string list) =
        String.concat "," ($"{stated}" :: ratings @ List.replicate (100 - ratings.Length) "99") + "\n"

    let put text root = write text (Path.Combine(root, "jester-1", "jester-data-1.csv"))

    let bad name text place parts =
        testCase name
        <| fun () ->
            within (fun root ->
                put text root
                malformed root "jester-1" ("jester-data-1.csv", fst place, snd place) parts)

    testList
        "Jester"
        [
            testCase "99 is not rated; users and jokes have the numbers of their row and column"
            <| fun () ->
                within (fun root ->
                    put (row 2 [ "-10"; "99"; "10.00" ] + row 0 [] + row 1 [ "99"; "0.05" ]) root
                    let r = load root "jester-1"
                    Expect.equal [ for u, i, _ in rows r -> u, i ] [ "1", "1"; "1", "3"; "3", "2" ] "pairs"
                    Expect.equal (List.ofSeq r.Values) [ -10.0f; 10.0f; 0.05f ] "values"
                    Expect.isFalse r.Report.HasTimes "no times")

            bad "the stated count differs" (row 1 [ "1" ] + row 3 [ "1"; "2" ]) (2L, 1) [ "which is 2, found 3" ]
            bad "a rating out of range" (row 1 [ "99"; "10.5" ]) (1L, 3) [ "from -10 to 10"; "found 10.5" ]
            bad "a row of 99 jokes" ((row 0 []).Replace("99,99\n", "99\n")) (1L, 101) [ "found the end of the line" ]
            bad "a row of 101 jokes" ((row 0 []).TrimEnd() + ",99\n") (1L, 102) [ "expected the end of the line" ]
        ]

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
                        [ "expected a column 'r'"; "did you mean"; "'rr'"; "columns: u, i, rr" ])

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
                            "d.user", "face:float_seq\tuser_id:token\n1 2\ta\n"
                        ]
                        root

                    malformed root "atomic" ("d.user", 1L, 1) [ "found 'face:float_seq'"; "remove the column" ])

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
let tests = testList "Readers" [ movieLens100K; movieLens1M; jester; delimited; duplicates; recBole ]
