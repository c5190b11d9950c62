module RobustMeta.Tests.Data.OwnDataTests

open System
open System.IO
open System.Text
open Expecto
open FsCheck
open RobustMeta.Tests.Properties
open RobustMeta.Data
open RobustMeta.Scripts.Data
open RobustMeta.Tests.ReadRatings
open RobustMeta.Tests.TempFolder

/// Reads the data set 'own' of these files, with a table of these lines.
let private read (lines: string) (files: (string * string) list) =
    let mutable read = Unchecked.defaultof<Dataset>

    within (fun root ->
        write $"[own]\n{lines}" (Path.Combine(root, "catalog.toml"))

        for file, text in files do
            write text (Path.Combine(root, "own", file))

        read <- DatasetCatalog([ root ], null).Load "own")

    read

let private four = "format = \"delimited\"\nlabelThreshold = 4\ncolumns.ratings = \"r.csv\"\n"
let private expected = [ "u1", "a", 5.0; "u2", "b", 2.0 ]

let private recognised =
    testList
        "recognised"
        [
            for header in
                [
                    "user,item,rating,timestamp"
                    "userId,movieId,rating,timestamp"
                    "user_id,item_id,score,time"
                    "uid,iid,stars,ts"
                    "reviewerID,asin,overall,unixReviewTime"
                    "User-ID,ISBN,Book-Rating,Date"
                    "user_id:token,item_id:token,rating:float,timestamp:float"
                ] do
                testCase $"four lines read {header}"
                <| fun () ->
                    let own = read four [ "r.csv", header + "\nu1,a,5,1000000000\nu2,b,2,1000000060\n" ]
                    Expect.equal (rows own.Ratings, times own.Ratings) (expected, [ 1000000000L; 1000000060L ]) "rows"

            for name, separator in [ "tab", "\t"; "semicolon", ";"; "bar", "|"; "colons", "::"; "blank", " " ] do
                testCase $"the separator {name} is detected"
                <| fun () ->
                    let line (cells: string list) = String.Join(separator, cells) + "\n"

                    let text = line [ "item"; "user"; "rating" ] + line [ "a"; "u1"; "5" ] + line [ "b"; "u2"; "2" ]

                    Expect.equal (rows (read four [ "r.csv", text ]).Ratings) expected "rows"

            testCase "a column by position may be a number, with or without a header"
            <| fun () ->
                let columns =
                    "format = \"delimited\"\nlabelThreshold = 4\n[own.columns]\nratings = \"r.csv\"\nuser = 1\nitem = 2\nrating = 3\n"

                for text in [ "u1,a,5\nu2,b,2\n"; "who,what,how\nu1,a,5\nu2,b,2\n" ] do
                    Expect.equal (rows (read columns [ "r.csv", text ]).Ratings) expected text

            testCase "every file has its own separator, header and encoding"
            <| fun () ->
                within (fun root ->
                    let columns =
                        "[own.columns]\nratings = \"r.tsv\"\nitems = \"i.csv\"\nitemFeatures = [\"genre\"]\n"
                        + "users = \"u.csv\"\nusersId = 1\nuserFeatures = [\"2=job:token\"]\n"
                        + "[own.columns.itemsDialect]\nencoding = \"latin1\"\n[own.columns.usersDialect]\nheader = false\nseparator = \";\"\n"

                    write
                        ("[own]\nformat = \"delimited\"\nlabelThreshold = 4\n" + columns)
                        (Path.Combine(root, "catalog.toml"))

                    write "user\titem\trating\nu1\ta\t5\nu2\tb\t2\n" (Path.Combine(root, "own", "r.tsv"))
                    writeLatin1 "item,genre\na,\u00e9t\u00e9\nb,x\n" (Path.Combine(root, "own", "i.csv"))
                    write "u1;cook\nu2;smith\n" (Path.Combine(root, "own", "u.csv"))
                    let own = load root "own"
                    Expect.equal (rows own) expected "rows"
                    Expect.equal (ofItem own "genre" "a") [ "\u00e9t\u00e9" ] "latin1 features"
                    Expect.equal (ofUser own "job" "u2") [ "smith" ] "no header")

            testCase "UTF-16 is read by its byte-order mark"
            <| fun () ->
                within (fun root ->
                    write ("[own]\n" + four) (Path.Combine(root, "catalog.toml"))
                    let text = "user,item,rating\nu\u00e9,a,5\n"
                    let bytes = Array.append (Encoding.Unicode.GetPreamble()) (Encoding.Unicode.GetBytes text)
                    writeBytes bytes (Path.Combine(root, "own", "r.csv"))
                    Expect.equal (rows (load root "own")) [ "u\u00e9", "a", 5.0 ] "rows")

            for name, column, time in
                [
                    "milliseconds", "1000000000000", 1000000000L
                    "ISO dates", "2001-09-09", 999993600L
                    "ISO times", "2001-09-09T01:46:40Z", 1000000000L
                ] do
                testCase $"{name} are recognised"
                <| fun () ->
                    let text = $"user,item,rating,time\nu1,a,5,{column}\nu2,b,2,{column}\nu2,c,2,{column}\n"
                    let other = text.Replace($"u2,c,2,{column}", $"u2,c,2,{column.Replace('9', '8')}")
                    let other = if column.Contains '-' then other else text + "u3,c,2,1000000001000\n"
                    Expect.equal (read four [ "r.csv", other ]).Ratings.Times[0] time "seconds"

            testCase "a pattern of dates can be given"
            <| fun () ->
                let own = four + "columns.timeFormat = \"dd.MM.yyyy\"\n"
                let text = "user,item,rating,date\nu1,a,5,09.09.2001\nu2,b,2,10.09.2001\n"
                Expect.equal (times (read own [ "r.csv", text ]).Ratings) [ 999993600L; 1000080000L ] "seconds"

            testCase "an order of day and month is not guessed"
            <| fun () ->
                for date in [ "03.01.2020"; "03/01/2020"; "3-1-2020" ] do
                    Expect.throwsC
                        (fun () -> read four [ "r.csv", $"user,item,rating,date\nu1,a,5,{date}\n" ] |> ignore)
                        (fun error ->
                            Expect.stringContains error.Message "line 2, column 4" "place"
                            Expect.stringContains error.Message "timeFormat = \"dd.MM.yyyy\"" "remedy")

                let text = "user,item,rating,date\nu1,a,5,2001/09/09\nu2,b,2,2001/09/10\n"
                Expect.equal (times (read four [ "r.csv", text ]).Ratings) [ 999993600L; 1000080000L ] "the year first"

            testCase "a usual mark of a missing value is told with its setting"
            <| fun () ->
                for mark in [ "NA"; "-"; "null"; "" ] do
                    Expect.throwsC
                        (fun () -> read four [ "r.csv", $"user,item,rating\nu1,a,5\nu2,a,{mark}\n" ] |> ignore)
                        (fun error -> Expect.stringContains error.Message $"set missing = [\"{mark}\"]" "remedy")

            testCase "rows with an empty rating are left out where the table says so"
            <| fun () ->
                let text = "user,item,rating\nu1,a,5\nu2,a,\nu2,b,2\n"
                let own = read (four + "columns.missing = [\"\"]\n") [ "r.csv", text ]
                Expect.equal (rows own.Ratings, own.Ratings.Report.Unrated) (expected, 1L) "counted"

            testCase "what stands for a missing value can be set"
            <| fun () ->
                let columns =
                    four
                    + "columns.missing = [\"-\"]\ncolumns.items = \"i.csv\"\ncolumns.itemFeatures = [\"price:number\", \"kind\"]\n"

                let own =
                    read
                        columns
                        [
                            "r.csv", "user,item,rating\nu1,a,5\nu2,a,-\nu2,b,2\n"
                            "i.csv", "item,price,kind\na,-,-\nb,2,x\n"
                        ]

                Expect.equal (rows own.Ratings, own.Ratings.Report.Unrated) (expected, 1L) "a rating that is missing"
                let prices = (own.Ratings.ItemFeatures.Find "price" :?> FloatColumn).Values
                Expect.isTrue (Single.IsNaN prices[0] && prices[1] = 2f) "a number that is missing"
                Expect.equal (ofItem own.Ratings "kind" "a") [ Vocabulary.Unknown ] "a token that is missing"

            testCase "a row per tag becomes a bag"
            <| fun () ->
                let columns =
                    four
                    + "columns.items = \"t.csv\"\ncolumns.itemFeatures = [\"tag:bag\"]\ncolumns.itemsRepeats = \"bag\"\n"

                let own =
                    read
                        columns
                        [ "r.csv", "user,item,rating\nu1,a,5\nu2,b,2\n"; "t.csv", "item,tag\na,x\nb,y\na,z\na,x\n" ]

                Expect.equal (ofItem own.Ratings "tag" "a", ofItem own.Ratings "tag" "b") ([ "x"; "z" ], [ "y" ]) "tags"

            testCase "RecBole's columns can be named"
            <| fun () ->
                let own =
                    read
                        "format = \"recbole\"\nlabelThreshold = 4\n[own.columns]\nitem = \"product_id\"\nmissing = [\"-\"]\n"
                        [
                            "x.inter", "user_id:token\tproduct_id:token\trating:float\nu1\ta\t5\nu2\tb\t2\n"
                            "x.item", "product_id:token\tprice:float\tplace:float_seq\na\t-\t1 2\nb\t3\t\n"
                        ]

                Expect.equal (rows own.Ratings) expected "rows"
                let values name = (own.Ratings.ItemFeatures.Find name :?> FloatColumn).Values
                Expect.isTrue (Single.IsNaN((values "price").Item 0)) "a dash is missing"
                Expect.equal ((values "place.1").Item 0, (values "place.2").Item 0) (1f, 2f) "a number for each element"
                Expect.isTrue (Single.IsNaN((values "place.1").Item 1)) "no element"
        ]

