/// How fast minimax training becomes stationary, against the number of iterations; and how far first-order gradients get.
module RobustMeta.Scripts.TheoryConvergence

open System
open RobustMeta.Robustness
open RobustMeta.Scripts.TheoryProblem

/// A way to train, with the step sizes that its theory takes for a given number of iterations.
type Scheme =
    {
        Name: string
        /// Exponent of the iterations in the theoretical bound on the stationarity.
        Theory: float
        /// Iterates for a number of iterations: problem, start.
        Run: User[] -> int -> Vector[]
        /// How far from stationary a point is.
        Stationarity: User[] -> Vector -> float
    }

let private rate = 0.3
let private start = { X = 1.6; Y = 1.6 }
let private smoothness = adaptedSmoothness rate
let private simplex = AmbiguitySet.Parse "simplex"

let private moreau (set: AmbiguitySet) users x =
    (moreauGradient smoothness (adaptedLipschitz rate) (worstCase set rate users) x).Norm

/// Iterates of a step rule, from the point and the weights to new ones.
let private iterate (users: User[]) iterations (step: Vector -> float[] -> Vector * float[]) =
    let points = Array.create (iterations + 1) start
    let mutable weights = Array.create users.Length (1.0 / float users.Length)

    for t in 1..iterations do
        let x, w = step points[t - 1] weights
        points[t] <- x
        weights <- w

    points

let private descend eta firstOrder users weights x = x - eta * weightedGradient firstOrder rate users weights x

/// Exact best response and subgradient steps of size 1/√T: stationarity O(T^−1/4) for weakly convex functions.
let private exactResponse: Scheme =
    {
        Name = "exact response, simplex"
        Theory = -0.25
        Run =
            fun users iterations ->
                let eta = 1.0 / sqrt (float iterations)

                iterate users iterations (fun x w ->
                    let worst = worstWeights simplex (losses rate users x)
                    descend eta false users worst x, w)
        Stationarity = moreau simplex
    }

/// Projected ascent with a constant step, descent with steps of T^(−2/3): O(ε^−6), or T^−1/6.
let private twoTimescale: Scheme =
    {
        Name = "gradient ascent, simplex"
        Theory = -1.0 / 6.0
        Run =
            fun users iterations ->
                let eta = float iterations ** (-2.0 / 3.0)

                iterate users iterations (fun x w ->
                    let moved = Array.map2 (fun w l -> w + l / smoothness) w (losses rate users x)
                    let next = descend eta false users w x
                    simplex.Project(Span moved)
                    next, moved)
        Stationarity = moreau simplex
    }

// Strength of the penalty that makes the ascent side strongly concave.
let private penalty = 2.0

let private penalisedResponse (users: User[]) x =
    let weights = losses rate users x |> Array.map (fun l -> 1.0 / float users.Length + l / penalty)
    simplex.Project(Span weights)
    weights

/// A quadratic penalty on the weights: strongly concave, O(κ² ε^−2), or T^−1/2, with constant steps.
let private penalised: Scheme =
    {
        Name = "gradient ascent, quadratic penalty"
        Theory = -0.5
        Run =
            fun users iterations ->
                iterate users iterations (fun x w ->
                    let uniform = 1.0 / float users.Length
                    let ascent = 1.0 / (1.0 + penalty)

                    let moved =
                        Array.map2 (fun w l -> w + ascent * (l - penalty * (w - uniform))) w (losses rate users x)

                    let next = descend (1.0 / (4.0 * smoothness)) false users w x
                    simplex.Project(Span moved)
                    next, moved)
        Stationarity = fun users x -> (weightedGradient false rate users (penalisedResponse users x) x).Norm
    }

/// All schemes.
let schemes = [ exactResponse; twoTimescale; penalised ]

/// Times that stand for all iterations, each with the number it stands for: dense at the start, where most happens.
let private sampleTimes iterations =
    let times =
        [ for k in 0..40 -> int (float (iterations + 1) ** (float k / 40.0)) - 1 ]
        |> List.distinct
        |> List.filter (fun t -> t < iterations)

    List.pairwise (times @ [ iterations ]) |> List.map (fun (a, b) -> a, float (b - a))

/// Root mean square over the iterates, and over problems, of the stationarity: what the theorems bound.
let stationarity (scheme: Scheme) (problems: User[] list) (iterations: int) =
    let meanSquare users =
        let points = scheme.Run users iterations
        let times = sampleTimes iterations

        (times |> List.sumBy (fun (t, fraction) -> fraction * scheme.Stationarity users points[t] ** 2.0))
        / (times |> List.sumBy snd)

    problems |> List.averageBy meanSquare |> sqrt

/// A scheme's stationarity at each number of iterations, with the fitted exponent.
type Rate = { Scheme: Scheme; Points: (int * float) list; Exponent: float }

/// Rates of all schemes.
let rates (problems: User[] list) (iterations: int list) : Rate list =
    [
        for scheme in schemes ->
            let points = [ for t in iterations -> t, stationarity scheme problems t ]
            { Scheme = scheme; Points = points; Exponent = logSlope [ for t, s in points -> float t, s ] }
    ]

/// Stationarity reached with first-order and exact gradients at an inner rate, beside the bound α L G of the bias.
type Floor = { Rate: float; FirstOrder: float; SecondOrder: float; Bound: float }

/// The floors at the given inner rates: weights by exact response over a chi-square ball.
let floors (problems: User[] list) (iterations: int) (innerRates: float list) : Floor list =
    let set = AmbiguitySet.Parse "chi2 0.5"

    let reached inner firstOrder users =
        let mutable x = start

        for t in 1..iterations do
            let worst = worstWeights set (losses inner users x)
            // Constant at first, then falling: what is left is the bias, not the steps.
            let eta = 0.5 / (1.0 + float t / 100.0)
            x <- x - eta * weightedGradient firstOrder inner users worst x

        (moreauGradient (adaptedSmoothness inner) (adaptedLipschitz inner) (worstCase set inner users) x).Norm

    [
        for inner in innerRates ->
            {
                Rate = inner
                FirstOrder = problems |> List.averageBy (reached inner true)
                SecondOrder = problems |> List.averageBy (reached inner false)
                Bound = inner * Smoothness * Lipschitz
            }
    ]
