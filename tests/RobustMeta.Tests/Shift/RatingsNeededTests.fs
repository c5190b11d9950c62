module RobustMeta.Tests.Shift.RatingsNeededTests

open System
open System.Collections.Immutable
open System.Text.RegularExpressions
open Expecto
open FsCheck
open RobustMeta.Data
open RobustMeta.Evaluation
open RobustMeta.Experiments
open RobustMeta.Runtime
open RobustMeta.Settings
open RobustMeta.Shift
open RobustMeta.Tasks
open RobustMeta.Tests.Properties

let private pairs (words: string) =
    [|
        for pair in words.Split(' ', StringSplitOptions.RemoveEmptyEntries) |> Array.chunkBySize 2 ->
            struct (pair[0], pair[1])
    |]

let private defaults (settings: string) = ExperimentSpec.Of("bias", pairs settings)

/// Ratings that a user needs under the settings of a spec.
let private needed (spec: ExperimentSpec) =
    let draw = spec.Shift :?> WeightedDraw
    let cutoff = spec.Evaluation.MetricsFor(spec.Split.Label) |> Seq.map _.Cutoff |> Seq.max
    let pool = RatingsNeeded.Pool(cutoff + 1, draw.TestPoolFraction, draw.TestQueryLength)
    RatingsNeeded.OfUser(spec.Split, pool.Value)

/// Users with so many ratings each, of values 1 to 5.
let private users (each: int) =
    let rows =
        [|
            for user in 0..119 do
                let random = Seeds.Generator(1L, "few ratings", string user)

                for item in random.Permutation 90 |> Seq.truncate each do
                    struct ($"u{user}", $"i{item}", float32 (1 + random.Next 5))
        |]

    Dataset(Ratings.Of("few", rows), 4.0, ImmutableArray<string>.Empty, ImmutableArray<string>.Empty)

let private prepare (settings: string) each = PreparedExperiment.Of(defaults settings, users each)

[<Tests>]
let tests =
    testList
        "ratings needed"
        [
            testCase "the defaults need 42 ratings a test user, as the guide says"
            <| fun () -> Expect.equal (needed (defaults "")) (Nullable 42) "default settings"

            propertyOf 100 "with the settings that are proposed, users of so many ratings are measured"
            <| fun (PositiveInt n) ->
                let ratings = 4 + n % 80
                let settings = RatingsNeeded.Settings(ratings, 10, LabelKind.Click)
                Expect.isLessThanOrEqual (needed (defaults settings)).Value ratings settings

            testCase "an empty test set that is not drawn is refused with metrics that it can measure"
            <| fun () ->
                let settings = "shift quadrants supportSize 7"

                let refusal =
                    try
                        prepare settings 30 |> ignore
                        ""
                    with :? SettingException as error ->
                        error.Message

                let proposed = Regex.Match(refusal, @"such as (metrics NDCG@\d+)").Groups[1].Value
                Expect.isNotEmpty proposed refusal
                Expect.equal (prepare $"{settings} {proposed}" 30).TestSets.Length 4 "the four quadrants"

            testCase "too few ratings are refused with settings that help, and noted where some have too few"
            <| fun () ->
                let refusal =
                    try
                        prepare "" 25 |> ignore
                        ""
                    with :? SettingException as error ->
                        error.Message

                let settings = RatingsNeeded.Settings(25, 10, LabelKind.Click)
                Expect.stringContains refusal settings "the settings"
                Expect.isEmpty (prepare settings 25).Notes "with them all can be measured"

            testCase "users that the default settings can use are counted"
            <| fun () ->
                let count each = QualifyingUsers.Of((users each).Ratings, FeedbackKind.Explicit)
                Expect.equal ((count 50).Trained, (count 50).Measured, (count 50).Settings) (120, 120, "") "enough"
                Expect.equal ((count 30).Trained, (count 30).Measured) (120, 0) "to train on alone"
                Expect.stringContains (count 30).Settings "supportSize" "what helps"
                Expect.equal (count 10).Trained 0 "neither"

                Expect.equal
                    (QualifyingUsers.Of((users 10).Ratings, FeedbackKind.Positives)).Measured
                    120
                    "four negatives stand beside each positive"
        ]
