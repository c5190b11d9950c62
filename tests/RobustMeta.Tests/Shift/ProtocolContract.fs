/// What every shift protocol must hold to, those of a user too: `ProtocolContract.test (MyProtocol())` is a test list.
module RobustMeta.Tests.Shift.ProtocolContract

open System.Collections.Immutable
open Expecto
open FsCheck
open RobustMeta.Data
open RobustMeta.Shift
open RobustMeta.Tasks
open RobustMeta.Tests.Properties

let private withTimes (ratings: Ratings) =
    Ratings(
        ratings.Name,
        ratings.Users,
        ratings.Items,
        ratings.UserIndex,
        ratings.ItemIndex,
        ratings.Values,
        // Times that mix users and items; 977 is prime, so few are equal.
        ImmutableArray.CreateRange [ for r in 0 .. ratings.Count - 1 -> int64 (r * 7919 % 977) * 1000L + int64 (r % 7) ],
        ratings.UserFeatures,
        ratings.ItemFeatures,
        ratings.Report
    )

let private ratings =
    lazy
        (SyntheticRatings.Generate(SyntheticSpec(Users = 300, Items = 120), 4L).Ratings
         |> CanonicalRatings.Of
         |> withTimes)

/// The split of some ratings, with what the protocol holds out taken away.
let inputOf (ratings: Ratings) (protocol: ShiftProtocol) (seed: int64) : ShiftInput =
    let source = TaskSource(ratings, LabelKind.Click, 4.0)
    let whole = TaskSplit.Of(ratings, TaskSplitSpec(TestFraction = 0.4), seed)

    let split =
        match box protocol with
        | :? IHoldsOut as held -> HeldOutRows.Remove(whole, held.TrainingRows(source, whole, seed))
        | _ -> whole

    ShiftInput(source, split, 4, seed, WholeSplit = whole)

/// The split and ratings of the contract, with what the protocol holds out taken away.
let input (protocol: ShiftProtocol) (seed: int64) : ShiftInput = inputOf ratings.Value protocol seed

/// Ratings with times of another size, for properties over worlds.
let world (users: int) (items: int) (seed: int64) =
    SyntheticRatings.Generate(SyntheticSpec(Users = users, Items = items), seed).Ratings
    |> CanonicalRatings.Of
    |> withTimes

/// Where the rows of a test set are.
let sourceOf (input: ShiftInput) (set: ShiftedTestSet) = Option.ofObj set.Source |> Option.defaultValue input.Source

let private rows (tasks: UserTask seq) = tasks |> Seq.collect (fun t -> Seq.append t.Support t.Query) |> Set.ofSeq

/// What a test set asks that training or the task's support has answered: rows, or pairs of user and item.
let leaksOf (input: ShiftInput) (sets: ShiftedTestSet seq) =
    let seen = rows (Seq.append input.Split.MetaTrain input.Split.Validation)
    let pair (ratings: Ratings) row = struct (ratings.UserIndex[row], ratings.ItemIndex[row])
    let known = System.Collections.Generic.HashSet(seen |> Seq.map (pair input.Source.Ratings))

    [
        for set in sets do
            let ratings = (sourceOf input set).Ratings

            for task in set.Tasks do
                let support = Set.ofSeq (task.Support |> Seq.map (pair ratings))

                for row in task.Query do
                    if seen.Contains row || known.Contains(pair ratings row) || support.Contains(pair ratings row) then
                        $"set {set.Number}: row {row} of user {task.User}"
    ]

let private leaks (input: ShiftInput) (protocol: ShiftProtocol) = leaksOf input (protocol.TestSets input)

let private hasStrength (protocol: ShiftProtocol) =
    match protocol with
    | :? WeightedDraw
    | :? LabelNoise -> true
    | _ -> false

let private key (set: ShiftedTestSet) =
    set.Coordinate,
    [ for t in set.Tasks -> t.User, List.ofSeq t.Support, List.ofSeq t.Query ],
    set.Users,
    set.Interactions

