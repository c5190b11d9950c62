module RobustMeta.Tests.Shift.ProtocolTests

open System.Collections.Immutable
open Expecto
open RobustMeta.Shift
open RobustMeta.Tasks
open RobustMeta.Tests.Shift

/// Protocols with no useful default get one here; all others are tested as they are registered.
let private examples: ShiftProtocol list =
    [
        for protocol in ShiftProtocol.Registry.All.Values do
            match protocol with
            | :? FeatureGroups -> FeatureGroups(UserGroup = "segment=segment1", ItemGroup = "tags=tag2")
            | :? GivenTest -> GivenTest(TestData = ProtocolGivenFile.path.Value)
            | :? GivenSupport -> GivenSupport(SupportData = ProtocolGivenFile.path.Value)
            | :? DirichletGroups -> DirichletGroups(Dispersions = [| 0.0; 5.0 |])
            | other when other.GetType().Assembly = typeof<ShiftProtocol>.Assembly -> other
            | _ -> ()
    ]

/// Protocols that are asked for other supports than the split's.
let private changesSupports (protocol: ShiftProtocol) =
    match protocol with
    | :? TemporalSplit
    | :? Quadrants
    | :? ExposureDraw
    | :? GivenSupport -> true
    | _ -> false

let private sets (protocol: ShiftProtocol) = protocol.TestSets(ProtocolContract.input protocol 1L)

let private realised (protocol: ShiftProtocol) =
    let input = ProtocolContract.input protocol 1L
    [ for set in protocol.TestSets input -> set.Coordinate, RealisedShift.Of(input, set) ]

let private effects =
    testList
        "what shifts"
        [
            testCase "a power of popularity makes queries rarer"
            <| fun () ->
                let popularity = [ for _, r in realised (PopularityPower()) -> r.LogPopularity ]
                Expect.equal popularity (List.sortDescending popularity) "rarer"

            testCase "label shift makes more of a query relevant, and leaves users alone"
            <| fun () ->
                let found = realised (LabelShift())
                let relevant = [ for _, r in found -> r.RelevantFraction ]
                Expect.equal relevant (List.sort relevant) "more relevant"
                Expect.isGreaterThan (List.last relevant - relevant.Head) 0.2 "by a good deal"

            testCase "a mixture of everything is the tilt, and of nothing the data as they come"
            <| fun () ->
                let kl = [ for s in sets (Mixture()) -> s.Users.KullbackLeibler ]
                let tilted = sets (ExponentialTilt(Betas = [| 2.0 |]))
                Expect.floatClose Accuracy.high (List.last kl) tilted[0].Users.KullbackLeibler "all of the pool"

            testCase "groups of a feature are drawn more readily, and an unknown group is refused"
            <| fun () ->
                let groups = FeatureGroups(UserGroup = "segment=segment1", ItemGroup = "tags=tag2")
                let mean = [ for s in sets groups -> s.Users.MeanProperty ]
                Expect.equal mean (List.sort mean) "users"

                for group, part in [ "segment=segmnt1", "did you mean"; "segmet=x", "segment"; "x", "feature=token" ] do
                    Expect.throwsC (fun () -> sets (FeatureGroups(UserGroup = group)) |> ignore) (fun error ->
                        Expect.stringContains error.Message part group)

                Expect.throwsC (fun () -> sets (FeatureGroups()) |> ignore) (fun error ->
                    Expect.stringContains error.Message "userGroup" "no group")

            testCase "after the cut: queries after supports, and nothing later in training"
            <| fun () ->
                for rule in [ TemporalRule.GlobalCut; TemporalRule.LastOfUser ] do
                    let temporal = TemporalSplit(TemporalRule = rule)
                    let input = ProtocolContract.input temporal 1L
                    let times = input.Source.Ratings.Times
                    let latest (rows: ImmutableArray<int>) = rows |> Seq.map (fun r -> times[r]) |> Seq.max
                    let earliest (rows: ImmutableArray<int>) = rows |> Seq.map (fun r -> times[r]) |> Seq.min
                    let later = (temporal.TestSets input)[1]

                    for task in later.Tasks do
                        Expect.isLessThan (latest task.Support) (earliest task.Query) $"{rule}"

                    if rule = TemporalRule.GlobalCut then
                        let cut = later.Tasks |> Seq.map (fun t -> earliest t.Query) |> Seq.min

                        for task in input.Split.MetaTrain do
                            Expect.isLessThan (max (latest task.Support) (latest task.Query)) cut "training"

            testCase "cold items are in no training task, and warm users are those of training"
            <| fun () ->
                let quadrants = Quadrants()
                let input = ProtocolContract.input quadrants 1L
                let items = input.Source.Ratings.ItemIndex
                let tasks = input.Split.MetaTrain

                let trained =
                    tasks |> Seq.collect (fun t -> Seq.append t.Support t.Query) |> Seq.map (fun r -> items[r])

                let warmItems, warmUsers = set trained, set [ for t in tasks -> t.User ]
                let sets = quadrants.TestSets input
                Expect.equal [ for s in sets -> s.Coordinate ] [ 0.0; 1.0; 2.0; 3.0 ] "quadrants"

                for set in sets do
                    for task in set.Tasks do
                        let isColdItem, isColdUser = set.Number >= 2, set.Number % 2 = 1

                        if isColdUser then
                            Expect.isFalse (warmUsers.Contains task.User) "cold users"

                        for row in task.Query do
                            if isColdItem then
                                Expect.isFalse (warmItems.Contains items[row]) "cold items"

            testCase "label noise changes support labels alone, the more the stronger"
            <| fun () ->
                let noise = LabelNoise()
                let input = ProtocolContract.input noise 1L

                let wrong =
                    [
                        for set in noise.TestSets input do
                            let source = set.Source |> nonNull
                            let all = [| 0 .. set.Tasks.Length - 1 |]
                            let batch = source.Batch(set.Tasks, System.ReadOnlySpan all)
                            let clean = input.Source.Batch(set.Tasks, System.ReadOnlySpan all)

                            Expect.sequenceEqual batch.QueryLabels clean.QueryLabels "queries keep theirs"

                            Seq.zip batch.SupportLabels clean.SupportLabels
                            |> Seq.averageBy (fun (a, b) -> if a = b then 0.0 else 1.0)
                    ]

                for expected, actual in List.zip [ 0.0; 0.1; 0.2; 0.3; 0.5 ] wrong do
                    Expect.isLessThan (abs (expected - actual)) 0.05 $"a fraction of {expected}"
        ]

[<Tests>]
let tests =
    testList
        "Shift protocols"
        [
            testList
                "contract"
                [ for protocol in examples -> ProtocolContract.testWith (changesSupports protocol) protocol ]
            testCase "those of the library say how far each test set is shifted"
            <| fun () ->
                for protocol in examples do
                    let kl (set: ShiftedTestSet) = set.Users.KullbackLeibler + set.Interactions.KullbackLeibler
                    Expect.isTrue (sets protocol |> Seq.exists (fun set -> kl set > 0.0)) protocol.Name
            effects
        ]
