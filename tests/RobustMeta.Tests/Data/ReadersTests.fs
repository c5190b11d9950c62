module RobustMeta.Tests.Data.ReadersTests

open System.IO
open Expecto
open RobustMeta.Data
open RobustMeta.Tests.ReadRatings
open RobustMeta.Tests.TempFolder

/// A table of the catalog without checksums of the files.
let private withoutSums name format root =
    write $"[{name}]\nformat = \"{format}\"\nlabelThreshold = 4\n" (Path.Combine(root, "catalog.toml"))

// MovieLens-100K

let private mlData = "1\t10\t4\t100\n2\t20\t3.5\t50\n"
let private mlUsers = "1|17|M|writer|85711\n2|56|F|other|T8H1N\n3|7|F|student|0\n"
let private mlGenres = "unknown|0\nAction|1\nDrama|2\n\n"

let private mlItems =
    "10|Caf\u00e9 (au lait) (1995)|01-Jan-1995||http://x|0|1|1\n20|No year||||1|0|0\n30|Unrated (1931)||||0|0|0\n"

let private ml100k (data: string) users items genres root =
    let file name = Path.Combine(root, "ml-100k", name)
    withoutSums "ml-100k" "movielens-100k" root
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
    withoutSums "ml-1m" "movielens-1m" root
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

    let put text root =
        withoutSums "jester-1" "jester" root
        write text (Path.Combine(root, "jester-1", "jester-data-1.csv"))

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

[<Tests>]
let tests = testList "Readers" [ movieLens100K; movieLens1M; jester ]
