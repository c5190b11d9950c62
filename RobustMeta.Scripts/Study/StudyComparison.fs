/// Methods of one data set and base model compared with plain training: by seed, and by bootstrap over users.
module RobustMeta.Scripts.StudyComparison

open System
open System.Collections.Generic
open RobustMeta.Evaluation
open RobustMeta.Runtime
open RobustMeta.Scripts.StudyMeasures

/// Results of one seed: who was tested, and the values of each method that is there.
type SeedResult = { Seed: int64; Cohort: Cohort; Methods: IReadOnlyDictionary<string, Values> }

/// A method's difference to plain training on one measure; positive where the method is better.
type Difference =
    {
        Method: string
        Measure: Measure
        /// Over seeds, Student's t; its count is that of the seeds.
        OverSeeds: Interval
        /// Over users, bootstrap: who is drawn counts with all that any seed tested him or her on.
        OverUsers: Interval
        /// The larger of the two-sided p-values of both, before correction.
        P: float
        /// The same, Holm-corrected over the methods.
        Corrected: float
    }

/// Draws of the bootstrap over users.
[<Literal>]
let Draws = 1000

let private once (cohort: Cohort) = Array.create cohort.Users.Length 1.0

/// The measure of each seed that has the method.
let perSeed (seeds: SeedResult list) (name: string) (measure: Measure) : float[] =
    [|
        for seed in seeds do
            match seed.Methods.TryGetValue name with
            | true, values when allows seed.Cohort values measure -> measure.Of seed.Cohort values (once seed.Cohort)
            | _ -> ()
    |]

/// How often each user counts in each draw, by draw and seed.
let resample (seeds: SeedResult list) : float[][][] =
    let people = seeds |> Seq.collect _.Cohort.Users |> Seq.distinct |> Seq.toArray
    let index = dict [ for i, user in Array.indexed people -> user, i ]
    let places = [| for seed in seeds -> [| for user in seed.Cohort.Users -> index[user] |] |]
    let random = Seeds.Generator(0L, "study bootstrap")

    [|
        for _ in 1..Draws ->
            let counts = Array.zeroCreate<float> people.Length

            for _ in people do
                let i = random.Next people.Length
                counts[i] <- counts[i] + 1.0

            [| for place in places -> [| for i in place -> counts[i] |] |]
    |]

// Percentile interval and two-sided p-value of an estimate by its draws.
let private bootstrap (estimate: float) (draws: float[]) (users: int) =
    let sorted = draws |> Array.filter (Double.IsNaN >> not) |> Array.sort

    if sorted.Length = 0 then
        Interval(estimate, nan, nan, users), nan
    else
        let at share = sorted[min (sorted.Length - 1) (int (share * float sorted.Length))]
        let below = sorted |> Array.filter (fun x -> x <= 0.0) |> Array.length
        let above = sorted |> Array.filter (fun x -> x >= 0.0) |> Array.length
        let p = 2.0 * float (1 + min below above) / float (1 + sorted.Length)
        Interval(estimate, at 0.025, at 0.975, users), min 1.0 p

let private difference (plain: string) (seeds: SeedResult list) (draws: float[][][]) (measure: Measure) name =
    let sign = if measure.HigherIsBetter then 1.0 else -1.0

    let gains =
        [|
            for place, seed in List.indexed seeds do
                match seed.Methods.TryGetValue name, seed.Methods.TryGetValue plain with
                | (true, own), (true, other) when allows seed.Cohort own measure && allows seed.Cohort other measure ->
                    let own, other = measure.Of seed.Cohort own, measure.Of seed.Cohort other
                    place, seed, (fun counts -> sign * (own counts - other counts))
                | _ -> ()
        |]

    if gains.Length = 0 then
        None
    else
        let bySeed = [| for _, seed, gain in gains -> gain (once seed.Cohort) |]
        let drawn = draws |> Array.map (fun draw -> gains |> Array.averageBy (fun (place, _, gain) -> gain draw[place]))
        let users = gains |> Seq.collect (fun (_, seed, _) -> seed.Cohort.Users) |> Seq.distinct |> Seq.length
        let interval, p = bootstrap (Array.average bySeed) drawn users
        let ofSeeds = if bySeed.Length > 1 then Significance.PairedT bySeed else p

        Some
            {
                Method = name
                Measure = measure
                OverSeeds = Significance.StudentInterval bySeed
                OverUsers = interval
                P = (if Double.IsNaN p then ofSeeds else max p ofSeeds)
                Corrected = nan
            }

/// Differences of the given methods to plain training on one measure.
let differences plain (seeds: SeedResult list) (draws: float[][][]) (names: string list) (measure: Measure) =
    let found = names |> List.choose (difference plain seeds draws measure)
    let corrected = Significance.Holm [| for d in found -> d.P |]
    found |> List.mapi (fun i d -> { d with Corrected = corrected[i] })

/// Ranks of values, 1 the best; equal values share their mean rank.
let ranks (higherIsBetter: bool) (values: (string * float) list) : (string * float) list =
    let sorted = values |> List.map (fun (_, x) -> if higherIsBetter then -x else x) |> List.sort

    [
        for name, x in values ->
            let x = if higherIsBetter then -x else x
            let first = sorted |> List.findIndex ((=) x)
            let last = sorted |> List.findIndexBack ((=) x)
            name, 1.0 + float (first + last) / 2.0
    ]
