/// Recipes on small files of each official layout, and on real data where they are at hand.
module RobustMeta.Tests.Data.RecipeTests

open System
open System.IO
open Deedle
open Expecto
open RobustMeta.Data
open RobustMeta.Scripts.Preparation
open RobustMeta.Settings
open RobustMeta.Tests.Data.PreparedCatalog
open RobustMeta.Tests.ReadRatings
open RobustMeta.Tests.TempFolder

/// The data set of small files, prepared.
let private small name (table: string) (files: (string * string) list) choice =
    let mutable result = Unchecked.defaultof<_>

    within (fun root ->
        if table <> "" then
            write table (Path.Combine(root, "catalog.toml"))

        for file, text in files do
            writeLatin1 text (Path.Combine(root, name, file))

        result <- prepared root name choice)

    result

let private ints (counts: Frame<int, string>) name = counts.GetColumn<int>(name).Values |> List.ofSeq

let private lastFm =
    [
        "user_artists.dat", "userID\tartistID\tweight\n2\t51\t13883\n2\t52\t3\n3\t51\t20\n4\t53\t19\n"
        "user_taggedartists.dat",
        "userID\tartistID\ttagID\tday\tmonth\tyear\n2\t51\t1\t1\t4\t2009\n3\t51\t2\t1\t4\t2009\n3\t52\t2\t1\t4\t2009\n2\t53\t1\t1\t4\t2009\n"
        "tags.dat", "tagID\ttagValue\n1\tm\u00e9tal\n2\tnew wave\n"
    ]

