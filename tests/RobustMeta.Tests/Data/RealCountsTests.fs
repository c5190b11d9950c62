/// What the folders of real data sets say in their README beyond the ratings: distributions, profiles, folds.
module RobustMeta.Tests.Data.RealCountsTests

open System.IO
open Expecto
open RobustMeta.Data
open RobustMeta.Tests.ReadRatings
open RobustMeta.Tests.RealData

let private catalog (folder: string) = DatasetCatalog([ Path.GetDirectoryName folder ], null)

let private read (folder: string) = (catalog folder).Load(Path.GetFileName folder).Ratings

/// Least, median and most rows of a user, as the lower median of sorted counts.
let private activity (r: Ratings) =
    let s = DatasetStatistics.Of(r, 1.0)
    int s.Activity.Min, int s.Activity.Median, int s.Activity.Max

let private usersWith least (r: Ratings) =
    Seq.init r.Users.Count (fun user -> r.RowsOf(user).Length) |> Seq.filter (fun n -> n >= least) |> Seq.length

let private ofGender (r: Ratings) gender =
    r.Users.Tokens |> Seq.filter (fun user -> ofUser r "gender" user = [ gender ]) |> Seq.length

/// A test fold of MovieLens-100K.
let private fold folder file =
    DelimitedFiles.Read(
        file,
        folder,
        DelimitedSpec(
            Ratings = file,
            User = "1",
            Item = "2",
            Rating = "3",
            Time = "4",
            Dialect = FileDialect(Separator = "\t", Header = false)
        ),
        DuplicateRule.Refuse
    )

let private bookCrossing file features =
    DelimitedSpec(
        Ratings = file,
        User = "User-ID",
        Item = "ISBN",
        Rating = "Book-Rating",
        Users = "BX-Users.csv",
        UsersId = "User-ID",
        UserFeatures = features,
        Dialect = FileDialect(Separator = ";", Backslash = true, Encoding = TextEncoding.Latin1),
        UsersDialect = FileDialect(Separator = ";", Backslash = true, LineBreaks = true, Encoding = TextEncoding.Latin1)
    )

[<Tests>]
let tests =
    testList
        "RealCounts"
        [
            testWith "ml-100k" "MovieLens-100K: rows of a user, and test folds that add up to the whole"
            <| fun folder ->
                let whole = read folder
                Expect.equal (activity whole) (20, 65, 737) "rows of a user"
                let parts = [ for k in 1..5 -> fold folder $"u{k}.test" ]
                Expect.equal [ for part in parts -> part.Count ] (List.replicate 5 20_000) "five folds"
                Expect.equal (parts |> List.collect rows |> List.sort) (rows whole |> List.sort) "their union"

                for file in [ "ua.test"; "ub.test" ] do
                    let part = fold folder file
                    Expect.equal part.Count 9_430 file
                    Expect.isEmpty (Set(rows part) - Set(rows whole)) $"{file} is part of the whole"

            testWith "ml-1m" "MovieLens-1M: rows of a user, genders, occupations"
            <| fun folder ->
                let r = read folder
                Expect.equal (activity r) (20, 96, 2314) "rows of a user"
                Expect.equal (ofGender r "M", ofGender r "F") (4331, 1709) "genders"

                let occupations = r.Users.Tokens |> Seq.map (ofUser r "occupation") |> Seq.distinct |> Seq.length

                Expect.equal occupations 21 "occupations"

            testWith "jester-1" "Jester: rows of a user"
            <| fun folder -> Expect.equal (activity (read folder)) (36, 72, 100) "rows of a user"

            testWith "anime-5k" "Anime: rows of a user with those that are not rated, users who rated enough"
            <| fun folder ->
                let whole =
                    DelimitedFiles.Read(
                        "anime",
                        folder,
                        DelimitedSpec(Ratings = "rating.csv", User = "user_id", Item = "anime_id", Rating = "rating"),
                        DuplicateRule.Refuse
                    )

                Expect.equal (whole.Users.Count, whole.Items.Count, whole.Count) (5000, 7390, 520609) "counts"
                Expect.equal (activity whole) (1, 56, 1993) "rows of a user"
                Expect.equal (whole.Values |> Seq.filter (fun v -> v = -1f) |> Seq.length) 100666 "not rated"
                Expect.equal (usersWith 13 (read folder)) 3558 "users with at least 13 rated"

            testWith "book-crossing" "Book-Crossing: users, ages, the head file, new books"
            <| fun folder ->
                Expect.equal (usersWith 13 (read folder)) 3231 "users with at least 13 ratings"

                let head =
                    DelimitedFiles.Read(
                        "head",
                        folder,
                        bookCrossing "BX-Book-Ratings-head.csv" [ DelimitedFeature("Age", FeatureKind.Number) ],
                        DuplicateRule.KeepLast
                    )

                Expect.equal
                    (head.Users.Count, head.Items.Count, head.Report.Rows, head.Report.UsersWithoutFeatures)
                    (17793, 106951, 199999L, 0)
                    "the head file"

                let users =
                    ReaderSource((catalog folder).Find "book-crossing", folder)
                        .Rows(
                            "BX-Users.csv",
                            FileDialect(
                                Separator = ";",
                                Header = true,
                                Backslash = true,
                                LineBreaks = true,
                                Encoding = TextEncoding.Latin1
                            )
                        )
                    |> Seq.map (fun row -> row.Field 3)
                    |> List.ofSeq

                Expect.equal users.Length 278_858 "users"
                Expect.equal (users |> List.filter (fun age -> age <> "NULL") |> List.length) 168_096 "ages"

                let isbns =
                    ReaderSource((catalog folder).Find "book-crossing", folder)
                        .Rows("new-books-isbn.txt", FileDialect(Separator = ";", Header = false))
                    |> Seq.map (fun row -> row.Field 1)
                    |> Set

                Expect.equal isbns.Count 8_924 "new books"
                let r = read folder

                let rowsOfNew =
                    r.ItemIndex |> Seq.countBy (fun item -> r.Items[item]) |> Seq.filter (fst >> isbns.Contains)

                Expect.isTrue (rowsOfNew |> Seq.forall (fun (_, n) -> n = 3)) "three ratings each"
                Expect.equal (Seq.length rowsOfNew) 8_924 "all of them are rated"
        ]
