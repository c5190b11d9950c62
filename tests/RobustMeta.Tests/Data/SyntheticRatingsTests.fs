module RobustMeta.Tests.Data.SyntheticRatingsTests

open System
open Expecto
open RobustMeta.Data

let private spec = SyntheticSpec(Users = 300, Items = 120, MinRatings = 20)
let private world = lazy SyntheticRatings.Generate(spec, 1L)

/// (user, item, rating) of every row.
let private rows (ratings: Ratings) =
    [ for r in 0 .. ratings.Count - 1 -> ratings.UserIndex[r], ratings.ItemIndex[r], float ratings.Values[r] ]

let private correlation (pairs: (float * float) list) =
    let mx, my = List.averageBy fst pairs, List.averageBy snd pairs
    let cov f g = pairs |> List.averageBy (fun p -> f p * g p)
    let dx, dy = (fun p -> fst p - mx), (fun p -> snd p - my)
    cov dx dy / sqrt (cov dx dx * cov dy dy)

[<Tests>]
let tests =
    testList
        "SyntheticRatings"
        [
            testCase "one seed is one world, another seed another"
            <| fun () ->
                let again = SyntheticRatings.Generate(spec, 1L)
                Expect.equal (rows again.Ratings) (rows world.Value.Ratings) "same seed"

                Expect.notEqual
                    (rows (SyntheticRatings.Generate(spec, 2L)).Ratings)
                    (rows world.Value.Ratings)
                    "other seed"

            testCase "the Bayes-optimal rating is unbiased, and no rating is predicted better than by it"
            <| fun () ->
                let w = world.Value
                let errors = rows w.Ratings |> List.map (fun (u, i, r) -> r - w.ExpectedRating(u, i))
                let mean = List.average errors
                let deviation = errors |> List.averageBy (fun e -> e * e) |> sqrt

                Expect.isLessThan
                    (abs mean)
                    (4.0 * deviation / sqrt (float errors.Length))
                    "bias within four standard errors"
                // Rounding adds at most a uniform error of variance 1/12 to the noise; clamping takes some away.
                Expect.isLessThan deviation (sqrt (spec.Noise ** 2.0 + 1.0 / 12.0)) "spread of the errors"

            testCase "click probabilities are calibrated"
            <| fun () ->
                let w = world.Value

                let pairs =
                    rows w.Ratings
                    |> List.map (fun (u, i, r) -> w.ClickProbability(u, i, 4), if r >= 4.0 then 1.0 else 0.0)

                for low in [ 0.0; 0.2; 0.4; 0.6; 0.8 ] do
                    let bin = pairs |> List.filter (fun (p, _) -> p >= low && p < low + 0.2)
                    let error = List.averageBy snd bin - List.averageBy fst bin
                    Expect.isLessThan (abs error) (4.0 * 0.5 / sqrt (float bin.Length)) $"bin {low}"

            testCase "popularity has a long tail"
            <| fun () ->
                let counts =
                    rows world.Value.Ratings |> List.countBy (fun (_, i, _) -> i) |> List.map snd |> List.sortDescending

                let top = counts |> List.take (spec.Items / 5) |> List.sum |> float
                Expect.isGreaterThan (top / float (List.sum counts)) 0.3 "fraction of the top fifth"

            testCase "the features tell the two groups opposite things, and no default feature tells the group"
            <| fun () ->
                let w = SyntheticRatings.Generate(SyntheticSpec(Users = 2000, Items = 120, MinRatings = 20), 3L)
                let segment = w.Ratings.UserFeatures.Find "segment" :?> TokenColumn

                let users group =
                    [
                        for u in 0 .. w.Ratings.Users.Count - 1 do
                            if w.IsMinority[u] = group then
                                u
                    ]

                Expect.floatClose
                    { absolute = 0.03; relative = 0.0 }
                    (float (users true).Length / 2000.0)
                    spec.MinorityFraction
                    "share"
                // Mean latent taste of a segment in either group: opposite in every dimension, up to the users' own parts.
                let members =
                    Map [ for g in [ false; true ] -> g, users g |> List.groupBy (fun u -> segment.Tokens[u]) |> Map ]

                let taste group s k = members[group][s] |> List.averageBy (fun u -> w.UserLatent[u][k])
                let count group s = members[group][s] |> List.length |> float

                let pairs =
                    [
                        for s in 1 .. spec.Segments do
                            for k in 0 .. spec.LatentDim - 1 do
                                let own = (1.0 - spec.FeatureSignal) * (1.0 / count false s + 1.0 / count true s)
                                let sum = taste false s k + taste true s k
                                Expect.isTrue (abs sum < 5.0 * sqrt own) $"segment {s}, dimension {k}: sum {sum}"
                                taste false s k, taste true s k
                    ]

                let turned = correlation pairs
                Expect.isTrue (turned < -0.9) $"correlation {turned}"

                for s in 1 .. spec.Segments do
                    let size = count false s + count true s
                    let error = count true s / size - spec.MinorityFraction
                    let deviation = sqrt (spec.MinorityFraction * (1.0 - spec.MinorityFraction) / size)
                    Expect.isTrue (abs error < 5.0 * deviation) $"segment {s}: the minority's share is off by {error}"

                Expect.equal
                    (List.ofSeq (DatasetCatalog([], null).Load("synthetic").UserFeatures))
                    [ "segment" ]
                    "default"
        ]
