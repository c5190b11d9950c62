/// Every figure and table of the paper's analysis from made-up numbers.
module RobustMeta.Tests.Scripts.AllFigures

open System
open RobustMeta.Evaluation
open RobustMeta.Scripts

let private users = { Meaning = "95 % Student interval"; Over = "users" }
let private about half (x: float) = Interval(x, x - half, x + half, 240)

let private methods =
    [
        "MeLU", 0.72, -0.05
        "MeLU+user", 0.715, -0.03
        "MeLU+interaction", 0.717, -0.034
        "MeLU+both", 0.712, -0.022
        "bias", 0.66, -0.02
    ]

let private lines (xs: float list) (value: float -> float -> float -> float) : LinePoint list =
    [
        for name, level, slope in methods do
            for x in xs do
                { Line = name; X = x; Result = about 0.008 (value level slope x) }
    ]

let private bars (categories: string list) (series: string list) : BarValue list =
    [
        for i, category in List.indexed categories do
            for k, name in List.indexed series do
                {
                    Category = category
                    Series = name
                    Result = about 0.012 (0.55 + 0.04 * float i + 0.012 * float k)
                }
    ]

let private convergence: ConvergenceFigure.Epoch list =
    [
        for name, level, _ in [ methods[0]; methods[3] ] do
            for epoch in 1..60 do
                let t = exp (-(float epoch) / 15.0)

                {
                    ConvergenceFigure.Method = name
                    Epoch = epoch
                    MeanLoss = 0.52 + 0.2 * t
                    RobustLoss = 0.56 + 0.3 * t + 0.01 * sin (float epoch) + (0.72 - level)
                    Validation = level - 0.15 * t
                }
    ]

let private gaps: GapFigure.Epoch list =
    [
        for place, (name, scale) in List.indexed [ "gradient ascent", 1.0; "best response", 0.05 ] do
            for epoch in 1..40 do
                let t = exp (-(float epoch) / 10.0)

                {
                    GapFigure.Method = name
                    Place = place
                    Epoch = epoch
                    Gap = scale * (0.01 + 0.08 * t)
                    UserEss = 0.6 + 0.4 * t
                    InteractionEss = 0.8 + 0.2 * t - 0.05 * scale
                }
    ]

let private weights: WeightsFigure.Weight list =
    let random = Random 5

    [
        for _ in 1..600 do
            let loss = 0.3 + 0.15 * (random.NextDouble() + random.NextDouble() + random.NextDouble())

            {
                WeightsFigure.Loss = loss
                Property = float (random.Next 200)
                Weight = exp (4.0 * (loss - 0.52)) * (0.9 + 0.2 * random.NextDouble())
            }
    ]

let private rates: RateFigure.Rate list =
    [
        for name, theory in [ "concave", -0.17; "strongly concave", -0.5; "first order", -0.25 ] ->
            {
                Scheme = name
                Points = [ for t in [ 100; 400; 1600; 6400; 25600 ] -> t, 0.4 * (float t / 100.0) ** (theory - 0.06) ]
                Exponent = theory - 0.06
                Theory = theory
            }
    ]