let private layouts =
    testList
        "layouts"
        [
            testCase "Last.fm: the catalog's entry reads plays and tags; the recipe names the tags"
            <| fun () ->
                within (fun root ->
                    for file, text in lastFm do
                        writeLatin1 text (Path.Combine(root, "lastfm-2k", file))

                    let data = catalog(root).Load "lastfm-2k"
                    Expect.equal data.Feedback FeedbackKind.Counts "counts"

                    let labels = [ for _, _, value in rows data.Ratings -> value >= data.LabelThreshold ]

                    Expect.equal labels [ true; false; true; false ] "twenty plays or more"
                    Expect.floatClose Accuracy.medium (let _, _, v = (rows data.Ratings).Head in v) (log 13884.0) "ln"
                    Expect.equal (ofItem data.Ratings "tag" "51") [ "1"; "2" ] "tags, a row each"

                    let counts, own = prepared root "lastfm-2k" all
                    Expect.equal own.Feedback FeedbackKind.Counts "counts still"
                    Expect.equal (rows own.Ratings) (rows data.Ratings) "the rule is applied once"
                    Expect.equal (ints counts.Value "rowsOut") [ 4; 4; 4 ] "steps"
                    Expect.isEmpty (ofItem own.Ratings "tag" "51") "no tag has five artists"
                    let source = catalog(root).Open "lastfm-2k"
                    let named = (LastFm.lastFm.Steps source).Head.Apply(source.Read())
                    Expect.equal (ofItem named "tag" "51") [ "m\u00e9tal"; "new wave" ] "names")

            testCase "Amazon of 2014: metadata as Python writes them"
            <| fun () ->
                let reviews =
                    "{\"reviewerID\": \"A1\", \"asin\": \"B1\", \"overall\": 4.0, \"unixReviewTime\": 1400000000}\n{\"reviewerID\": \"A2\", \"asin\": \"B2\", \"overall\": 1.0, \"unixReviewTime\": 1400000060}\n"

                let metadata =
                    "{'asin': 'B1', 'price': 5.99, 'brand': \"L'Or\\xe9al\", 'categories': [['Beauty', 'Hair'], ['Beauty']], 'related': {'also_bought': ['B9']}, 'sold': True, 'x': None}\n"
                    + "{u'asin': u'B2', 'title': 'say \"x\"', 'description': 'it\\'s\\n'}\n{'asin': 'B3', 'categories': [['Other']]}\n"

                let _, own =
                    small
                        "beauty"
                        "[beauty]\nformat = \"amazon\"\nlabelThreshold = 4\n"
                        [ "reviews_Beauty_5.json", reviews; "meta_Beauty.json", metadata ]
                        all

                let r = own.Ratings
                Expect.equal (rows r) [ "A1", "B1", 4.0; "A2", "B2", 1.0 ] "rows"
                Expect.equal (List.ofSeq r.Items.Tokens) [ "B1"; "B2" ] "products without reviews are left out"
                Expect.equal (ofItem r "brand" "B1", ofItem r "priceBand" "B1") ([ "L'Or\u00e9al" ], [ "4-8" ]) "B1"
                Expect.equal (ofItem r "brand" "B2", ofItem r "priceBand" "B2") ([ "<unknown>" ], [ "<unknown>" ]) "B2"

            testCase "Amazon of 2018: metadata as JSON, prices as text, products repeated"
            <| fun () ->
                within (fun root ->
                    write
                        "[own]\nformat = \"amazon\"\nlabelThreshold = 4\n[own.columns]\nratings = \"r.json\"\nitems = \"m.json\"\n"
                        (Path.Combine(root, "catalog.toml"))

                    write
                        "{\"overall\": 5, \"verified\": true, \"asin\": \"B1\", \"reviewerID\": \"A1\", \"style\": {\"x:\": \" y\"}, \"unixReviewTime\": 1400000060}\n"
                        (Path.Combine(root, "own", "r.json"))

                    write
                        "{\"category\": [\"Toys & Games\", \"Puzzles\"], \"brand\": \" Acme \", \"price\": \"$1,299.50\", \"asin\": \"B1\"}\n{\"asin\": \"B1\", \"brand\": \"other\"}\n{\"asin\": \"B2\", \"price\": \"$1.00 - $2.00\"}\n"
                        (Path.Combine(root, "own", "m.json"))

                    let r = load root "own"
                    Expect.equal (ofItem r "category" "B1") [ "Toys & Games"; "Puzzles" ] "categories"
                    Expect.equal (ofItem r "brand" "B1") [ "Acme" ] "the first row counts"
                    Expect.equal (r.ItemFeatures.Find "price" :?> FloatColumn).Values[0] 1299.5f "amount"

                    write "{\"asin\": \"B1\"\n" (Path.Combine(root, "own", "m.json"))
                    malformed root "own" ("m.json", 1L, 0) [ "a product as JSON" ]
                    write "{\"brand\": \"x\"}\n" (Path.Combine(root, "own", "m.json"))
                    malformed root "own" ("m.json", 1L, 0) [ "'asin'" ])

            testCase "MovieLens as CSV: decades, words of titles, common tags"
            <| fun () ->
                let film i = $"{i},\"Fast Car {i} (199{i})\",Action|Drama\n"
                let table = "[films]\nformat = \"movielens-csv\"\nlabelThreshold = 4\n"

                let files =
                    [
                        "ratings.csv", "userId,movieId,rating,timestamp\n1,1,4.5,880000000\n2,2,2,880000060\n"
                        "movies.csv", "movieId,title,genres\n" + String.Join("", List.map film [ 1..6 ])
                        "tags.csv",
                        "userId,movieId,tag,timestamp\n1,1,Rare,1\n"
                        + String.Join("", [ for i in 1..5 -> $"1,{i},Loud,1\n" ])
                    ]

                let _, own = small "films" table files all
                let r = own.Ratings
                Expect.equal (ofItem r "decade" "1", ofItem r "year" "2") ([ "1990s" ], [ "1992" ]) "years"
                Expect.equal (ofItem r "title" "1") [ "fast"; "car" ] "words of five films or more, not the number"
                Expect.equal (ofItem r "tag" "1") [ "loud" ] "a tag of one film is gone"

            testCase "Book-Crossing: ages, countries, years, titles"
            <| fun () ->
                let table =
                    "[book-crossing]\nformat = \"delimited\"\nlabelThreshold = 8\n[book-crossing.columns]\nratings = \"BX-Book-Ratings.csv\"\nuser = \"User-ID\"\nitem = \"ISBN\"\nrating = \"Book-Rating\"\nnotRated = [0]\nitems = \"BX-Books.csv\"\nitemsId = \"ISBN\"\nitemFeatures = [\"Book-Author=author:token\", \"Publisher=publisher:token\"]\nseparator = \";\"\nbackslash = true\nencoding = \"latin1\"\n"

                let files =
                    [
                        "BX-Book-Ratings.csv",
                        "\"User-ID\";\"ISBN\";\"Book-Rating\"\n\"1\";\"000000000X\";\"9\"\n\"2\";\"000000000X\";\"0\"\n\"2\";\"oops\";\"5\"\n\"2\";\"0000000001\";\"5\"\n"
                        "BX-Books.csv",
                        "\"ISBN\";\"Book-Title\";\"Book-Author\";\"Year-Of-Publication\";\"Publisher\"\n\"000000000X\";\"A \\\"B\\\"\";\"Amy TAN\";\"1991\";\"X\"\n\"0000000001\";\"C\";\"Bo\";\"0\";\"Y\"\n\"oops\";\"D\";\"E\";\"1\";\"Z\"\n"
                        "BX-Users.csv",
                        "\"User-ID\";\"Location\";\"Age\"\n\"1\";\"nyc, new york, usa\";\"34\"\n\"2\";\"z\u00fcrich,\nzh, n/a\";\"244\"\n"
                    ]

                let counts, own = small "book-crossing" table files all
                let r = own.Ratings

                Expect.equal
                    (ints counts.Value "rowsIn" |> List.head, ints counts.Value "rowsOut")
                    (4, [ 3; 2; 2; 2 ])
                    "rows"

                Expect.equal (ofUser r "age" "1", ofUser r "country" "1") ([ "30-39" ], [ "usa" ]) "a user"
                Expect.equal (ofUser r "age" "2", ofUser r "country" "2") ([ "<unknown>" ], [ "<unknown>" ]) "unknown"

                Expect.equal
                    (ofItem r "author" "000000000X", ofItem r "decade" "000000000X")
                    ([ "amy tan" ], [ "1990s" ])
                    "a book"

                Expect.equal (ofItem r "decade" "0000000001") [ "<unknown>" ] "year 0"

            testCase "Steam with stored negatives is a data set of ratings from 0"
            <| fun () ->
                let table = "[steam-200k]\nformat = \"steam\"\nfeedback = \"positives\"\n"
                let rowsOf user games = [ for game in games -> $"{user},Game {game},purchase,1.0,0\n" ]
                let text = String.Join("", rowsOf 1 [ 1..4 ] @ rowsOf 2 [ 5..8 ])
                let choice = { all with Negatives = 1.0; Seed = 3L }
                let counts, own = small "steam-200k" table [ "steam-200k.csv", text ] choice
                Expect.equal own.Feedback FeedbackKind.Explicit "no negatives are drawn again"
                Expect.equal own.LabelThreshold 1.0 "positives are relevant"
                Expect.equal (ints counts.Value "rowsOut" |> List.last) 16 "as many negatives as positives"

                for user, game, value in rows own.Ratings do
                    let isOwn = (user = "1") = (int (game.Split(' ')[1]) <= 4)
                    Expect.equal value (if isOwn then 1.0 else 0.0) $"{user} and {game}"
        ]

