/// Features of users and items as Deedle frames: a row an identifier, a column a feature; a text is a token, a list of texts a bag,
/// a number a number, and what is missing is unknown.
module RobustMeta.Scripts.Preparation.Features

open System
open Deedle
open RobustMeta.Data
open RobustMeta.Data.Reading

/// A column of the values that are there, by identifiers.
let private column (entities: Vocabulary) (value: int -> 'value option) : Series<string, 'value> =
    Series.ofObservations
        [
            for row, entity in Seq.indexed entities.Tokens do
                match value row with
                | Some value -> entity => value
                | None -> ()
        ]

/// The features of a table as a frame.
let frame (entities: Vocabulary) (table: FeatureTable) : Frame<string, string> =
    let frame = Frame.ofRowKeys entities.Tokens

    for feature in table.Columns do
        match feature with
        | :? TokenColumn as c ->
            let token row = if c.Tokens[row] = 0 then None else Some c.Vocabulary[c.Tokens[row]]

            frame.AddColumn(c.Name, column entities token)
        | :? TokenBagColumn as c ->
            let bag row = Some [ for token in c.Bag(row).ToArray() -> c.Vocabulary[token] ]

            frame.AddColumn(c.Name, column entities bag)
        | :? FloatColumn as c -> frame.AddColumn(c.Name, column entities (fun row -> Some(float c.Values[row])))
        | other -> invalidOp $"The feature '{other.Name}' is of no kind that a frame holds."

    frame

/// What a column of a frame holds, and how a value of it is a feature's.
let private kind (frame: Frame<string, string>) (name: string) =
    let present = frame.GetColumn<obj>(name).Values |> Seq.tryHead

    match present with
    | Some(:? (string list)) ->
        FeatureKind.Bag, (fun (value: obj) -> FeatureValue.Of(Array.ofList (value :?> string list)))
    | Some(:? string)
    | None -> FeatureKind.Token, (fun value -> FeatureValue.Of(value :?> string))
    | Some _ -> FeatureKind.Number, (fun value -> FeatureValue.Of(Convert.ToSingle value))

let private missing kind =
    match kind with
    | FeatureKind.Bag -> FeatureValue.Of(Array.empty<string>)
    | FeatureKind.Number -> FeatureValue.Of nanf
    | _ -> FeatureValue.Of ""

/// A frame as features of these users or items; rows of others are left out, and who has no row is unknown.
let table (entities: Vocabulary) (frame: Frame<string, string>) : FeatureTable =
    let columns =
        [|
            for name in frame.ColumnKeys do
                let kind, value = kind frame name
                name, kind, value, frame.GetColumn<obj> name
        |]

    let builder = FeatureTableBuilder(entities, [| for name, kind, _, _ in columns -> struct (name, kind) |])

    for row, entity in Seq.indexed entities.Tokens do
        let values =
            [|
                for _, kind, value, series in columns ->
                    match series.TryGet entity with
                    | OptionalValue.Present present -> value present
                    | OptionalValue.Missing -> missing kind
            |]

        builder.Set(entity, "frame", int64 row + 1L, values)

    builder.Build()

/// A step that changes the features of the items.
let items (name: string) (why: string) (change: Frame<string, string> -> Frame<string, string>) =
    Step.make name why (fun ratings ->
        let changed = frame ratings.Items ratings.ItemFeatures |> change
        ratings.WithFeatures(ratings.UserFeatures, table ratings.Items changed))

/// A step that changes the features of the users.
let users (name: string) (why: string) (change: Frame<string, string> -> Frame<string, string>) =
    Step.make name why (fun ratings ->
        let changed = frame ratings.Users ratings.UserFeatures |> change
        ratings.WithFeatures(table ratings.Users changed, ratings.ItemFeatures))

/// Adds a feature that is made of another, where that is there.
let derive (from: string) (name: string) (f: 'a -> 'b) (frame: Frame<string, string>) : Frame<string, string> =
    let made = frame.Clone()
    made.ReplaceColumn(name, frame.GetColumn<'a> from |> Series.mapValues f)
    made

/// Adds the columns of another frame, by identifiers; who has no row there has them missing.
let join (other: Frame<string, string>) (frame: Frame<string, string>) : Frame<string, string> =
    frame.Join(other, JoinKind.Left)

/// Takes features away.
let without (names: string list) (frame: Frame<string, string>) : Frame<string, string> =
    names |> List.fold (fun frame name -> Frame.dropCol name frame) frame

/// Takes tokens out of a bag that fewer than so many rows have.
let common (least: int) (name: string) (frame: Frame<string, string>) : Frame<string, string> =
    let bags = frame.GetColumn<string list> name

    let kept =
        bags.Values
        |> Seq.collect List.distinct
        |> Seq.countBy id
        |> Seq.filter (fun (_, count) -> count >= least)
        |> Seq.map fst
        |> Set

    derive name name (List.filter kept.Contains) frame
