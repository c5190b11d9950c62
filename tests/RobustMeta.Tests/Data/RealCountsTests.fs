/// What the folders of real data sets say in their README beyond the ratings: distributions, profiles, folds.
module RobustMeta.Tests.Data.RealCountsTests

open System
open System.Collections.Generic
open System.IO
open System.IO.Compression
open System.Security.Cryptography
open System.Text.RegularExpressions
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

/// Files of a README's table with their size and SHA-256: those that are there, compressed or as they were.
let private sums (folder: string) =
    let row =
        Regex @"^\| `(?<file>[^`]+)`(?<plain> \(uncompressed\))? \| (?<bytes>[0-9,]+) \| `(?<sum>[0-9a-f]{64})` \|"

    [
        for line in File.ReadLines(Path.Combine(folder, "README.md")) do
            let m = row.Match line

            if m.Success then
                m.Groups["file"].Value,
                m.Groups["plain"].Success,
                int64 (m.Groups["bytes"].Value.Replace(",", "")),
                m.Groups["sum"].Value
    ]

let private content (folder: string) (file: string) isPacked =
    use packed =
        File.OpenRead(Path.Combine(folder, (if isPacked && not (file.EndsWith ".gz") then file + ".gz" else file)))

    use whole = new MemoryStream()

    if isPacked then
        use plain = new GZipStream(packed, CompressionMode.Decompress)
        plain.CopyTo whole
    else
        packed.CopyTo whole

    whole.ToArray()

let private files =
    [
        for name in [ "ml-100k"; "ml-1m"; "jester-1"; "anime-5k"; "book-crossing"; "steam-200k" ] ->
            testWith name $"{name}: the files are those of its README"
            <| fun folder ->
                let sums = sums folder
                Expect.isNonEmpty sums "its table"

                for file, isPacked, size, sum in sums do
                    let bytes = content folder file isPacked
                    Expect.equal (bytes.LongLength, Convert.ToHexStringLower(SHA256.HashData bytes)) (size, sum) file
    ]

let private unknown (r: Ratings) feature =
    r.Items.Tokens
    |> Seq.filter (fun item ->
        match ofItem r feature item with
        | []
        | [ Vocabulary.Unknown ] -> true
        | _ -> false)
    |> Seq.length

[<Tests>]
let tests =
    testList
        "RealCounts"
        [
            yield! files

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
                Expect.equal (r.Items.Tokens |> Seq.map int |> Seq.max) 3952 "highest film"

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
                let rated = read folder
                Expect.equal (usersWith 13 rated) 3558 "users with at least 13 rated"
                Expect.equal (unknown rated "genre", unknown rated "type") (62, 25) "anime without genre and type"

                let means =
                    ReaderSource((catalog folder).Find "anime-5k", folder)
                        .Rows("anime.csv", FileDialect(Separator = ",", Header = true))
                    |> Seq.map (fun row -> row.Field 6)
                    |> List.ofSeq

                Expect.equal (means.Length, means |> List.filter ((=) "") |> List.length) (12294, 230) "mean ratings"

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

                let latin1 =
                    FileDialect(Separator = ";", Header = true, Backslash = true, Encoding = TextEncoding.Latin1)

                let headRows =
                    ReaderSource((catalog folder).Find "book-crossing", folder).Rows("BX-Book-Ratings-head.csv", latin1)
                    |> Seq.map (fun row -> (row.Field 1, row.Field 2), int (row.Field 3))
                    |> List.ofSeq

                let explicit = headRows |> List.filter (fun (_, rating) -> rating > 0)

                let with13 (rows: ((string * string) * int) list) =
                    rows |> List.countBy (fst >> fst) |> List.filter (fun (_, n) -> n >= 13) |> List.length

                Expect.equal
                    (headRows.Length - explicit.Length, explicit.Length)
                    (120730, 79269)
                    "implicit and explicit"

                Expect.equal (with13 headRows, with13 explicit) (1749, 948) "users of the head with at least 13 rows"
                let books = read folder
                let known = books |> rows |> Seq.map (fun (user, isbn, _) -> user, isbn) |> HashSet
                let both, alone = explicit |> List.map fst |> List.distinct |> List.partition known.Contains

                Expect.equal
                    (both.Length, alone.Length)
                    (41663, 37601)
                    "explicit pairs of the head in the sample and not"

                let ofSample =
                    headRows |> List.filter (fun ((_, isbn), _) -> books.Items.Find(isbn).HasValue) |> List.length

                Expect.equal
                    (System.Math.Round(100.0 * float ofSample / 199999.0))
                    49.0
                    "percent on books of the sample"

                Expect.equal
                    (headRows.Length - (headRows |> List.distinctBy fst |> List.length))
                    13
                    "pairs that coincide"

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
