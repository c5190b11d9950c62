/// How far the loss under a fixed reweighting of the users is from what training saw, against the number of users and the
/// radius: the price of a radius is an effective sample size N/(1 + 2ρ).
module RobustMeta.Scripts.TheoryGeneralisation

open System
open RobustMeta.Evaluation
open RobustMeta.Robustness
open RobustMeta.Runtime
open RobustMeta.Scripts.TheoryProblem

/// One size and radius.
type Gap =
    {
        Users: int
        Radius: float
        /// N/(1 + 2ρ), or N over N‖w*‖².
        EffectiveUsers: float
        /// 95 % quantile over repetitions of the true minus the training loss under the fixed reweighting w*.
        FixedWeights: float
        /// M ‖w*‖ √(log(1/δ)/2), the concentration term of the bound, δ = 0.05.
        Concentration: float
        /// 95 % quantile of the true loss under w* minus the worst training loss: what the robust objective fails to cover.
        AboveWorst: float
        /// Mean true worst-case loss minus training worst-case loss.
        RobustGap: float
    }

let private queries = 5
let private noise = 0.5
let private inner = 0.3

// Residual losses on a line: tastes from −1 to 1, a fifth of them apart.
let private kinds = [| for k in 0..9 -> if k < 8 then -0.3 + 0.1 * float k else 2.0 + 0.2 * float (k - 8) |]
let private grid = [| for i in 0..32 -> -0.8 + 0.1 * float i |]

let private gaussian (random: Random) =
    sqrt (-2.0 * log (1.0 - random.NextDouble())) * cos (2.0 * Math.PI * random.NextDouble())

let private adapt x support =
    let r = x - support
    x - inner * r * exp (-r * r / 2.0)

/// Mean query loss of a user of some taste at every point of the grid, from one draw of support and query.
let private drawLosses (random: Random) taste =
    let support = taste + noise * gaussian random
    let query = [| for _ in 1..queries -> taste + noise * gaussian random |]
    [| for x in grid -> let y = adapt x support in query |> Array.averageBy (fun q -> loss (y - q)) |]

// Expected losses of each kind: a mean over many draws, the same for all sizes.
let private expected draws =
    let random = Seeds.Generator(0L, "theory expectation")

    [|
        for taste in kinds ->
            let sum = Array.zeroCreate<float> grid.Length

            for _ in 1..draws do
                drawLosses random taste |> Array.iteri (fun i l -> sum[i] <- sum[i] + l / float draws)

            sum
    |]

let private worst (set: AmbiguitySet) (ofUsers: float[]) = set.Value(ReadOnlySpan ofUsers)
let private dot a b = Array.fold2 (fun sum x y -> sum + x * y) 0.0 a b

/// Point of the grid with the least worst-case loss; losses by user and point.
let private bestPoint set (losses: float[][]) =
    [| 0 .. grid.Length - 1 |] |> Array.minBy (fun i -> worst set (losses |> Array.map (fun l -> l[i])))

let private quantile (fraction: float) (values: float[]) =
    let sorted = Array.sort values
    sorted[int (ceil (fraction * float sorted.Length)) - 1]

/// Measures one size and radius over repetitions; the users are given, their data are drawn.
let private measure (expectedOf: float[][]) repetitions count radius : Gap =
    let set = AmbiguitySet.Parse(FormattableString.Invariant $"chi2 {radius}")
    let kindOf u = u % kinds.Length
    let truth = [| for u in 0 .. count - 1 -> expectedOf[kindOf u] |]
    // The target reweighting is fixed before any data: the worst for the true losses of the best point.
    let ideal = bestPoint set truth
    let target = worstWeights set (truth |> Array.map (fun l -> l[ideal]))
    let norm = sqrt (dot target target)

    let runs =
        [|
            for r in 1..repetitions ->
                let random = Seeds.Generator(int64 r, "theory draws", $"{count} {radius}")
                let sample = [| for u in 0 .. count - 1 -> drawLosses random kinds[kindOf u] |]
                let chosen = bestPoint set sample
                let seen = sample |> Array.map (fun l -> l[chosen])
                let real = truth |> Array.map (fun l -> l[chosen])
                dot target real - dot target seen, dot target real - worst set seen, worst set real - worst set seen
        |]

    {
        Users = count
        Radius = radius
        EffectiveUsers = 1.0 / (norm * norm)
        FixedWeights = runs |> Array.map (fun (a, _, _) -> a) |> quantile 0.95
        Concentration = norm * sqrt (log (1.0 / 0.05) / 2.0)
        AboveWorst = runs |> Array.map (fun (_, b, _) -> b) |> quantile 0.95
        RobustGap = runs |> Array.averageBy (fun (_, _, c) -> c)
    }

/// Gaps for all sizes and radii.
let gaps (repetitions: int) (draws: int) (sizes: int list) (radii: float list) : Gap list =
    let expectedOf = expected draws

    [
        for radius in radii do
            for size in sizes do
                measure expectedOf repetitions size radius
    ]