/// The suite. Protocols that change supports by design (they are asked to) say so.
let testWith (changesSupports: bool) (protocol: ShiftProtocol) =
    testList
        protocol.Name
        [
            testCase "has a name, an axis and a meaning, and numbered sets with tasks"
            <| fun () ->
                for text in [ protocol.Name; protocol.AxisName; protocol.Meaning ] do
                    Expect.isNotEmpty text "text"
                    Expect.isFalse (Seq.exists (fun c -> c = ',' || c = '\n') protocol.AxisName) "a column"

                let sets = protocol.TestSets(input protocol 1L)
                Expect.equal [ for s in sets -> s.Number ] [ 0 .. sets.Length - 1 ] "numbers"
                Expect.all sets (fun s -> s.Tasks.Length > 0) "tasks"

            testCase "the same sets for the same seed, others for another"
            <| fun () ->
                let sets seed = protocol.TestSets(input protocol seed) |> Seq.map key |> List.ofSeq
                Expect.equal (sets 3L) (sets 3L) "same seed"
                Expect.notEqual (sets 3L) (sets 4L) "another seed"

            testCase "queries are measurable, disjoint from supports, and of one user"
            <| fun () ->
                for seed in 1L .. 3L do
                    let input = input protocol seed

                    for set in protocol.TestSets input do
                        for task in set.Tasks do
                            let source = sourceOf input set
                            Expect.isFalse (input.Problem(task, source)).HasValue "measurable"
                            let all = List.ofSeq (Seq.append task.Support task.Query)
                            Expect.equal (List.distinct all).Length all.Length "each row once"
                            Expect.all all (fun r -> source.Ratings.UserIndex[r] = task.User) "the user's own"

            testCase "nothing that a test set asks about is seen in training"
            <| fun () ->
                for seed in 1L .. 3L do
                    leaks (input protocol seed) protocol |> Expect.isEmpty <| "leaks"

            propertyOf 8 $"{protocol.Name} leaks no row and no pair into training, whatever the world"
            <| fun (PositiveInt users) (PositiveInt items) (seed: int64) ->
                let ratings = world (120 + users % 100) (70 + items % 80) seed

                let sets, input =
                    let input = inputOf ratings protocol seed

                    try
                        List.ofSeq (protocol.TestSets input), input
                    with :? RobustMeta.Settings.SettingException as refusal ->
                        // A world too small for the protocol is refused by a message that names a remedy.
                        Expect.isMatch refusal.Message "aise|[Ss]et " "remedy"
                        [], input

                Expect.isEmpty (leaksOf input sets) "leaks"

            if not changesSupports then
                testCase "supports are left alone"
                <| fun () ->
                    let input = input protocol 2L
                    let split = input.Split

                    let supports =
                        dict
                            [
                                for t in Seq.concat [ split.Test; split.MetaTrain; split.Validation ] ->
                                    t.User, t.Support
                            ]

                    for set in protocol.TestSets input do
                        for task in set.Tasks do
                            Expect.equal task.Support supports[task.User] "support"

            testCase "strength 0 is the identity, and divergence grows with the strength"
            <| fun () ->
                let sets = protocol.TestSets(input protocol 5L)
                let kl (s: ShiftedTestSet) = s.Users.KullbackLeibler + s.Interactions.KullbackLeibler

                for set in sets do
                    Expect.isTrue (kl set >= 0.0 && System.Double.IsFinite(kl set)) "a divergence"

                    if set.Coordinate = 0.0 then
                        Expect.isLessThan (kl set) 1e-12 "no divergence at 0"
                        Expect.floatClose Accuracy.high set.Users.EffectiveSampleFraction 1.0 "every user counts"

                if hasStrength protocol then
                    for sign in [ -1.0; 1.0 ] do
                        let side =
                            sets
                            |> Seq.filter (fun s -> s.Coordinate * sign >= 0.0)
                            |> Seq.sortBy (fun s -> abs s.Coordinate)
                            |> Seq.map kl
                            |> List.ofSeq

                        Expect.equal side (List.sort side) "monotone"

                // A shift that no weights describe has no divergence in any set, and no slope over it.
                if sets |> Seq.exists (fun set -> kl set > 0.0) then
                    let different = sets |> Seq.map kl |> Seq.distinct |> Seq.length
                    Expect.isGreaterThan different 1 "test sets of different divergence, so that a slope is defined"
        ]

/// The suite of a protocol that leaves supports alone.
let test (protocol: ShiftProtocol) = testWith false protocol
