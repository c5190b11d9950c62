/// The statements of the theory as experiments: `theory [quick] [out FOLDER]` writes theory.md and theory.html.
module RobustMeta.Scripts.Theory

open System.Collections.Generic
open System.IO
open RobustMeta.Experiments
open RobustMeta.Runtime
open RobustMeta.Settings
open RobustMeta.Theory

/// How large the experiments are.
type Size =
    {
        Problems: int
        Users: int
        Iterations: int list
        FloorIterations: int
        InnerRates: float list
        Repetitions: int
        Draws: int
        Counts: int list
        Radii: float list
        Samples: int
        TrainUsers: int
        Epochs: int
    }

/// The sizes of the report.
let full =
    {
        Problems = 4
        Users = 12
        Iterations = [ 64; 256; 1024; 4096; 16384 ]
        FloorIterations = 20000
        InnerRates = [ 0.0; 0.1; 0.2; 0.4; 0.8 ]
        Repetitions = 200
        Draws = 100000
        Counts = [ 50; 100; 200; 400; 800 ]
        Radii = [ 0.0; 0.25; 1.0; 4.0 ]
        Samples = 300
        TrainUsers = 1000
        Epochs = 10
    }

/// The smallest sizes that show the same.
let quick =
    {
        Problems = 1
        Users = 6
        Iterations = [ 64; 256; 1024 ]
        FloorIterations = 2000
        InnerRates = [ 0.0; 0.4 ]
        Repetitions = 40
        Draws = 20000
        Counts = [ 50; 200 ]
        Radii = [ 0.0; 1.0 ]
        Samples = 50
        TrainUsers = 120
        Epochs = 2
    }

let private number = CellText.number

let private ratesTable (rates: ConvergenceRate seq) : Table =
    let times = [ for struct (t, _) in (Seq.head rates).Points -> t ]

    Table.ofText
        ("stationarity after T" :: [ for t in times -> $"T = {t}" ] @ [ "exponent"; "of the last two"; "theory" ])
        [
            for r in rates ->
                r.Scheme.Name :: [ for struct (_, s) in r.Points -> number 4 s ]
                @ [ number 2 r.Exponent; number 2 r.LastExponent; number 2 r.Scheme.Theory ]
        ]

let private floorsTable (floors: GradientFloor seq) : Table =
    Table.ofText
        [ "inner rate α"; "first order"; "second order"; "bound α L G" ]
        [ for f in floors -> [ number 2 f.Rate; number 5 f.FirstOrder; number 5 f.SecondOrder; number 3 f.Bound ] ]

let private gapsTable (gaps: GeneralisationGap seq) : Table =
    Table.ofText
        [
            "N"
            "ρ"
            "effective users"
            "N/(1 + 2ρ)"
            "gap at fixed w*, 95 %"
            "concentration term"
            "above the worst case, 95 %"
            "robust gap, mean"
        ]
        [
            for g in gaps ->
                [
                    string g.Users
                    number 2 g.Radius
                    number 0 g.EffectiveUsers
                    number 0 g.TheoreticalUsers
                    number 4 g.FixedWeights
                    number 4 g.Concentration
                    number 4 g.AboveWorst
                    number 4 g.RobustGap
                ]
        ]

let private boundTable (bounds: CertifiedBound seq) : Table =
    Table.ofText
        [ "set, both levels"; "mean loss"; "certified"; "largest sampled"; "violations"; "new users above"; "shifts" ]
        [
            for c in bounds ->
                [
                    c.Set
                    number 4 c.Mean
                    number 4 c.Certified
                    number 4 c.Largest
                    string c.Violations
                    string c.NewUsersAbove
                    string c.Samples
                ]
        ]

let private figure (rates: ConvergenceRate seq) : Figure =
    RateFigure.draw
        [
            for r in rates ->
                {
                    Scheme = r.Scheme.Name
                    Points = [ for struct (t, stationarity) in r.Points -> t, stationarity ]
                    Exponent = r.Exponent
                    Theory = r.Scheme.Theory
                }
        ]

let private generalisation (gaps: GeneralisationGap seq) : Figure =
    GeneralisationFigure.draw
        None
        [
            for g in gaps do
                if g.RobustGap > 0.0 then
                    { Line = $"ρ = {number 2 g.Radius}"; X = float g.Users; Result = Result.exact g.RobustGap }
        ]

let private described (label: string) (caption: string) (table: Table) : Table =
    { table with Label = label; Caption = caption }

let private problems (size: Size) : IReadOnlyList<PlaneUser>[] =
    [| for p in 1 .. size.Problems -> PlaneUser.Random(size.Users, int64 p) |]