let private lines root name =
    let r = load root name

    [
        for row in 0 .. r.Count - 1 ->
            $"{r.Users[r.UserIndex[row]]}\t{r.Items[r.ItemIndex[row]]}\t{r.Values[row]}\t{r.Times[row]}"
    ]
    |> List.sort

let private kept =
    testList
        "kept"
        [
            RobustMeta.Tests.RealData.testWith "ml-100k" "MovieLens-100K is prepared once, with counts and a manifest"
            <| fun folder ->
                within (fun root ->
                    Directory.CreateSymbolicLink(Path.Combine(root, "ml-100k"), folder) |> ignore
                    let counts, own = prepared root "ml-100k" { all with Core = 10 }
                    let counts = counts.Value
                    let into, out = ints counts "rowsIn", ints counts "rowsOut"

                    Expect.equal
                        into.Tail
                        (out |> List.truncate (out.Length - 1))
                        "what goes out of a step goes into the next"

                    Expect.equal (out.Head, List.last out) (100_000, own.Ratings.Count) "first and last"
                    Expect.equal (List.ofSeq own.UserFeatures) [ "age"; "gender"; "occupation"; "region" ] "defaults"
                    Expect.equal (ofUser own.Ratings "age" "1") [ "20-29" ] "user 1 is 24"
                    Expect.equal (ofUser own.Ratings "region" "1") [ "8" ] "zip 85711"
                    Expect.equal (ofItem own.Ratings "decade" "1") [ "1990s" ] "Toy Story (1995)"
                    Expect.equal (ofItem own.Ratings "title" "50") [ "star" ] "Star Wars; wars is rare"

                    let target = Path.Combine(root, "ml-100k-prepared")
                    let steps = File.ReadAllLines(Path.Combine(target, "steps.csv"))

                    Expect.equal
                        (steps.Length, steps[0].Split(',')[0..3])
                        (counts.RowCount + 1, [| "step"; "why"; "rowsIn"; "rowsOut" |])
                        "steps.csv"

                    let manifest = File.ReadAllText(Path.Combine(target, "manifest.toml"))

                    Expect.stringContains
                        manifest
                        "\"u.data\" = \"06416e597f82b7342361e41163890c81036900f418ad91315590814211dca490\""
                        "sum"

                    Expect.stringContains manifest $"rows = {own.Ratings.Count}" "count"
                    Expect.isEmpty (Directory.GetFiles(target, "*.tmp*")) "nothing else is left"

                    Expect.isNone
                        (fst (prepared root "ml-100k" { all with Core = 10 }))
                        "the same again: nothing to do"

                    let bytes = File.ReadAllBytes(Path.Combine(target, "ratings.bin"))
                    Expect.isSome (fst (prepared root "ml-100k" all)) "another recipe"
                    Expect.isSome (fst (prepared root "ml-100k" { all with Core = 10 })) "and back"
                    Expect.equal (File.ReadAllBytes(Path.Combine(target, "ratings.bin"))) bytes "the same bytes"
                    File.WriteAllText(Path.Combine(target, "ratings.bin"), "damaged")
                    Expect.isSome (fst (prepared root "ml-100k" { all with Core = 10 })) "damaged"

                    Expect.throwsT<SettingException>
                        (fun () -> prepared root "ml-100k" { all with Core = 1000 } |> ignore)
                        "no row is left")

            RobustMeta.Tests.RealData.testWith
                "ml-100k"
                "MovieLens-100K raw, prepared, RecBole's files, raw: the same lines"
            <| fun folder ->
                within (fun root ->
                    Directory.CreateSymbolicLink(Path.Combine(root, "ml-100k"), folder) |> ignore
                    write "[atomic]\nformat = \"recbole\"\nlabelThreshold = 4\n" (Path.Combine(root, "catalog.toml"))
                    let plain = Recipe.plain (catalog(root).Find "ml-100k")
                    let source = catalog(root).Open "ml-100k"
                    Preparation.prepare source plain all (Path.Combine(root, "plain")) |> ignore
                    RecBoleFiles.Write(load root "plain", Path.Combine(root, "atomic"))
                    let raw = File.ReadAllLines(Path.Combine(folder, "u.data")) |> List.ofArray |> List.sort
                    Expect.equal (lines root "atomic") raw "lines of u.data"
                    let was, back = load root "ml-100k", load root "atomic"

                    for user in was.Users.Tokens do
                        for feature in [ "age"; "gender"; "occupation"; "zip" ] do
                            Expect.equal (ofUser back feature user) (ofUser was feature user) $"{feature} of {user}"

                    for item in was.Items.Tokens do
                        for feature in [ "genre"; "year" ] do
                            Expect.equal (ofItem back feature item) (ofItem was feature item) $"{feature} of {item}")
        ]