let private feedback =
    let counts rule =
        $"format = \"delimited\"\nlabelThreshold = 1\nfeedback = \"counts\"\ncounts = \"{rule}\"\ncolumns.ratings = \"r.csv\"\n"

    let file = [ "r.csv", "user,item,plays\nu1,a,7\nu2,b,0\n" ]

    testList
        "feedback"
        [
            testCase "positives have the value 1 and the threshold 1"
            <| fun () ->
                let own = read "format = \"delimited\"\nfeedback = \"positives\"\ncolumns.ratings = \"r.csv\"\n" file
                Expect.equal (rows own.Ratings) [ "u1", "a", 1.0; "u2", "b", 1.0 ] "rows"
                Expect.equal (own.LabelThreshold, own.Feedback) (1.0, FeedbackKind.Positives) "threshold"

            testCase "counts are binarised or taken as logarithms"
            <| fun () ->
                Expect.equal (rows (read (counts "atLeast 5") file).Ratings) [ "u1", "a", 1.0; "u2", "b", 0.0 ] "binary"
                let logs = [ for _, _, v in rows (read (counts "log") file).Ratings -> v ]
                Expect.floatClose Accuracy.medium logs[0] (log 8.0) "log"
                Expect.equal logs[1] 0.0 "log of none"

            testCase "records and sequences are ratings"
            <| fun () ->
                let own = Ratings.Of("mine", [ struct ("u1", "a", 5f); struct ("u2", "b", 2f) ])
                Expect.equal (rows own) expected "rows"

                Expect.throwsT<ArgumentException>
                    (fun () -> Ratings.Of("mine", [ struct ("u1", "", 5f) ]) |> ignore)
                    "no item"
        ]

