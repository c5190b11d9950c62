module RobustMeta.Tests.Data.ReadersTests

open System.IO
open System.IO.Compression
open System.Text
open Expecto
open RobustMeta.Data
open RobustMeta.Tests

/// Files of one folder, written as the bytes given; the test gets a catalog that looks one folder up.
let private withFiles (name: string) (files: (string * byte[]) list) (test: DatasetCatalog -> string -> unit) =
    let root = Directory.CreateTempSubdirectory "robustmeta"

    try
        let folder = root.CreateSubdirectory(name).FullName

        for file, bytes in files do
            File.WriteAllBytes(Path.Combine(folder, file), bytes)

        test (DatasetCatalog([ root.FullName ], null)) folder
    finally
        root.Delete true

let private utf8 (text: string) = Encoding.UTF8.GetBytes text
let private latin1 (text: string) = Encoding.Latin1.GetBytes text

let private gzip (bytes: byte[]) =
    use target = new MemoryStream()

    do
        use zip = new GZipStream(target, CompressionLevel.Fastest, true)
        zip.Write bytes

    target.ToArray()

/// (user, item, value) by identifier.
let private rows (r: Ratings) =
    [ for i in 0 .. r.Count - 1 -> r.Users[r.UserIndex[i]], r.Items[r.ItemIndex[i]], float r.Values[i] ]

let private tokens (table: FeatureTable) (name: string) row =
    match table.Find name with
    | :? TokenColumn as c -> [ c.Vocabulary[c.Tokens[row]] ]
    | :? TokenBagColumn as c -> [ for t in c.Bag(row).ToArray() -> c.Vocabulary[t] ]
    | other -> failwith $"{name} is {other}"

/// The error of an action, which must be one of the data's format.
let private refusal (action: unit -> unit) =
    try
        action ()
        failtest "was accepted"
    with :? DataFormatException as error ->
        error

let private hundredK: (string * byte[]) list =
    [
        "u.data", utf8 "7\t2\t3\t881250949\r\n7\t1\t5\t881250950\r\n9\t2\t1\t881250951"
        "u.user", utf8 "7|24|M|technician|85711\n9|55|F|other|94043\n"
        "u.item",
        latin1
            "1|Les Misérables (1995)|01-Jan-1995||http://x|0|1\n2|GoldenEye (1996)|01-Jan-1996||http://x|1|1\n3|Unseen (1990)|||x|0|0\n"
        "u.genre", utf8 "Action|0\nDrama|1\n\n"
    ]

let private replaced file text = hundredK |> List.map (fun (f, b) -> f, (if f = file then utf8 text else b))
let private marked = Encoding.UTF8.GetPreamble()

let private badLines =
    [
        "u.data", "7\t2\t3\n", 1L, 4, "a Unix time"
        "u.data", "7\t2\t3\t1\n7\t1\tgood\t2\n", 2L, 3, "'good'"
        "u.data", "7\t2\t3\t1\t9\n", 1L, 5, "end of the line"
        "u.data", "\t2\t3\t1\n", 1L, 1, "a user id"
        "u.data", "7\t2\tNaN\t1\n", 1L, 3, "a rating"
        "u.user", "7|24|M|technician\n", 1L, 5, "a zip code"
        "u.item", "1|T (1995)|||x|2|1\n", 1L, 6, "0 or 1"
    ]

let private delimited (text: string) (spec: DelimitedSpec) rule (test: Ratings -> unit) =
    withFiles "own" [ "r.csv", utf8 text ] (fun _ folder -> test (DelimitedFiles.Read("own", folder, spec, rule)))

let private columns =
    DelimitedSpec(Ratings = "r.csv", User = "user", Item = "item", Rating = "stars", Time = "when")

let private twice = "user,item,stars,when\na,x,1,20\na,x,4,10\nb,x,2,30\n"

