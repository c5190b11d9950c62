/// The figures of one cell of a study by what its runs left beside their results: epochs, weights, times.
module internal RobustMeta.Scripts.RunFigures

open RobustMeta.Studies
open RobustMeta.Training

let private scheme (r: PooledResult) (seconds: float) : OrderFigure.Scheme =
    { Scheme = r.Method; Result = r.Mean; Seconds = seconds }

/// F15, with the seconds of an epoch of each method. Plain training without a sweep is one of its swept forms, where it has some.
let order (source: StudySource) (cell: CellSummary) (metric: string) =
    let unshifted = cell.Unshifted

    let isPlainSwept =
        cell.Points
        |> Seq.exists (fun (KeyValue(label, struct (name, _))) -> name = cell.Plain && label <> cell.Plain)

    let seconds =
        dict
            [
                for c in source.Costs.Value do
                    if c.Cell = cell.Cell then
                        c.Method, c.SecondsAnEpoch
            ]

    [
        OrderFigure.draw
            metric
            StudyTables.uncertainty
            [
                for r in CellFigures.results cell metric do
                    let isShown = not isPlainSwept || r.Method <> cell.Plain

                    if r.TestSet = unshifted && isShown && seconds.ContainsKey r.Method then
                        scheme r seconds[r.Method]
            ]
    ]

let private histories (source: StudySource) (cell: CellSummary) =
    source.Histories.Value
    |> List.filter (fun h -> h.Cell = cell.Cell && not (CellFigures.isSwept cell h.Method))
    |> List.truncate CellFigures.MostLines

let private overSeeds (histories: PooledHistory list) (figure: Figure) =
    let n = if histories.IsEmpty then 0 else histories |> List.map _.Seeds |> List.min
    { figure with Caption = figure.Caption + $" Means over n = {n} seeds." }

let private losses (name: string) (e: EpochRecord) : ConvergenceFigure.Epoch =
    {
        Method = name
        Epoch = e.Epoch
        MeanLoss = e.MeanLoss
        RobustLoss = e.RobustLoss
        Validation = e.Validation
    }

let private gaps (place: int) (name: string) (e: EpochRecord) : GapFigure.Epoch =
    {
        Method = name
        Place = place
        Epoch = e.Epoch
        Gap = e.DualityGap
        UserEss = e.UserEss
        InteractionEss = e.InteractionEss
    }

/// F5.
let convergence (source: StudySource) (cell: CellSummary) (metric: string) =
    let own = histories source cell

    [
        ConvergenceFigure.draw
            metric
            [
                for h in own do
                    for e in h.Epochs do
                        losses h.Method e
            ]
        |> overSeeds own
    ]

let private timed (costs: MethodCost list) (cell: CellSummary) (h: PooledHistory) : ConvergenceTimeFigure.Epoch list =
    match costs |> List.tryFind (fun c -> c.Cell = cell.Cell && c.Method = h.Method) with
    | None -> []
    | Some cost ->
        [
            for e in h.Epochs ->
                {
                    Method = h.Method
                    Epoch = e.Epoch
                    Seconds = float e.Epoch * cost.SecondsAnEpoch
                    MeanLoss = e.MeanLoss
                    Validation = e.Validation
                }
        ]

/// F5 against seconds.
let convergenceTime (source: StudySource) (cell: CellSummary) (metric: string) =
    let own = histories source cell

    match own |> List.collect (timed source.Costs.Value cell) with
    | [] -> []
    | epochs -> [ ConvergenceTimeFigure.draw metric epochs |> overSeeds own ]

/// F13.
let gap (source: StudySource) (cell: CellSummary) (_: string) =
    let placed = histories source cell |> List.indexed |> List.filter (fun (_, h) -> h.Method <> cell.Plain)

    let own = List.map snd placed

    if own.IsEmpty then
        []
    else
        [
            GapFigure.draw
                [
                    for place, h in placed do
                        for e in h.Epochs do
                            gaps place h.Method e
                ]
            |> overSeeds own
        ]

let private weight (w: WeightRecord) : WeightsFigure.Weight =
    { Weight = w.Weight; Loss = w.Loss; Property = float w.Count }

/// F7: of the first run of each method that learns weights.
let weights (source: StudySource) (cell: CellSummary) (_: string) =
    let draw who property count (some: WeightRecord seq) =
        [
            if count > 1 then
                WeightsFigure.draw who property count (some |> Seq.map weight |> List.ofSeq)
        ]

    [
        for own in source.Weights.Value |> List.filter (fun w -> w.Cell = cell.Cell) do
            yield! draw $"{own.Method} user" "interactions of the user" own.UserCount own.Users
            yield! draw $"{own.Method} interaction" "users with the item" own.InteractionCount own.Interactions
    ]
