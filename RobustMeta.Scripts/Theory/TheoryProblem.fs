/// A small robust meta-learning problem whose constants are known: users with one support and one query observation each, a
/// bounded non-convex loss, one inner step, weights over users. Everything is in closed form but the minimum.
module RobustMeta.Scripts.TheoryProblem

open System
open RobustMeta.Robustness
open RobustMeta.Runtime

/// A point of the plane.
[<Struct>]
type Vector =
    {
        X: float
        Y: float
    }

    static member (+)(a, b) = { X = a.X + b.X; Y = a.Y + b.Y }
    static member (-)(a, b) = { X = a.X - b.X; Y = a.Y - b.Y }
    static member (*)(c, a) = { X = c * a.X; Y = c * a.Y }
    static member Dot(a, b) = a.X * b.X + a.Y * b.Y
    /// Length.
    member this.Norm = sqrt (Vector.Dot(this, this))

/// The loss of a residual, 1 − exp(−r²/2): within [0, 1] and not convex.
let loss (r: float) = 1.0 - exp (-r * r / 2.0)

let private slope r = r * exp (-r * r / 2.0)
let private curvature (r: float) = (1.0 - r * r) * exp (-r * r / 2.0)

/// Largest slope of the loss, at r = 1.
let Lipschitz = exp -0.5

/// Largest curvature, at r = 0.
let Smoothness = 1.0

/// Largest third derivative, at r² = 3 − √6.
let HessianLipschitz =
    let r = sqrt (3.0 - sqrt 6.0)
    (3.0 * r - r * r * r) * exp (-r * r / 2.0)

/// A smoothness constant of the adapted loss: (1 + αL)² L + α ρ G.
let adaptedSmoothness (rate: float) =
    (1.0 + rate * Smoothness) ** 2.0 * Smoothness + rate * HessianLipschitz * Lipschitz

/// A Lipschitz constant of the adapted loss: (1 + αL) G.
let adaptedLipschitz (rate: float) = (1.0 + rate * Smoothness) * Lipschitz

/// One observation: a unit direction and a target.
type Observation = { Direction: Vector; Target: float }

/// A user.
type User = { Support: Observation; Query: Observation }

/// Users of random directions around two opposite tastes, so that no point suits all.
let users (count: int) (seed: int64) : User[] =
    let random = Seeds.Generator(seed, "theory users")

    let observation taste =
        let angle = 2.0 * Math.PI * random.NextDouble()
        let direction = { X = cos angle; Y = sin angle }
        { Direction = direction; Target = Vector.Dot(direction, taste) + 0.2 * (random.NextDouble() - 0.5) }

    [|
        for u in 1..count ->
            let taste = if u % 3 = 0 then { X = -0.8; Y = 0.3 } else { X = 0.6; Y = -0.2 }
            { Support = observation taste; Query = observation taste }
    |]

let private residual x (o: Observation) = Vector.Dot(o.Direction, x) - o.Target

let private adapted rate user x = x - rate * slope (residual x user.Support) * user.Support.Direction

/// The query loss after one step of the given rate on the support loss.
let adaptedLoss (rate: float) (user: User) (x: Vector) = loss (residual (adapted rate user x) user.Query)

/// Its gradient; first order leaves out how the step itself depends on the point.
let gradient (firstOrder: bool) (rate: float) (user: User) (x: Vector) =
    let outer = slope (residual (adapted rate user x) user.Query) * user.Query.Direction

    if firstOrder then
        outer
    else
        let support = user.Support
        let inner = curvature (residual x support) * Vector.Dot(support.Direction, outer)
        outer - rate * inner * support.Direction

/// Losses of all users.
let losses (rate: float) (users: User[]) (x: Vector) = users |> Array.map (fun user -> adaptedLoss rate user x)

/// Gradient of the weighted sum of losses.
let weightedGradient firstOrder rate (users: User[]) (weights: float[]) x =
    let mutable sum = { X = 0.0; Y = 0.0 }

    for u in 0 .. users.Length - 1 do
        sum <- sum + weights[u] * gradient firstOrder rate users[u] x

    sum

/// The weights of a set that are worst at some losses.
let worstWeights (set: AmbiguitySet) (losses: float[]) =
    let weights = Array.zeroCreate losses.Length
    set.BestResponse(ReadOnlySpan losses, Span weights)
    weights

/// The worst-case loss at a point.
let worstCase (set: AmbiguitySet) rate users x = set.Value(ReadOnlySpan(losses rate users x))

/// Least argument of a convex function of one variable on an interval, by golden section.
let private golden (f: float -> float) low high =
    let ratio = (sqrt 5.0 - 1.0) / 2.0
    let mutable low, high = low, high
    let mutable a, b = high - ratio * (high - low), low + ratio * (high - low)
    let mutable fa, fb = f a, f b

    while high - low > 1e-7 do
        if fa < fb then
            high <- b
            b <- a
            fb <- fa
            a <- high - ratio * (high - low)
            fa <- f a
        else
            low <- a
            a <- b
            fa <- fb
            b <- low + ratio * (high - low)
            fb <- f b

    (low + high) / 2.0

/// The gradient of the Moreau envelope of an L-weakly convex, G-Lipschitz function at 1/(2L): how far from stationary a point
/// is, also where the function has a kink. Its proximal problem is strongly convex and is solved by nested golden sections.
let moreauGradient (smoothness: float) (lipschitz: float) (f: Vector -> float) (x: Vector) : Vector =
    let lambda = 1.0 / (2.0 * smoothness)
    // The proximal point is no farther than this.
    let reach = 2.0 * lambda * lipschitz

    let objective y =
        let d = y - x
        f y + Vector.Dot(d, d) / (2.0 * lambda)

    let bestY px = golden (fun py -> objective { X = px; Y = py }) (x.Y - reach) (x.Y + reach)
    let px = golden (fun px -> objective { X = px; Y = bestY px }) (x.X - reach) (x.X + reach)
    (1.0 / lambda) * (x - { X = px; Y = bestY px })

/// Slope of a line through the logarithms of points, by least squares.
let logSlope (points: (float * float) list) =
    let points = points |> List.map (fun (x, y) -> log x, log y)
    let mx, my = List.averageBy fst points, List.averageBy snd points

    (points |> List.sumBy (fun (x, y) -> (x - mx) * (y - my)))
    / (points |> List.sumBy (fun (x, _) -> (x - mx) * (x - mx)))
