/// Properties that tilts go along, beside popularity and time.
module RobustMeta.Tests.Shift.ShiftPropertyTests

open System.Collections.Immutable
open Expecto
open RobustMeta.Bias
open RobustMeta.Shift
open RobustMeta.Tasks
open RobustMeta.Tests.Shift

let private tilt users interactions =
    let isFeature = users = UserShiftProperty.Feature || interactions = InteractionShiftProperty.Feature
    let isCluster = users = UserShiftProperty.Cluster || interactions = InteractionShiftProperty.Cluster

    ExponentialTilt(
        Betas = [| 0.0; 2.0 |],
        UserShift = users,
        InteractionShift = interactions,
        ShiftFeature = (if isFeature then "tags=tag2" else "none"),
        ShiftClusters = (if isCluster then 4 else 8)
    )

let private details = ShiftPropertyDetails("tags=tag2", 0, 4, 1L)

let private properties (input: ShiftInput) users interactions =
    ShiftProperties(input.Source, input.Split.MetaTrain, users, interactions, details)

let private ofInteractions =
    [
        InteractionShiftProperty.Rating
        InteractionShiftProperty.Feature
        InteractionShiftProperty.Cluster
        InteractionShiftProperty.Hardness
    ]

let private ofUsers =
    [ UserShiftProperty.Rating; UserShiftProperty.Feature; UserShiftProperty.Cluster; UserShiftProperty.Hardness ]

/// The hardness of a row by hand: the loss of the bias model's score without a user's effect.
let private hardnessByHand (input: ShiftInput) row =
    let ratings = input.Source.Ratings
    let alone = UserTask(ratings.UserIndex[row], ImmutableArray.Empty, ImmutableArray.Create row)
    let batch = input.Source.All(ImmutableArray.Create alone)
    let struct (_, scores) = BiasModel(input.Source, input.Split.MetaTrain).Scores batch
    let score = scores[0]
    PointLoss.Of(input.Source.Label, float score, float (input.Source.LabelOf row))

[<Tests>]
let tests =
    testList
        "Shift properties"
        [
            for property in ofInteractions do
                testCase $"interactions tilted by {property} have more of it, and beta 0 has no divergence"
                <| fun () ->
                    let protocol = tilt UserShiftProperty.None property
                    let input = ProtocolContract.input protocol 1L
                    let z = properties input UserShiftProperty.None property
                    let sets = protocol.TestSets input
                    let mean (set: ShiftedTestSet) = set.Tasks |> Seq.collect _.Query |> Seq.averageBy z.Interaction
                    Expect.isGreaterThan (mean sets[1]) (mean sets[0] + 0.2) "more"
                    Expect.isLessThan sets[0].Interactions.KullbackLeibler 1e-12 "no shift"
                    Expect.isGreaterThan sets[1].Interactions.KullbackLeibler 0.05 "a shift"

            for property in ofUsers do
                testCase $"users tilted by {property} have more of it"
                <| fun () ->
                    let protocol = tilt property InteractionShiftProperty.None
                    let input = ProtocolContract.input protocol 1L
                    let z = properties input property InteractionShiftProperty.None
                    let sets = protocol.TestSets input
                    let mean (set: ShiftedTestSet) = set.Tasks |> Seq.averageBy z.User
                    Expect.isGreaterThan (mean sets[1]) (mean sets[0] + 0.2) "more"

            testCase "hardness is the loss of the item's effect, without the user's own rating"
            <| fun () ->
                let input = ProtocolContract.input (ExponentialTilt()) 1L
                let z = properties input UserShiftProperty.None InteractionShiftProperty.Hardness
                let rows = input.Split.MetaTrain[0].Query.AddRange(input.Split.Test[0].Query) |> List.ofSeq

                // Standardised linearly within three deviations: differences are in one proportion.
                let pairs =
                    [ for row in rows -> hardnessByHand input row, z.Interaction row ]
                    |> List.filter (fun (_, own) -> abs own < 2.99)

                let (x0, y0), (x1, y1) = List.minBy fst pairs, List.maxBy fst pairs
                let slope = (y1 - y0) / (x1 - x0)

                for x, y in pairs do
                    Expect.isLessThan (abs (y - y0 - slope * (x - x0))) 1e-4 "the loss by hand"

            testCase "a feature that is not named and a cluster that is not there are refused"
            <| fun () ->
                let refuses (protocol: ShiftProtocol) part =
                    Expect.throwsC
                        (fun () -> protocol.TestSets(ProtocolContract.input protocol 1L) |> ignore)
                        (fun error -> Expect.stringContains error.Message part part)

                refuses (ExponentialTilt(UserShift = UserShiftProperty.Feature)) "set shiftFeature"
                let beyond = ExponentialTilt(UserShift = UserShiftProperty.Cluster, ShiftCluster = 8)
                refuses beyond "Lower shiftCluster"

                refuses
                    (DirichletGroups(UserShift = UserShiftProperty.Feature))
                    "shift dirichletGroups has no setting that names one: choose niche"

            testCase "a feature or a cluster that nothing is drawn along is refused"
            <| fun () ->
                let refuses (protocol: ShiftProtocol) part =
                    Expect.throwsC
                        (fun () -> protocol.TestSets(ProtocolContract.input protocol 1L) |> ignore)
                        (fun error -> Expect.stringContains error.Message part part)

                refuses (ExponentialTilt(ShiftFeature = "tags=tag2")) "shiftFeature has no effect with userShift niche"
                refuses (Mixture(ShiftCluster = 1)) "shiftCluster has no effect"
                refuses (ExponentialTilt(ShiftClusters = 4)) "set one of these to cluster"
                let used = ExponentialTilt(SupportShift = InteractionShiftProperty.Feature, ShiftFeature = "tags=tag2")
                Expect.isNonEmpty (used.TestSets(ProtocolContract.input used 1L)) "supports are drawn along it"

            testCase
                "supports tilted on request: drawn from what the user rated, disjoint from the query, at 0 the split's"
            <| fun () ->
                let protocol =
                    ExponentialTilt(Betas = [| 0.0; 1.0; 2.0 |], SupportShift = InteractionShiftProperty.Tail)

                let input = ProtocolContract.input protocol 1L
                let tasks = dict [ for task in input.Split.Test -> task.User, task ]
                let sets = protocol.TestSets input
                let z = properties input UserShiftProperty.None InteractionShiftProperty.Tail

                for set in sets do
                    for task in set.Tasks do
                        let own = tasks[task.User]
                        Expect.equal task.Support.Length own.Support.Length "length"
                        let rated = Set.ofSeq (own.Support.AddRange own.Query)
                        Expect.isTrue (task.Support |> Seq.forall rated.Contains) "rated"
                        Expect.isEmpty (Set.intersect (Set task.Support) (Set task.Query)) "not asked"

                        if set.Coordinate = 0.0 then
                            Expect.equal task.Support own.Support "the split's"

                let rarity = [ for set in sets -> set.Tasks |> Seq.collect _.Support |> Seq.averageBy z.Interaction ]
                Expect.equal rarity (List.sort rarity) "rarer supports"
        ]