let private statistics =
    testList
        "statistics"
        [
            testCase "of a small data set"
            <| fun () ->
                let own =
                    Ratings.Of(
                        "mine",
                        [ struct ("u", "a", 5f); struct ("u", "b", 1f); struct ("v", "a", 4f); struct ("w", "a", 2f) ]
                    )

                let s = DatasetStatistics.Of(own, 4.0)
                Expect.equal (s.Users, s.Items, s.Interactions, s.DistinctValues) (3, 2, 4, 4) "counts"
                Expect.floatClose Accuracy.high s.Density (4.0 / 6.0) "density"
                Expect.equal s.Relevant 0.5 "relevant"
                Expect.equal (s.Popularity.Min, s.Popularity.Median, s.Popularity.Max) (1.0, 2.0, 3.0) "popularity"
                // Two items with 1 and 3 of 4 rows: (−1·1 + 1·3) / (2·4).
                Expect.floatClose Accuracy.high s.Popularity.Gini 0.25 "Gini"
                Expect.equal (List.ofSeq s.PopularityCurve) [ struct (1, 3); struct (2, 1) ] "items by rank"

                Expect.equal
                    (List.ofSeq s.ActivityCurve)
                    [ struct (1, 2); struct (2, 1); struct (3, 1) ]
                    "users by rank"

                Expect.equal
                    (List.ofSeq s.ValueCounts)
                    [ struct (1f, 1); struct (2f, 1); struct (4f, 1); struct (5f, 1) ]
                    "values"

            property "Gini of equal numbers is 0, and scale does not matter"
            <| fun (PositiveInt n) (PositiveInt k) (NonEmptyArray(xs: PositiveInt[])) ->
                let xs = xs |> Array.map (fun x -> float x.Get)
                let scaled = Spread.Of(xs |> Array.map (fun x -> x * float k)).Gini

                abs (Spread.Of(Array.replicate n (float k)).Gini) < 1e-12 && abs (scaled - Spread.Of(xs).Gini) < 1e-9
        ]

[<Tests>]
let tests = testList "own data" [ recognised; feedback; statistics ]