/// All figures F1 to F20.
let figures: Figure list =
    [
        AblationFigure.draw
            "NDCG@10"
            users
            (bars [ "ML-100K"; "ML-1M"; "Jester"; "Anime" ] [ "base"; "+user"; "+interaction"; "+both" ])
        SensitivityFigure.draw
            "taskWeightLr"
            "NDCG@10"
            true
            users
            [
                for b in [ 0; 1; 2 ] do
                    for x in [ 0.001; 0.01; 0.1; 1.0; 10.0 ] ->
                        {
                            Line = $"β = {b}"
                            X = x
                            Result = about 0.006 (0.7 - 0.02 * float b - 0.006 * (log10 x + 1.0) ** 2.0)
                        }
            ]
        SensitivityMapFigure.draw
            "taskWeightLr"
            "sampleWeightLr"
            "NDCG@10"
            [
                for x in [ 0.001; 0.01; 0.1; 1.0 ] do
                    for y in [ 0.001; 0.01; 0.1; 1.0 ] ->
                        {
                            SensitivityMapFigure.Across = x
                            Up = y
                            Mean = 0.7 - 0.01 * (log10 x + 1.0) ** 2.0 - 0.008 * (log10 y + 2.0) ** 2.0
                        }
            ]
        ConvergenceFigure.draw "NDCG@10" convergence
        ConvergenceTimeFigure.draw
            "NDCG@10"
            [
                for e in convergence ->
                    {
                        ConvergenceTimeFigure.Method = e.Method
                        Epoch = e.Epoch
                        Seconds = (if e.Method = "MeLU" then 0.8 else 0.9) * float e.Epoch
                        MeanLoss = e.MeanLoss
                        Validation = e.Validation
                    }
            ]
        MotivationFigure.draw
            "NDCG@10"
            "shift β of the test set"
            users
            [
                for name in [ "MeLU"; "MAML" ] do
                    for b in -2.0 .. 2.0 ->
                        { Line = name; X = b; Result = about 0.01 ((if name = "MeLU" then 0.7 else 0.68) - 0.02 * b) }
            ]
        WeightsFigure.draw "user" "ratings of the user" weights.Length weights
        MethodDiagram.figure
        DegradationFigure.draw
            "NDCG@10"
            "KL(q‖q₀), nats"
            users
            (lines [ 0.0; 0.13; 0.54; 1.16; 1.84 ] (fun level slope x -> level + slope * x))
        WorstCaseFigure.draw
            "chi2"
            "log-loss"
            (Some users)
            (lines [ 0.0; 0.1; 0.25; 0.5; 1.0; 2.0 ] (fun level slope x -> 1.2 - level - 2.0 * slope * sqrt x))
        TailFigure.draw
            "NDCG@10"
            (Some users)
            (lines [ 0.05; 0.1; 0.2; 0.4; 0.6; 0.8; 1.0 ] (fun level slope x ->
                level * (0.5 + 0.5 * x ** 0.4) + slope * (1.0 - x)))
        ParetoFigure.draw
            "NDCG@10"
            "worst test set"
            [
                for name, level, _ in [ methods[0]; methods[1]; methods[3] ] do
                    for k, rho in List.indexed [ "ρ 0.1"; "ρ 0.5"; "ρ 2" ] ->
                        {
                            ParetoFigure.Method = name
                            Setting = rho
                            Average = level - 0.004 * float (k * k)
                            Worst = 0.58 + 2.0 * (0.72 - level) + 0.012 * float k
                        }
            ]
        ParetoFigure.draw
            "AUC"
            "worst test set"
            [
                for i, name in List.indexed [ "plain"; yield! [ for k in 1..14 -> $"robust method {k}" ] ] ->
                    {
                        ParetoFigure.Method = name
                        Setting = ""
                        Average = if i = 14 then 0.55 else 0.7 + 0.002 * float (i * 11 % 15)
                        Worst = if i = 14 then 0.5 else 0.66 + 0.002 * float (i * 8 % 13)
                    }
            ]
        GapFigure.draw gaps
        SetsFigure.draw "NDCG@10" users (bars [ "plain"; "ball"; "simplex"; "chi2"; "KL"; "CVaR" ] [ "β = 0"; "β = 2" ])
        OrderFigure.draw
            "NDCG@10"
            users
            [
                for i, name in
                    List.indexed
                        [
                            "first order, gradient ascent"
                            "first order, best response"
                            "second order, gradient ascent"
                            "second order, exponentiated"
                            "second order, best response"
                        ] ->
                    {
                        OrderFigure.Scheme = name
                        Result = about 0.01 (0.69 + 0.005 * float i)
                        Seconds = 0.4 + 0.3 * float i
                    }
            ]
        RateFigure.draw rates
        GeneralisationFigure.draw
            (Some users)
            [
                for rho in [ 0.0; 0.5; 2.0 ] do
                    for n in [ 50.0; 200.0; 800.0; 3200.0 ] ->
                        {
                            Line = $"ρ = {rho}"
                            X = n
                            Result =
                                (let gap = 1.2 * sqrt ((1.0 + 2.0 * rho) / n) in Interval(gap, 0.9 * gap, 1.1 * gap, 50))
                        }
            ]
        QuadrantsFigure.draw
            "NDCG@10"
            users
            (bars [ "warm"; "new users"; "new items"; "new users and items" ] [ "MeLU"; "MeLU+both"; "popularity" ])
        NoiseFigure.draw
            "NDCG@10"
            users
            (lines [ 0.0; 0.1; 0.2; 0.3 ] (fun level slope x -> level + 4.0 * slope * x * x))
        SeedsFigure.draw
            "NDCG@10"
            "paired t"
            [
                for name, level, _ in methods ->
                    {
                        SeedsFigure.Method = name
                        Seeds = [ 1L .. 10L ]
                        Values = [ for s in 1..10 -> level + 0.006 * sin (float s * 3.0 + level * 100.0) ]
                    }
            ]
            [ for i in 0..4 -> [ for j in 0..4 -> if i = j then nan else 0.001 + 0.08 * float (abs (i - j) - 1) ] ]
    ]
