/// What a reader made of the files of a folder.
module RobustMeta.Tests.ReadRatings

open System.IO
open System.Text
open Expecto
open RobustMeta.Data

/// User, item and rating of every row, by name.
let rows (ratings: Ratings) =
    [
        for r in 0 .. ratings.Count - 1 ->
            ratings.Users[ratings.UserIndex[r]], ratings.Items[ratings.ItemIndex[r]], float ratings.Values[r]
    ]

let times (ratings: Ratings) = List.ofSeq ratings.Times

/// Tokens of a feature of an entity, by name.
let tokens (entities: Vocabulary) (table: FeatureTable) feature (entity: string) =
    let row = entities.Find(entity).Value

    match table.Find feature with
    | :? TokenColumn as c -> [ c.Vocabulary[c.Tokens[row]] ]
    | :? TokenBagColumn as c -> [ for token in c.Bag(row).ToArray() -> c.Vocabulary[token] ]
    | other -> failwith $"{feature} is {other}"

let ofUser (ratings: Ratings) = tokens ratings.Users ratings.UserFeatures
let ofItem (ratings: Ratings) = tokens ratings.Items ratings.ItemFeatures

let load root name = DatasetCatalog([ root ], null).Load(name).Ratings

/// The error of reading, whose place is as given and whose text has all the parts.
let malformed root name (file, line: int64, column) (parts: string list) =
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

/// A catalog with one data set 'own' of r.csv (user, item, rating, time), whose columns are given.
let own (columns: string) =
    $"[own]\nformat = \"delimited\"\nlabelThreshold = 4\n[own.columns]\nratings = \"r.csv\"\n{columns}\n"

/// Its columns where nothing is out of the ordinary.
let usual = "user = \"user\"\nitem = \"item\"\nrating = \"rating\"\n"

let bytes (text: string) = Encoding.Latin1.GetBytes text