[<Tests>]
let tests =
    testList
        "Readers"
        [
            testCase "MovieLens-100K: ratings, Windows line ends, no last line end, features, Latin-1"
            <| fun () ->
                withFiles "ml-100k" hundredK (fun catalog _ ->
                    let r = (catalog.Load "ml-100k").Ratings
                    Expect.equal (rows r) [ "7", "2", 3.0; "7", "1", 5.0; "9", "2", 1.0 ] "ratings"
                    Expect.equal (List.ofSeq r.Times) [ 881250949L; 881250950L; 881250951L ] "times"
                    Expect.equal (List.ofSeq r.Items.Tokens) [ "2"; "1"; "3" ] "rated items first, then the others"
                    Expect.equal (tokens r.ItemFeatures "genre" 0) [ "Action"; "Drama" ] "genres"
                    Expect.equal (tokens r.ItemFeatures "year" 1) [ "1995" ] "year out of the title"
                    Expect.equal (tokens r.ItemFeatures "genre" 2) [] "an empty bag"
                    Expect.equal (tokens r.UserFeatures "age" 0) [ "18" ] "24 is in the class from 18"
                    Expect.equal (tokens r.UserFeatures "age" 1) [ "50" ] "55 is in the class from 50")

            testCase "a byte-order mark and compression change nothing"
            <| fun () ->
                let packed =
                    hundredK
                    |> List.map (fun (f, b) -> f + ".gz", gzip (if f = "u.data" then Array.append marked b else b))

                withFiles "ml-100k" packed (fun catalog _ ->
                    let r = (catalog.Load "ml-100k").Ratings
                    Expect.equal (rows r) [ "7", "2", 3.0; "7", "1", 5.0; "9", "2", 1.0 ] "ratings")

            for file, text, line, column, hint in badLines do
                testCase $"{file}, line {line}, column {column} is refused: {hint}"
                <| fun () ->
                    withFiles "ml-100k" (replaced file text) (fun catalog folder ->
                        let error = refusal (fun () -> catalog.Load "ml-100k" |> ignore)
                        Expect.equal error.File (Path.Combine(folder, file)) "file"
                        Expect.equal (error.Line, error.Column) (line, column) "place"
                        Expect.stringContains error.Message hint "what was expected")

            testCase "MovieLens-1M: two-byte separators, and times that are all the same count as unknown"
            <| fun () ->
                withFiles
                    "ml-1m"
                    [
                        "ratings.dat", utf8 "1::10::5::0\n2::11::3::0\n"
                        "users.dat", utf8 "1::F::1::10::48067\n2::M::56::16::70072\n"
                        "movies.dat", latin1 "10::Café: Part 2 (1999)::Comedy|Drama\n11::B (2000)::Action\n"
                    ]
                    (fun catalog _ ->
                        let r = (catalog.Load "ml-1m").Ratings
                        Expect.equal (rows r) [ "1", "10", 5.0; "2", "11", 3.0 ] "ratings"
                        Expect.isTrue r.Times.IsEmpty "no times"
                        Expect.isFalse r.Report.HasTimes "and the report says so"
                        Expect.equal (tokens r.ItemFeatures "genre" 0) [ "Comedy"; "Drama" ] "genres"
                        Expect.equal (tokens r.UserFeatures "gender" 1) [ "M" ] "gender")

            testCase "Jester: 99 is no rating, and the stated number of ratings must be right"
            <| fun () ->
                let line (count: int) (values: (int * string) list) =
                    let cell j = values |> List.tryFind (fst >> (=) j) |> Option.map snd |> Option.defaultValue "99"
                    String.concat "," (string count :: [ for j in 1..100 -> cell j ]) + "\n"

                let good = line 2 [ 1, "-7.82"; 100, "8.79" ] + line 1 [ 5, "0" ]

                withFiles "jester-1" [ "jester-data-1.csv", utf8 good ] (fun catalog _ ->
                    let r = (catalog.Load "jester-1").Ratings

                    Expect.equal
                        [ for u, i, v in rows r -> u, i, System.Math.Round(v, 3) ]
                        [ "1", "1", -7.82; "1", "100", 8.79; "2", "5", 0.0 ]
                        "ratings")

                withFiles "jester-1" [ "jester-data-1.csv", utf8 (good + line 3 [ 1, "1" ]) ] (fun catalog _ ->
                    let error = refusal (fun () -> catalog.Load "jester-1" |> ignore)
                    Expect.equal (error.Line, error.Column) (3L, 1) "place")

                withFiles "jester-1" [ "jester-data-1.csv", utf8 (line 1 [ 7, "11" ]) ] (fun catalog _ ->
                    let error = refusal (fun () -> catalog.Load "jester-1" |> ignore)
                    Expect.equal (error.Line, error.Column) (1L, 8) "out of the scale")

            testCase "RecBole files: typed headers make features"
            <| fun () ->
                withFiles
                    "shop"
                    [
                        "s.inter",
                        utf8 "user_id:token\titem_id:token\trating:float\ttimestamp:float\nu\ti\t4.5\t12\nv\ti\t1\t13\n"
                        "s.item", utf8 "item_id:token\tkinds:token_seq\tprice:float\ni\tred big\t2.5\n"
                    ]
                    (fun _ folder ->
                        File.WriteAllText(
                            Path.Combine(Directory.GetParent(folder).FullName, "catalog.toml"),
                            "[shop]\nreader = \"recbole\"\nlabelThreshold = 4\n[shop.files]\n\"s.inter\" = \"\"\n"
                        )

                        let catalog = DatasetCatalog([ Directory.GetParent(folder).FullName ], null)
                        let r = (catalog.Load "shop").Ratings
                        Expect.equal (rows r) [ "u", "i", 4.5; "v", "i", 1.0 ] "ratings"
                        Expect.equal (tokens r.ItemFeatures "kinds" 0) [ "red"; "big" ] "a bag"
                        Expect.equal (r.ItemFeatures.Find "price" :?> FloatColumn).Values[0] 2.5f "a number")

            for rule, expected in [ DuplicateRule.KeepLast, 1.0; DuplicateRule.KeepFirst, 4.0; DuplicateRule.Mean, 2.5 ] do
                testCase $"duplicates by time: {rule}"
                <| fun () ->
                    delimited twice columns rule (fun r ->
                        Expect.equal (rows r) [ "a", "x", expected; "b", "x", 2.0 ] "resolved"
                        Expect.equal (r.Report.Rows, r.Report.Duplicates) (3L, 1L) "counted")

            testCase "without times the order of the file decides, and duplicates can be refused"
            <| fun () ->
                let timeless = DelimitedSpec(Ratings = "r.csv", User = "user", Item = "item", Rating = "stars")

                delimited twice timeless DuplicateRule.KeepLast (fun r ->
                    Expect.equal (rows r).Head ("a", "x", 4.0) "last")

                delimited twice timeless DuplicateRule.KeepFirst (fun r ->
                    Expect.equal (rows r).Head ("a", "x", 1.0) "first")

                let error = refusal (fun () -> delimited twice timeless DuplicateRule.Refuse ignore)

                Expect.equal error.Line 3L "line of the second"

            testCase "quoted fields hold separators, quotes and line breaks"
            <| fun () ->
                let text = "user,item,stars,when\n\"a, b\",\"say \"\"hi\"\"\",3,1\n\"two\nlines\",x,4,2\n"

                delimited text columns DuplicateRule.KeepLast (fun r ->
                    Expect.equal (rows r) [ "a, b", "say \"hi\"", 3.0; "two\nlines", "x", 4.0 ] "fields")

                let error =
                    refusal (fun () ->
                        delimited "user,item,stars,when\n\"open,x,3,1\n" columns DuplicateRule.KeepLast ignore)

                Expect.stringContains error.Message "closing quote" "an open quote"

            testCase "backslash escapes, and values that stand for no rating are counted"
            <| fun () ->
                let spec =
                    DelimitedSpec(
                        Ratings = "r.csv",
                        User = "1",
                        Item = "2",
                        Rating = "3",
                        Separator = ";",
                        Header = false,
                        Backslash = true,
                        NotRated = [| 0.0 |]
                    )

                delimited "\"a\\\"b\";\"x\";\"5\"\n\"c\";\"y\";\"0\"\n" spec DuplicateRule.KeepLast (fun r ->
                    Expect.equal (rows r) [ "a\"b", "x", 5.0 ] "fields"
                    Expect.equal r.Report.Unrated 1L "counted")

            testCase "an unknown column names the nearest"
            <| fun () ->
                let error = refusal (fun () -> delimited "user,item,star,when\n" columns DuplicateRule.KeepLast ignore)

                Expect.stringContains error.Message "did you mean 'star'" "hint"

            RealData.testWith "ml-100k" "MovieLens-100K has its published counts" (fun folder ->
                let r = (DatasetCatalog([ Directory.GetParent(folder).FullName ], null).Load "ml-100k").Ratings
                Expect.equal (r.Users.Count, r.Items.Count, r.Count) (943, 1682, 100_000) "counts"
                let relevant = r.Values |> Seq.filter (fun v -> v >= 4.0f) |> Seq.length
                Expect.equal relevant (34_174 + 21_201) "fours and fives")

            RealData.testWith "ml-1m" "MovieLens-1M has its published counts" (fun folder ->
                let r = (DatasetCatalog([ Directory.GetParent(folder).FullName ], null).Load "ml-1m").Ratings
                Expect.equal (r.Users.Count, r.Items.Count, r.Count) (6040, 3883, 1_000_209) "counts"
                Expect.equal (r.ItemIndex |> Seq.distinct |> Seq.length) 3706 "rated")

            RealData.testWith "jester-1" "Jester has its published counts" (fun folder ->
                let r = (DatasetCatalog([ Directory.GetParent(folder).FullName ], null).Load "jester-1").Ratings
                Expect.equal (r.Users.Count, r.Items.Count, r.Count) (24_983, 100, 1_810_455) "counts")
        ]