let private frames =
    testList
        "frames"
        [
            testCase "features survive the way into a frame and back"
            <| fun () ->
                let world = SyntheticRatings.Generate(SyntheticSpec(Users = 30, Items = 20), 5L).Ratings
                let back = Features.table world.Items (Features.frame world.Items world.ItemFeatures)

                for feature in [ "category"; "tags" ] do
                    for item in world.Items.Tokens do
                        Expect.equal
                            (tokens world.Items back feature item |> Set)
                            (ofItem world feature item |> Set)
                            $"{feature} of {item}"

            testCase "words, decades, ages and amounts"
            <| fun () ->
                Expect.equal
                    (Band.words "The L&#39;Avventura &amp; a Cafe\u0301 of X")
                    [ "l'avventura"; "cafe\u0301" |> _.Replace("\u0301", "") ]
                    "words"

                Expect.equal
                    (List.map Band.decade [ "1995"; "2000"; ""; "0"; "x" ])
                    [ "1990s"; "2000s"; ""; ""; "" ]
                    "decades"

                Expect.equal
                    (List.map Band.age [ "4"; "5"; "39"; "100"; "101"; "NULL" ])
                    [ ""; "0-9"; "30-39"; "100-109"; ""; "" ]
                    "ages"

                Expect.equal
                    (List.map Band.doubling [ 0.5; 1.0; 3.9; 1024.0; nan; -1.0 ])
                    [ "0-1"; "1-2"; "2-4"; "1024-2048"; ""; "" ]
                    "amounts"
        ]

let private table =
    testCase "the table of data sets has a column each, official counts beside ours"
    <| fun () ->
        let data = Dataset(Ratings.Of("mine", [ struct ("u", "a", 5f); struct ("v", "a", 1f) ]), 4.0, [], [])
        let official = OfficialCounts(Users = 3L, Rows = 10L)
        let table = RobustMeta.Scripts.Data.DataCommand.statistics [ data, official; data, OfficialCounts() ]
        Expect.equal [ for column in table.Columns -> column.Name ] [ "statistic"; "mine"; "mine" ] "header"

        for cells in [ [ "users"; "2"; "2" ]; [ "users, official"; "3"; "–" ]; [ "interactions, official"; "10"; "–" ] ] do
            let cells = cells |> List.map RobustMeta.Scripts.Cell.text
            Expect.exists table.Rows (fun row -> row.Cells = cells) $"%A{cells}"

        let rows official = (RobustMeta.Scripts.Data.DataCommand.statistics [ data, official ]).Rows.Length
        let less = rows (OfficialCounts(Users = 3L, Items = 1L, Rows = 10L)) - rows (OfficialCounts())
        Expect.equal less 3 "rows that no data set has a value of are left out"

[<Tests>]
let tests = testList "Recipes" [ layouts; kept; frames; table ]
