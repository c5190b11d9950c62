/// Protocols that shift what a test user was shown, and so could rate.
module RobustMeta.Tests.Shift.ProtocolsOfExposureTests

open System
open System.IO
open Expecto
open RobustMeta.Shift
open RobustMeta.Tasks
open RobustMeta.Tests.Shift

let private protocols: WeightedDraw list =
    [ SupportPopularity(); RandomExposure(); ShownList(); ShownList(ShownBy = ShownBy.Random) ]

let private popularity (input: ShiftInput) =
    let counts = Array.zeroCreate<float> input.Source.Ratings.Items.Count

    for task in input.Split.MetaTrain do
        for row in input.Source.Ratings.RowsOf task.User do
            counts[input.Source.Ratings.ItemIndex[row]] <- counts[input.Source.Ratings.ItemIndex[row]] + 1.0

    counts

let private supportPopularity (input: ShiftInput) (set: ShiftedTestSet) =
    let counts = popularity input

    set.Tasks
    |> Seq.collect _.Support
    |> Seq.averageBy (fun row -> log (1.0 + counts[input.Source.Ratings.ItemIndex[row]]))

/// Chance that a walk from the user's other rated items, over training users, comes to each one.
let private reachByHand (input: ShiftInput) (rated: int list) =
    let item row = input.Source.Ratings.ItemIndex[row]

    let users =
        [ for task in input.Split.MetaTrain -> Set [ for row in Seq.append task.Support task.Query -> item row ] ]

    let who = dict [ for row in rated -> item row, users |> List.filter (Set.contains (item row)) ]

    [
        for row in rated ->
            List.sum
                [
                    for other in rated do
                        if other <> row then
                            for user in who[item other] do
                                if user.Contains(item row) then
                                    1.0 / float who[item other].Length / float user.Count
                ]
    ]

[<Tests>]
let tests =
    testList
        "Exposure shift"
        [
            for protocol in protocols do
                testCase
                    $"{protocol.Name} {protocols |> List.findIndex ((=) protocol)}: the same users and queries in all sets, true ratings, no longer supports"
                <| fun () ->
                    let input = ProtocolContract.input protocol 1L
                    let tasks = dict [ for task in input.Split.Test -> task.User, task ]
                    let sets = protocol.TestSets input

                    let queries (set: ShiftedTestSet) =
                        Map [ for i, t in Seq.indexed set.Tasks -> (t.User, List.ofSeq t.Query), i ]

                    let unshifted = sets |> Seq.find (fun set -> set.Coordinate = 0.0) |> queries

                    for set in sets do
                        for key in (queries set).Keys do
                            Expect.isTrue (unshifted.ContainsKey key) "the user's query of the unshifted set"

                        for task in set.Tasks do
                            let own = tasks[task.User]
                            let rated = Set.ofSeq (own.Support.AddRange own.Query)
                            Expect.isTrue (task.Support |> Seq.forall rated.Contains) "rated by the user"
                            Expect.isTrue (task.Support.Length <= own.Support.Length) "no longer"
                            Expect.isEmpty (Set.intersect (Set task.Support) (Set task.Query)) "not asked"

                            if set.Coordinate = 0.0 then
                                Expect.equal task.Support own.Support "the split's"

            testCase "a power of popularity makes supports more popular"
            <| fun () ->
                let protocol = SupportPopularity()
                let input = ProtocolContract.input protocol 1L
                let means = [ for set in protocol.TestSets input -> supportPopularity input set ]
                Expect.equal means (List.sort means) "more popular"
                Expect.isGreaterThan (List.last means - List.head means) 0.1 "by a good deal"

            testCase "supports as if shown at random follow the walk's inverse propensity"
            <| fun () ->
                let protocol = RandomExposure(PropensityPowers = [| 0.0; 1.0 |], ShiftDraws = 1, TestUserFraction = 1.0)

                let input = ProtocolContract.input protocol 1L
                let sets = protocol.TestSets input
                let tasks = dict [ for task in input.Split.Test -> task.User, task ]

                let meanReach (set: ShiftedTestSet) =
                    set.Tasks
                    |> Seq.truncate 60
                    |> Seq.averageBy (fun task ->
                        let own = tasks[task.User]
                        let asked = Set task.Query

                        let rated =
                            [
                                for r in own.Support.AddRange own.Query do
                                    if not (asked.Contains r) then
                                        r
                            ]

                        let reach = dict (List.zip rated (reachByHand input rated))
                        task.Support |> Seq.averageBy (fun row -> log (reach[row] + 1e-3)))

                Expect.isLessThan (meanReach sets[1]) (meanReach sets[0] - 0.05) "less likely items"

            testCase "of a list, supports hold what it shows, and lists are nested"
            <| fun () ->
                let protocol = ShownList()
                let input = ProtocolContract.input protocol 1L
                let counts = popularity input

                let shown fraction =
                    let n = int (ceil ((1.0 - fraction) * float counts.Length - 1e-9))
                    counts |> Array.sortDescending |> Array.item (n - 1)

                for set in protocol.TestSets input do
                    for task in set.Tasks do
                        for row in task.Support do
                            let count = counts[input.Source.Ratings.ItemIndex[row]]
                            Expect.isTrue (count >= shown set.Coordinate) $"shown at {set.Coordinate}"

            testCase "given supports are the file's ratings, queries the split's"
            <| fun () ->
                let protocol = GivenSupport(SupportData = ProtocolGivenFile.path.Value)
                let input = ProtocolContract.input protocol 1L
                let sets = protocol.TestSets input
                let ratings = (ProtocolContract.sourceOf input sets[1]).Ratings

                let values =
                    dict
                        [
                            for line in File.ReadLines ProtocolGivenFile.path.Value |> Seq.skip 1 do
                                let cells = line.Split ','
                                (cells[0], cells[1]), float32 cells[2]
                        ]

                let queries = dict [ for task in sets[0].Tasks -> task.User, task.Query ]

                for task in sets[1].Tasks do
                    Expect.equal task.Query queries[task.User] "the same query"

                    for row in task.Support do
                        let pair = ratings.Users[task.User], ratings.Items[ratings.ItemIndex[row]]
                        Expect.equal ratings.Values[row] values[pair] "the file's rating"

                Expect.isGreaterThan sets[1].Interactions.KullbackLeibler 0.02 "randomly shown items are rarer"
        ]
