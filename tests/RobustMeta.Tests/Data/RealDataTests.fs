module RobustMeta.Tests.Data.RealDataTests


open System.IO
open System.IO.Compression
open Expecto
open RobustMeta.Data
open RobustMeta.Tests.ReadRatings

let private read (folder: string) =
    DatasetCatalog([ Path.GetDirectoryName folder ], null).Load(Path.GetFileName folder).Ratings

let private rated (r: Ratings) = r.ItemIndex |> Seq.distinct |> Seq.length

/// Numbers of rows with the ratings 1, 2, …, highest.
let private histogram highest (r: Ratings) =
    let counts = r.Values |> Seq.countBy int |> Map
    [ for value in 1..highest -> counts.TryFind value |> Option.defaultValue 0 ]

/// Known tokens of a feature of all users or items.
let private vocabulary (table: FeatureTable) feature =
    match table.Find feature with
    | :? TokenColumn as c -> Set c.Vocabulary.Tokens
    | :? TokenBagColumn as c -> Set c.Vocabulary.Tokens
    | other -> failwith $"{feature} is {other}"
    |> Set.remove Vocabulary.Unknown

let private ageClasses = Set [ "1"; "18"; "25"; "35"; "45"; "50"; "56" ]

[<Tests>]
let tests =
    testList
        "RealData"
        [
            RobustMeta.Tests.RealData.testWith "ml-100k" "MovieLens-100K has the published counts and features"
            <| fun folder ->
                let r = read folder
                Expect.equal (r.Users.Count, r.Items.Count, rated r, r.Count) (943, 1682, 1682, 100000) "counts"
                Expect.equal (histogram 5 r) [ 6110; 11370; 27145; 34174; 21201 ] "ratings"
                Expect.isTrue r.Report.HasTimes "times"
                Expect.equal (Seq.min r.Times, Seq.max r.Times) (874724710L, 893286638L) "period"

                Expect.equal
                    (r.Report.Duplicates, r.Report.UsersWithoutFeatures, r.Report.ItemsWithoutFeatures)
                    (0L, 0, 0)
                    "report"

                Expect.equal (vocabulary r.UserFeatures "age") ageClasses "age classes"
                Expect.equal (vocabulary r.UserFeatures "occupation").Count 21 "occupations"
                Expect.equal (vocabulary r.ItemFeatures "genre").Count 19 "genres"
                Expect.equal (rows r).Head ("196", "242", 3.0) "first row"

                Expect.equal
                    [ for f in [ "age"; "gender"; "occupation"; "zip" ] -> ofUser r f "1" ]
                    [ [ "18" ]; [ "M" ]; [ "technician" ]; [ "85711" ] ]
                    "user 1 is 24"

                Expect.equal (ofItem r "genre" "1") [ "Animation"; "Children's"; "Comedy" ] "Toy Story"
                Expect.equal (ofItem r "year" "1") [ "1995" ] "Toy Story (1995)"

            RobustMeta.Tests.RealData.testWith "ml-1m" "MovieLens-1M has the published counts and features"
            <| fun folder ->
                let r = read folder
                Expect.equal (r.Users.Count, r.Items.Count, rated r, r.Count) (6040, 3883, 3706, 1000209) "counts"
                Expect.equal (histogram 5 r) [ 56174; 107557; 261197; 348971; 226310 ] "ratings"

                Expect.equal
                    (r.Report.Duplicates, r.Report.UsersWithoutFeatures, r.Report.ItemsWithoutFeatures)
                    (0L, 0, 0)
                    "report"

                Expect.equal (vocabulary r.UserFeatures "age") ageClasses "age classes"
                Expect.equal (vocabulary r.ItemFeatures "genre").Count 18 "genres"
                Expect.equal (ofItem r "genre" "1") [ "Animation"; "Children's"; "Comedy" ] "Toy Story"

                Expect.equal
                    [ for f in [ "age"; "gender"; "occupation"; "zip" ] -> ofUser r f "1" ]
                    [ [ "1" ]; [ "F" ]; [ "10" ]; [ "48067" ] ]
                    "user 1"

                // Some copies have lost the times, and hold one number in their place.
                let lines =
                    let plain = Path.Combine(folder, "ratings.dat")

                    if File.Exists plain then
                        File.ReadLines plain
                    else
                        seq {
                            use reader =
                                new StreamReader(
                                    new GZipStream(File.OpenRead(plain + ".gz"), CompressionMode.Decompress)
                                )

                            while not reader.EndOfStream do
                                reader.ReadLine()
                        }

                let times =
                    lines |> Seq.map (fun line -> line[line.LastIndexOf ':' + 1 ..]) |> Seq.distinct |> Seq.truncate 2

                let known = Seq.length times > 1
                Expect.equal (r.Report.HasTimes, r.Times.IsEmpty) (known, not known) "times"

            RobustMeta.Tests.RealData.testWith "jester-1" "Jester has the published counts"
            <| fun folder ->
                let r = read folder
                Expect.equal (r.Users.Count, r.Items.Count, r.Count) (24983, 100, 1810455) "counts"
                Expect.equal (Seq.min r.Values, Seq.max r.Values) (-9.95f, 10.0f) "range"
                Expect.equal (Seq.distinct r.Values |> Seq.length) 412 "distinct values"
                Expect.equal (r.RowsOf(r.Users.Find("1").Value).Length) 74 "jokes of user 1"
                Expect.isFalse r.Report.HasTimes "times"

            RobustMeta.Tests.RealData.testWith "book-crossing" "Book-Crossing has the counts of its sample"
            <| fun folder ->
                let r = read folder
                Expect.equal (r.Users.Count, r.Items.Count, r.Count) (51759, 27109, 230936) "counts"

                Expect.equal
                    (histogram 10 r)
                    [ 810; 1353; 2958; 4395; 23245; 18534; 40283; 57616; 38980; 42762 ]
                    "ratings"

                Expect.equal (r.Report.Duplicates, r.Report.ItemsWithoutFeatures) (0L, 0) "report"

                Expect.equal
                    (ofItem r "author" "0002005018", ofItem r "publisher" "0002005018")
                    ([ "Richard Bruce Wright" ], [ "HarperFlamingo Canada" ])
                    "a book"

            RobustMeta.Tests.RealData.testWith "steam-200k" "Steam has the published counts of purchases and plays"
            <| fun folder ->
                let catalog = DatasetCatalog([ Path.GetDirectoryName folder ], null)
                let bought, played = catalog.Load "steam-200k", catalog.Load "steam-200k-plays"
                let counts (r: Ratings) = r.Users.Count, r.Items.Count, r.Count, r.Report.Rows
                Expect.equal (counts bought.Ratings) (12393, 5155, 128804, 129511L) "purchases"
                Expect.equal (counts played.Ratings) (11350, 3600, 70477, 70489L) "plays"
                Expect.equal (Seq.distinct bought.Ratings.Values |> List.ofSeq) [ 1f ] "positives"
                Expect.equal (bought.Feedback, played.Feedback) (FeedbackKind.Positives, FeedbackKind.Counts) "feedback"
                let hours = played.Ratings.Values |> Seq.map (fun v -> exp (float v) - 1.0)
                Expect.isTrue (abs (Seq.min hours - 0.1) < 1e-3 && Seq.max hours >= 11753.0) "hours"
                Expect.equal (ofItem bought.Ratings "title" "Dota 2") [ "dota"; "2" ] "words of a title"

            RobustMeta.Tests.RealData.testWith "anime-5k" "the anime sample has its counts"
            <| fun folder ->
                let r = read folder
                Expect.equal (r.Users.Count, r.Items.Count, rated r, r.Count) (4714, 12294, 7157, 419943) "counts"

                Expect.equal
                    (r.Report.Unrated, r.Report.Duplicates, r.Report.ItemsWithoutFeatures)
                    (100666L, 0L, 0)
                    "report"

                Expect.equal
                    (histogram 10 r)
                    [ 1278; 1702; 2889; 6847; 19077; 42433; 91136; 108782; 83242; 62557 ]
                    "ratings"

                Expect.equal (vocabulary r.ItemFeatures "genre").Count 43 "genres"

                Expect.equal
                    (ofItem r "genre" "1", ofItem r "type" "1")
                    ([ "Action"; "Adventure"; "Comedy"; "Drama"; "Sci-Fi"; "Space" ], [ "TV" ])
                    "Cowboy Bebop"
        ]
