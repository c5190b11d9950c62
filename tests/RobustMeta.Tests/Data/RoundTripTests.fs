/// Every real data set that is at hand: raw, prepared, RecBole's atomic files and Parquet files, and back.
module RobustMeta.Tests.Data.RoundTripTests

open System.IO
open Expecto
open RobustMeta.Data
open RobustMeta.Data.Reading
open RobustMeta.Tests.ReadRatings
open RobustMeta.Tests.TempFolder

/// A tenth of the users where there are many rows.
let private sample (r: Ratings) = if r.Count > 300_000 then r.Where(fun row -> r.UserIndex[row] % 10 = 0) else r

let private sameEntities what (was: Vocabulary, wasTable: FeatureTable) (back: Vocabulary, backTable: FeatureTable) =
    Expect.equal (Set back.Tokens) (Set was.Tokens) what

    Expect.equal
        [ for c in backTable.Columns -> c.Name ]
        [ for c in wasTable.Columns -> c.Name ]
        $"features of the {what}"

    for column in wasTable.Columns do
        for entity in was.Tokens do
            match column, backTable.Find column.Name with
            | (:? FloatColumn as was'), (:? FloatColumn as back') ->
                Expect.isTrue
                    (was'.Values[was.Find(entity).Value].Equals(back'.Values[back.Find(entity).Value]))
                    $"{column.Name} of {entity}"
            | _ ->
                if Set(tokens back backTable column.Name entity) <> Set(tokens was wasTable column.Name entity) then
                    failtest $"{column.Name} of {entity}: {tokens back backTable column.Name entity}"

let private same (was: Ratings) (back: Ratings) =
    sameEntities "users" (was.Users, was.UserFeatures) (back.Users, back.UserFeatures)
    sameEntities "items" (was.Items, was.ItemFeatures) (back.Items, back.ItemFeatures)
    let was, back = CanonicalRatings.Of was, CanonicalRatings.Of back
    Expect.isTrue (Seq.forall2 (=) was.Users.Tokens back.Users.Tokens) "users in order"
    Expect.isTrue (Seq.forall2 (=) was.Items.Tokens back.Items.Tokens) "items in order"
    Expect.equal back.Count was.Count "rows"
    Expect.isTrue (Seq.forall2 (=) was.UserIndex back.UserIndex) "user of each row"
    Expect.isTrue (Seq.forall2 (=) was.ItemIndex back.ItemIndex) "item of each row"
    Expect.isTrue (Seq.forall2 (=) was.Values back.Values) "value of each row"
    Expect.equal back.Times.Length was.Times.Length "times"
    Expect.isTrue (Seq.forall2 (=) was.Times back.Times) "time of each row"

let private columns (table: FeatureTable) =
    [
        for c in table.Columns ->
            match c with
            | :? TokenColumn -> $"\"{c.Name}\""
            | :? TokenBagColumn -> $"\"{c.Name}:bag:|\""
            | _ -> $"\"{c.Name}:number\""
    ]
    |> String.concat ", "

/// The catalog's table of the Parquet files of ratings.
let private parquetTable (r: Ratings) =
    [
        "[parquet]\nformat = \"parquet\"\nlabelThreshold = 4\n[parquet.columns]\nratings = \"ratings.parquet\""
        if not r.UserFeatures.Columns.IsEmpty then
            $"users = \"users.parquet\"\nuserFeatures = [{columns r.UserFeatures}]"
        if not r.ItemFeatures.Columns.IsEmpty then
            $"items = \"items.parquet\"\nitemFeatures = [{columns r.ItemFeatures}]"
        ""
    ]
    |> String.concat "\n"

let private roundTrip (folder: string, name) =
    RobustMeta.Tests.RealData.testWith folder $"{name}: raw, prepared, RecBole's files and Parquet, and back"
    <| fun folder ->
        within (fun root ->
            let was = sample (DatasetCatalog([ Path.GetDirectoryName folder ], null).Open(name).Read())

            write
                ("[atomic]\nformat = \"recbole\"\nlabelThreshold = 4\n[atomic.options]\nseqSeparator = \"|\"\n"
                 + parquetTable was)
                (Path.Combine(root, "catalog.toml"))

            let file = Path.Combine(root, "ratings.bin")
            PreparedFile.Write(was, file)
            let prepared = PreparedFile.Read("atomic", file)
            same was prepared
            RecBoleFiles.Write(prepared, Path.Combine(root, "atomic"), '|')
            same was (load root "atomic")
            ParquetRatings.Write(prepared, Path.Combine(root, "parquet"))
            same was (load root "parquet"))

let private small =
    testCase "tokens with blanks: refused for RecBole's own separator, kept by another; Parquet has nulls"
    <| fun () ->
        within (fun root ->
            write
                ("[raw]\nformat = \"delimited\"\nlabelThreshold = 4\n[raw.columns]\nratings = \"r.csv\"\nitems = \"i.csv\"\nitemFeatures = [\"genre:bag:;\", \"type\", \"price:number\"]\n"
                 + "[atomic]\nformat = \"recbole\"\nlabelThreshold = 4\n[atomic.options]\nseqSeparator = \"|\"\n")
                (Path.Combine(root, "catalog.toml"))

            write "user,item,rating\nu,a b,1.25\nv,c,4\n" (Path.Combine(root, "raw", "r.csv"))

            write
                "item,genre,type,price\na b,Slice of Life;Drama,TV show,\nc,,,3.5\n"
                (Path.Combine(root, "raw", "i.csv"))

            let was = load root "raw"

            Expect.throwsC (fun () -> RecBoleFiles.Write(was, Path.Combine(root, "atomic"))) (fun error ->
                Expect.stringContains error.Message "'Slice of Life' holds a blank" "which, and why")

            Directory.Delete(Path.Combine(root, "atomic"), true)
            RecBoleFiles.Write(was, Path.Combine(root, "atomic"), '|')
            same was (load root "atomic")
            write (parquetTable was) (Path.Combine(root, "catalog.toml"))
            ParquetRatings.Write(was, Path.Combine(root, "parquet"))
            same was (load root "parquet")

            Expect.isFalse
                (File.Exists(Path.Combine(root, "parquet", "users.parquet")))
                "no file of users without features")

[<Tests>]
let tests =
    testList
        "RoundTrip"
        [
            small
            for data in
                [
                    "ml-100k", "ml-100k"
                    "ml-1m", "ml-1m"
                    "jester-1", "jester-1"
                    "anime-5k", "anime-5k"
                    "book-crossing", "book-crossing"
                    "steam-200k", "steam-200k"
                    "steam-200k", "steam-200k-plays"
                ] do
                roundTrip data
        ]
