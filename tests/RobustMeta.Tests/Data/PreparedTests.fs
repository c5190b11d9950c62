module RobustMeta.Tests.Data.PreparedTests

open System
open System.IO
open Expecto
open FsCheck
open RobustMeta.Tests.Properties
open RobustMeta.Data
open RobustMeta.Data.Reading
open RobustMeta.Tests.ReadRatings
open RobustMeta.Tests.TempFolder

let private world = lazy SyntheticRatings.Generate(SyntheticSpec(Users = 60, Items = 40), 3L).Ratings

/// All that a data set holds, by name.
let private content (r: Ratings) =
    let features (entities: Vocabulary) (table: FeatureTable) =
        [
            for column in table.Columns do
                for entity in entities.Tokens -> column.Name, entity, tokens entities table column.Name entity
        ]

    rows r, times r, features r.Users r.UserFeatures, features r.Items r.ItemFeatures

let private ofPairs (pairs: (int * int) list) =
    Ratings.Of("t", [ for u, i in pairs -> struct ($"u{u}", $"i{i}", float32 (u + i)) ])

/// The k-core by its definition: take away what has too few until nothing does.
let rec private naiveCore k rows =
    let few f = rows |> List.countBy f |> List.filter (fun (_, n) -> n < k) |> List.map fst |> Set
    let users, items = few (fun (u, _, _) -> u), few (fun (_, i, _) -> i)

    match rows |> List.filter (fun (u, i, _) -> not (users.Contains u || items.Contains i)) with
    | kept when kept.Length = rows.Length -> rows
    | kept -> naiveCore k kept

[<Tests>]
let tests =
    testList
        "prepared data"
        [
            testCase "written and read, all is as it was"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "ratings.bin")
                    PreparedFile.Write(world.Value, path)
                    Expect.equal (content (PreparedFile.Read("synthetic", path))) (content world.Value) "content")

            testCase "one changed bit anywhere is noticed"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "ratings.bin")
                    PreparedFile.Write(ofPairs [ 1, 1; 2, 1; 1, 2 ], path)
                    let whole = File.ReadAllBytes path

                    for at in 0 .. whole.Length - 1 do
                        let changed = Array.copy whole
                        changed[at] <- changed[at] ^^^ 4uy
                        File.WriteAllBytes(path, changed)

                        Expect.throwsT<DataFormatException>
                            (fun () -> PreparedFile.Read("t", path) |> ignore)
                            $"byte {at}")

            testCase "as RecBole's files and back, all is as it was"
            <| fun () ->
                within (fun root ->
                    RecBoleFiles.Write(world.Value, Path.Combine(root, "synthetic2"))

                    write
                        "[synthetic2]\nformat = \"recbole\"\nlabelThreshold = 4\n"
                        (Path.Combine(root, "catalog.toml"))

                    let rows, times, users, items = content (load root "synthetic2")
                    let rows', times', users', items' = content world.Value
                    Expect.equal (rows, times) (rows', times') "rows"
                    Expect.equal (Set users, Set items) (Set users', Set items') "features")

            testCase "raw, prepared, RecBole's files and raw again: the same lines"
            <| fun () ->
                within (fun root ->
                    let raw =
                        [ for r in 0..299 -> $"u{r % 23},i {r * 7 % 31},{1 + r % 5},{1_000_000_000 + r * 61}" ]
                        |> List.distinctBy (fun line -> line.Split(',')[0..1] |> List.ofArray)

                    write
                        ("user,item,rating,time\n" + String.Join("\n", raw) + "\n")
                        (Path.Combine(root, "raw", "r.csv"))

                    write
                        ("[raw]\nformat = \"delimited\"\nlabelThreshold = 4\ncolumns.ratings = \"r.csv\"\n"
                         + "[prepared]\nformat = \"prepared\"\nlabelThreshold = 4\n"
                         + "[atomic]\nformat = \"recbole\"\nlabelThreshold = 4\n")
                        (Path.Combine(root, "catalog.toml"))

                    Directory.CreateDirectory(Path.Combine(root, "prepared")) |> ignore
                    PreparedFile.Write(load root "raw", Path.Combine(root, "prepared", "ratings.bin"))
                    let prepared = load root "prepared"
                    RecBoleFiles.Write(prepared, Path.Combine(root, "atomic"))
                    let back = load root "atomic"

                    let lines =
                        [
                            for row in 0 .. back.Count - 1 ->
                                $"{back.Users[back.UserIndex[row]]},{back.Items[back.ItemIndex[row]]},{back.Values[row]},{back.Times[row]}"
                        ]

                    Expect.equal (List.sort lines) (List.sort raw) "lines")

            property "the k-core is the naive one"
            <| fun (pairs: (byte * byte) list) (k: bool) ->
                let k = if k then 2 else 3
                let pairs = pairs |> List.map (fun (u, i) -> int u % 8, int i % 8) |> List.distinct
                let data = ofPairs pairs
                rows (data.KCore(k, k)) = naiveCore k (rows data)

            testCase "a filter keeps features with their entities"
            <| fun () ->
                let kept = world.Value.Where(fun row -> row % 7 = 0)

                for user in kept.Users.Tokens do
                    Expect.equal (ofUser kept "segment" user) (ofUser world.Value "segment" user) user

                for item in kept.Items.Tokens do
                    Expect.equal (ofItem kept "tags" item) (ofItem world.Value "tags" item) item
        ]
