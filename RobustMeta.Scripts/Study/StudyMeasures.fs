/// What a study measures on the per-user results of one seed, as functions of how often each user counts: the same function
/// gives the estimate (everyone once) and each draw of the bootstrap over users.
module RobustMeta.Scripts.StudyMeasures

open System
open System.Collections.Generic
open RobustMeta.Evaluation

/// Values of one method on one seed: by metric and test set, one per user of the list, NaN where there is none.
type Values = IReadOnlyDictionary<string * int, float[]>

/// The users of one seed's test sets, whom all methods share.
type Cohort =
    {
        Users: string[]
        /// Strength of the shift of each test set.
        Betas: float[]
        /// Whether a user is among the tenth that looks hardest from the support alone.
        IsHard: bool[]
    }

    /// The test set that is not shifted, or least.
    member this.Unshifted = this.Betas |> Array.indexed |> Array.minBy (snd >> abs) |> fst

/// A number that says how good a method is.
type Measure =
    {
        Name: string
        /// In one line, for the report.
        Meaning: string
        HigherIsBetter: bool
        /// The metric that it looks at.
        Metric: string
        /// From the cohort and the method's values: a function of how often each user counts.
        Of: Cohort -> Values -> (float[] -> float)
    }

let private present (values: float[]) =
    [|
        for i in 0 .. values.Length - 1 do
            if not (Double.IsNaN values[i]) then
                i
    |]

/// The rows of one method as arrays over a cohort.
let values (cohort: Cohort) (rows: UserResult seq) : Values =
    let index = dict [ for i, user in Array.indexed cohort.Users -> user, i ]
    let found = Dictionary<string * int, float[]>()

    for row in rows do
        let key = row.Metric, row.TestSet

        if not (found.ContainsKey key) then
            found.Add(key, Array.create cohort.Users.Length nan)

        match index.TryGetValue row.User with
        | true, i -> found[key][i] <- row.Value
        | _ -> ()

    found

/// Weighted mean of the values that are there.
let mean (values: float[]) : float[] -> float =
    let there = present values

    fun counts ->
        let mutable sum, total = 0.0, 0.0

        for i in there do
            sum <- sum + counts[i] * values[i]
            total <- total + counts[i]

        sum / total

/// Weighted mean of the lowest share of the values that are there, the value at the edge counting by its fraction.
let lowestMean (share: float) (values: float[]) : float[] -> float =
    let order = present values |> Array.sortBy (fun i -> values[i])

    fun counts ->
        let mutable total = 0.0

        for i in order do
            total <- total + counts[i]

        let mass = share * total
        let mutable sum, left, k = 0.0, mass, 0

        while k < order.Length && left > 0.0 do
            let part = min left counts[order[k]]
            sum <- sum + part * values[order[k]]
            left <- left - part
            k <- k + 1

        sum / mass

let private onUnshifted metric (statistic: float[] -> float[] -> float) (cohort: Cohort) (values: Values) =
    statistic values[metric, cohort.Unshifted]

let private measure name metric higher meaning statistic : Measure =
    { Name = name; Meaning = meaning; HigherIsBetter = higher; Metric = metric; Of = statistic }

[<Literal>]
let private Ndcg = "NDCG@10"

[<Literal>]
let private Mae = "MAE"

let private worstSet metric (worst: float seq -> float) (cohort: Cohort) (values: Values) =
    let sets = [| for set in 0 .. cohort.Betas.Length - 1 -> mean values[metric, set] |]
    fun counts -> sets |> Seq.map (fun ofCounts -> ofCounts counts) |> worst

let private hardTenth metric (cohort: Cohort) (values: Values) =
    values[metric, cohort.Unshifted]
    |> Array.mapi (fun i value -> if cohort.IsHard[i] then value else nan)
    |> mean

let private highestTenth (values: float[]) =
    let lowest = lowestMean 0.1 (Array.map (~-) values)
    fun counts -> -(lowest counts)

/// All measures. Those whose metric was not measured are left out of a report.
let all: Measure list =
    [
        measure Ndcg Ndcg true "mean over the users of the test set that is not shifted" (onUnshifted Ndcg mean)
        measure "worst β" Ndcg true "NDCG@10 of the test set on which the method is worst" (worstSet Ndcg Seq.min)
        measure
            "worst decile"
            Ndcg
            true
            "mean NDCG@10 of the tenth of the users who are worst off with the method, each method its own tenth"
            (onUnshifted Ndcg (lowestMean 0.1))
        measure
            "hard tenth"
            Ndcg
            true
            "mean NDCG@10 of the tenth of the users whose supports fit the bias model worst, the same users for all"
            (hardTenth Ndcg)
        measure "RNDCG@10" "RNDCG@10" true "NDCG@10 with 0 for a random ranking" (onUnshifted "RNDCG@10" mean)
        measure "AUC" "AUC" true "area under the curve, mean over users" (onUnshifted "AUC" mean)
        measure "LogLoss" "LogLoss" false "mean log-loss; less is better" (onUnshifted "LogLoss" mean)
        measure
            "LogLoss tail"
            "LogLoss"
            false
            "mean log-loss of the tenth of the users with the largest (CVaR); constant predictions do well here"
            (onUnshifted "LogLoss" highestTenth)
        measure Mae Mae false "mean absolute error; less is better" (onUnshifted Mae mean)
        measure "MAE worst β" Mae false "MAE of the test set on which the method is worst" (worstSet Mae Seq.max)
        measure
            "MAE worst decile"
            Mae
            false
            "mean MAE of the tenth of the users who are worst off with the method, each method its own tenth"
            (onUnshifted Mae highestTenth)
        measure
            "MAE hard tenth"
            Mae
            false
            "mean MAE of the tenth of the users whose supports fit the bias model worst, the same users for all"
            (hardTenth Mae)
    ]

/// Whether a method's values allow a measure.
let allows (cohort: Cohort) (values: Values) (measure: Measure) = values.ContainsKey(measure.Metric, cohort.Unshifted)
