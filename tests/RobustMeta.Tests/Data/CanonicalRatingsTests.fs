module RobustMeta.Tests.Data.CanonicalRatingsTests

open System.Collections.Immutable
open Expecto
open RobustMeta.Data
open RobustMeta.Experiments
open RobustMeta.Models
open RobustMeta.Runtime
open RobustMeta.Tasks
open RobustMeta.Tests.Properties

let private world = lazy (SyntheticRatings.Generate(SyntheticSpec(Users = 60, Items = 120), 3L)).Ratings

let private array (values: 'a seq) = ImmutableArray.CreateRange values

/// The same ratings with users, items, feature tokens and rows in another order.
let permuted (seed: int64) (ratings: Ratings) =
    let order (name: string) count = Seeds.Generator(seed, name).Permutation count
    let users, items, rows = order "u" ratings.Users.Count, order "i" ratings.Items.Count, order "r" ratings.Count
    let inverse (order: int[]) = IdentifierOrder.Places(System.ReadOnlySpan order)

    let column (order: int[]) (column: FeatureColumn) : FeatureColumn =
        let mixed (vocabulary: Vocabulary) =
            let tokens =
                Array.append [| 0 |] (Array.map ((+) 1) (Seeds.Generator(seed, "t").Permutation(vocabulary.Count - 1)))

            Vocabulary.Of [ for t in tokens -> vocabulary[t] ], inverse tokens

        match column with
        | :? TokenColumn as c ->
            let vocabulary, places = mixed c.Vocabulary
            TokenColumn(c.Name, vocabulary, array [ for e in order -> places[c.Tokens[e]] ])
        | :? TokenBagColumn as c ->
            let vocabulary, places = mixed c.Vocabulary
            let bags = [ for e in order -> [ for t in c.Bag(e).ToArray() -> places[t] ] ]

            TokenBagColumn(
                c.Name,
                vocabulary,
                array (List.scan (fun n b -> n + List.length b) 0 bags),
                array (List.concat bags)
            )
        | other -> failtest $"{other.Name}: a kind of column that the test does not permute"

    let table (order: int[]) (table: FeatureTable) = FeatureTable(order.Length, table.Columns |> Seq.map (column order))
    let userPlaces, itemPlaces = inverse users, inverse items

    Ratings(
        ratings.Name,
        Vocabulary.Of [ for u in users -> ratings.Users[u] ],
        Vocabulary.Of [ for i in items -> ratings.Items[i] ],
        array [ for r in rows -> userPlaces[ratings.UserIndex[r]] ],
        array [ for r in rows -> itemPlaces[ratings.ItemIndex[r]] ],
        array [ for r in rows -> ratings.Values[r] ],
        ImmutableArray.Empty,
        table users ratings.UserFeatures,
        table items ratings.ItemFeatures,
        ratings.Report
    )

let private settings =
    [
        "epoch", "2"
        "embeddingDim", "4"
        "validationFraction", "0.2"
        "testFraction", "0.3"
        "testQueryLength", "11"
        "shiftDraws", "2"
        "baselines", "none"
    ]

let private results model (more: (string * string) list) (ratings: Ratings) =
    let spec = ExperimentSpec.Of(model, [| for k, v in settings @ more -> struct (k, v) |])
    let prepared = PreparedExperiment.Of(spec, Dataset(ratings, 4.0, [| "segment" |], [| "category"; "tags" |]))
    let result = ExperimentRunner.Run(prepared, spec)
    List.ofSeq result.Users, [ for epoch in result.Training.History -> epoch.MeanLoss ]

[<Tests>]
let tests =
    testList
        "Order of rows"
        [
            testCase "identifiers: shorter first, so that numbers come by size"
            <| fun () ->
                let sorted = Vocabulary.Of [ "10"; "b"; "9"; "a1"; "B" ]
                Expect.equal [ for i in IdentifierOrder.Of sorted -> sorted[i] ] [ "9"; "B"; "b"; "10"; "a1" ] "order"

            testCase "ratings in order stay the object that they are"
            <| fun () ->
                let once = CanonicalRatings.Of world.Value
                Expect.isTrue (obj.ReferenceEquals(CanonicalRatings.Of once, once)) "again"

            property "any permutation of rows and files becomes the same ratings"
            <| fun (seed: int) ->
                let expected = CanonicalRatings.Of world.Value
                let actual = CanonicalRatings.Of(permuted (int64 seed) world.Value)
                Expect.sequenceEqual actual.Users.Tokens expected.Users.Tokens "users"
                Expect.sequenceEqual actual.Items.Tokens expected.Items.Tokens "items"
                Expect.sequenceEqual actual.UserIndex expected.UserIndex "user of each row"
                Expect.sequenceEqual actual.ItemIndex expected.ItemIndex "item of each row"
                Expect.sequenceEqual actual.Values expected.Values "values"

                for name in [ "category"; "tags" ] do
                    let tokens (ratings: Ratings) =
                        match ratings.ItemFeatures.Find name with
                        | :? TokenColumn as c -> List.ofSeq c.Vocabulary.Tokens, [], List.ofSeq c.Tokens
                        | :? TokenBagColumn as c ->
                            List.ofSeq c.Vocabulary.Tokens, List.ofSeq c.Starts, List.ofSeq c.Tokens
                        | _ -> failtest name

                    Expect.equal (tokens actual) (tokens expected) name

            property "the split names the same users and items, whatever the order"
            <| fun (seed: int) ->
                let named (ratings: Ratings) =
                    let split = TaskSplit.Of(ratings, TaskSplitSpec(), 7L)
                    let items (rows: ImmutableArray<int>) = [ for r in rows -> ratings.Items[ratings.ItemIndex[r]] ]

                    [
                        for task in Seq.concat [ split.MetaTrain; split.Validation; split.Test ] ->
                            ratings.Users[task.User], items task.Support, items task.Query
                    ]

                Expect.equal (named (permuted (int64 seed) world.Value)) (named world.Value) "tasks"

            testCase "an experiment gives the same results end to end, whatever the order"
            <| fun () ->
                for model, more in
                    [
                        "MeLU", []
                        "MeLU", [ "candidates", "sampled 20"; "itemId", "true"; "userId", "true" ]
                        "MetaPMF", [ "levels", "none" ]
                    ] do
                    let expected = results model more world.Value

                    for seed in [ 1L; 2L ] do
                        Expect.equal (results model more (permuted seed world.Value)) expected $"{model}: {more}"
        ]