let private gapsOf (size: Size) =
    GeneralisationGap.Measure(size.Repetitions, size.Draws, List.toArray size.Counts, size.Radii)

/// Convergence (F16) and generalisation (F17) as sections of a report; no training, no data.
let sections (size: Size) : ReportSection list =
    let rates = ConvergenceRate.Measure(problems size, List.toArray size.Iterations)
    let gaps = gapsOf size

    [
        {
            Heading = "Theory: convergence"
            Parts =
                [
                    Tabled(described "theory-rates" "Stationarity after T iterations" (ratesTable rates))
                    Drawn(figure rates)
                ]
        }
        {
            Heading = "Theory: generalisation"
            Parts =
                [
                    Tabled(described "theory-gaps" "Gap between true and training loss" (gapsTable gaps))
                    if gaps |> Seq.exists (fun g -> g.RobustGap > 0.0) then
                        Drawn(generalisation gaps)
                ]
        }
    ]

/// Runs all experiments and writes the report.
let report (size: Size) (out: string) =
    let part number (name: string) = printfn $"{name}: {number} of 4"
    part 1 "convergence"
    let rates = ConvergenceRate.Measure(problems size, List.toArray size.Iterations)
    part 2 "bias of first-order gradients"
    let floors = GradientFloor.Measure(problems size, size.FloorIterations, size.InnerRates)
    part 3 "generalisation"
    let gaps = gapsOf size
    part 4 "upper bound"
    let bounds = CertifiedBound.Measure(size.Samples, size.TrainUsers, size.Epochs)
    let violations = bounds |> Seq.sumBy _.Violations

    let text =
        $"""# The theory made visible

Made by `dotnet fsi RobustMeta.Scripts/experiments/theory.fsx`. Nothing here is a proof; each table stands beside the statement it illustrates.

## Convergence

A problem with known constants: {size.Users} users, the loss 1 − exp(−r²/2) (bounded by M = 1, Lipschitz G = {number 3 BoundedLoss.Lipschitz},
smooth L = 1, Hessian Lipschitz {number 2 BoundedLoss.HessianLipschitz}), one inner step, weights over users. Stationarity is the root mean square
over the iterates of the gradient of the Moreau envelope at 1/(2L') (under the penalty: of the gradient of the smooth maximum), with
L' = (1 + αL)² L + αρG; {size.Problems} problems. The theorems bound it by a power of T when the steps are chosen for T, as here (Lin, Jin and
Jordan, ICML 2020; Davis and Drusvyatskiy, SIAM J. Optim. 2019): for large T
the exponent should be at most about the theory's; at small T steps of a size chosen for T have not yet reached anything.

{MarkdownTable.grid (ratesTable rates)}
First-order gradients leave out how the inner step depends on the parameters. Their bias is at most α L G, so training
ends only so close to a stationary point (Fallah, Mokhtari and Ozdaglar, AISTATS 2020); exact gradients go on. After
{size.FloorIterations} iterations with falling steps, weights by best response over {GradientFloor.SetName}:

{MarkdownTable.grid (floorsTable floors)}
## Generalisation

Given users of ten kinds with fresh supports and queries, robust training over the user level. For a reweighting w* that was
fixed before the data, the training loss under w* at the trained parameters falls short of the true one by about
‖w*‖ = √((1 + 2ρ)/N): the price of a radius is an effective sample size. 95 %% quantiles over {size.Repetitions} repetitions. The
exponent of the gap in the effective users is {number 2 (GeneralisationGap.Exponent gaps)}; the theory says −0.50. The true loss under w* exceeds the *worst-case*
training loss less often, as the theorem says, for the worst case dominates w*: a negative entry is slack.

{MarkdownTable.grid (gapsTable gaps)}
## Upper bound

MeLU trained on the synthetic world; random shifts within the sets at both levels that lean towards the losses. On the users
that the certificate is for, no shift may exceed it: {violations} violations. On new users it is not guaranteed.

{MarkdownTable.grid (boundTable bounds)}"""

    let markdown, page = Path.Combine(out, "theory.md"), Path.Combine(out, "theory.html")
    CsvText.Write(markdown, text)

    FigurePage.save page (figure rates)
    printfn $"written: {markdown}\nwritten: {page}"

/// The command.
let execute (words: string list) =
    let rec read size out words =
        match words with
        | [] ->
            OutFolder.Require out
            report size out
        | ("quick" | "--quick") :: rest -> read quick out rest
        | "out" :: folder :: rest -> read size folder rest
        | word :: _ ->
            raise (SettingException $"'{word}' is no word of this command; expected theory [quick] [out FOLDER]")

    read full (Path.Combine("results", "theory")) words
