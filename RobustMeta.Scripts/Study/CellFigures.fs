/// The figures of one cell of a study by its results: numbers from Core, drawn by the modules of the room Figures.
module internal RobustMeta.Scripts.CellFigures

open System
open System.Globalization
open RobustMeta.Studies

let private uncertainty = StudyTables.uncertainty

/// More lines cannot be told apart.
[<Literal>]
let internal MostLines = 6

let internal isSwept (cell: CellSummary) (label: string) =
    match cell.Points.TryGetValue label with
    | true, struct (_, point) -> point.Sweep <> ""
    | _ -> false

/// The methods that no sweep varies and the baselines, as many as can be told apart.
let private unswept (cell: CellSummary) =
    [
        for name in Seq.append cell.Methods cell.Baselines do
            if not (isSwept cell name) then
                name
    ]
    |> List.truncate MostLines

/// The same without baselines and, for each sweep of a method, the middle one of its settings.
let private representatives (cell: CellSummary) =
    let swept =
        [
            for label in cell.Methods do
                if isSwept cell label then
                    let struct (name, point) = cell.Points[label]
                    (name, point.Sweep), label
        ]
        |> List.groupBy fst

    [
        for label in cell.Methods do
            if not (isSwept cell label) then
                label
        for _, labels in swept do
            snd labels[labels.Length / 2]
    ]
    |> List.truncate MostLines

let private axis (cell: CellSummary) = cell.Axis

let private ofMetric (cell: CellSummary) metric = cell.Metrics |> Seq.find (fun m -> m.Metric = metric)
let private setName cell coordinate = ShiftTables.testSet (axis cell) coordinate
let internal results (cell: CellSummary) metric = List.ofSeq (ofMetric cell metric).Results

/// The unshifted test set and the two ends of the axis.
let private tellingSets (cell: CellSummary) =
    let betas = cell.Coordinates
    let places = [ 0 .. betas.Count - 1 ] |> List.sortBy (fun set -> betas[set])
    [ places.Head; cell.Unshifted; List.last places ] |> List.distinct

/// F1.
let ablation (cell: CellSummary) (metric: string) =
    [
        AblationFigure.draw
            metric
            uncertainty
            [
                for r in results cell metric do
                    if Seq.contains r.Method cell.Methods then
                        { Category = setName cell r.Coordinate; Series = r.Method; Result = r.Mean }
            ]
    ]

let private number (text: string) =
    match Double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture) with
    | true, x -> Some x
    | _ -> None

let private oneSetting (cell: CellSummary) metric key (labels: (string * string * float) list) =
    let names = labels |> List.map (fun (_, name, _) -> name) |> List.distinct
    let sets = tellingSets cell
    let found = results cell metric
    let unshifted = cell.Unshifted

    let points: LinePoint list =
        [
            for label, name, x in labels |> List.sortBy (fun (_, _, x) -> x) do
                for r in found do
                    if r.Method = label && names.Length = 1 && List.contains r.TestSet sets then
                        { Line = setName cell r.Coordinate; X = x; Result = r.Mean }
                    elif r.Method = label && names.Length > 1 && r.TestSet = unshifted then
                        { Line = name; X = x; Result = r.Mean }
        ]

    let values = labels |> List.map (fun (_, _, x) -> x)
    let isLogarithmic = List.min values > 0.0 && List.max values / List.min values >= 8.0
    SensitivityFigure.draw key metric isLogarithmic uncertainty points

let private twoSettings (cell: CellSummary) metric across up (labels: (string * string * float * float) list) =
    let unshifted = cell.Unshifted

    let means =
        dict
            [
                for r in results cell metric do
                    if r.TestSet = unshifted then
                        r.Method, r.Mean.Mean
            ]

    SensitivityMapFigure.draw
        across
        up
        metric
        [
            for label, _, x, y in labels do
                if means.ContainsKey label then
                    { SensitivityMapFigure.Cell.Across = x; Up = y; Mean = means[label] }
        ]

/// F2 to F4: a line figure for each sweep of one setting, a map for each of two; sweeps over words have none.
let sensitivity (cell: CellSummary) (metric: string) =
    let swept =
        [
            for label in cell.Methods do
                if isSwept cell label then
                    let struct (name, point) = cell.Points[label]
                    point.Sweep, (label, name, List.ofSeq point.Settings)
        ]

    [
        for _, points in List.groupBy fst swept do
            let points = List.map snd points
            let _, _, settings = points.Head

            match settings with
            | [ struct (key, _) ] ->
                let labels =
                    [
                        for label, name, own in points do
                            let struct (_, text) = own.Head

                            match number text with
                            | Some x -> label, name, x
                            | None -> ()
                    ]

                if labels.Length = points.Length then
                    oneSetting cell metric key labels
            | [ struct (across, _); struct (up, _) ] ->
                let _, first, _ = points.Head

                let labels =
                    [
                        for label, name, own in points do
                            let struct (_, x) = own[0]
                            let struct (_, y) = own[1]

                            match number x, number y with
                            | Some x, Some y when name = first -> label, name, x, y
                            | _ -> ()
                    ]

                if not labels.IsEmpty then
                    twoSettings cell metric across up labels
            | _ -> ()
    ]

/// F6: plain training against the shift.
let motivation (cell: CellSummary) (metric: string) =
    [
        MotivationFigure.draw
            metric
            $"shift {ShiftTables.axisLabel (axis cell)}"
            uncertainty
            [
                for r in results cell metric |> List.sortBy _.Coordinate do
                    if r.Method = cell.Plain then
                        { Line = cell.Cell.Base.Name; X = r.Coordinate; Result = r.Mean }
            ]
    ]

/// F9: against the KL divergence of the test users, with the sign of the shift, or against the shift where that is not known.
let degradation (cell: CellSummary) (metric: string) =
    let shown = unswept cell
    let found = results cell metric |> List.filter (fun r -> List.contains r.Method shown)

    let isKnown =
        found |> List.forall (fun r -> Double.IsFinite r.Divergence)
        && found |> List.exists (fun r -> r.Divergence > 0.0)

    let isTwoSided = found |> List.exists (fun r -> r.Coordinate < 0.0)
    let place (r: PooledResult) = if isKnown then float (sign r.Coordinate) * r.Divergence else r.Coordinate
    let shift = ShiftTables.axisLabel (axis cell)

    let title =
        if not isKnown then $"{shift} of the test set"
        elif isTwoSided then $"KL(q‖q₀), signed by {shift}"
        else "KL(q‖q₀)"

    if found |> List.map _.TestSet |> List.distinct |> List.length < 2 then
        []
    else
        [
            DegradationFigure.draw
                metric
                title
                uncertainty
                [ for r in List.sortBy place found -> { Line = r.Method; X = place r; Result = r.Mean } ]
        ]

let private curve (points: PooledPoint seq) (shown: string list) : LinePoint list =
    [
        for p in points do
            if List.contains p.Method shown then
                { Line = p.Method; X = p.X; Result = p.Value }
    ]

/// F10: over chi-square sets of growing radius; of the first metric.
let worstCase (cell: CellSummary) (metric: string) =
    let points = (ofMetric cell metric).WorstCases
    [ WorstCaseFigure.draw "chi2" metric (Some uncertainty) (curve points (representatives cell)) ]

/// F11: of the first metric.
let tail (cell: CellSummary) (metric: string) =
    let points = (ofMetric cell metric).Tail
    [ TailFigure.draw metric (Some uncertainty) (curve points (representatives cell)) ]

/// F12: over the settings of sweeps.
let pareto (cell: CellSummary) (metric: string) =
    let worst = if cell.Coordinates.Count > 1 then "worst test set" else "worst decile"

    let choice (t: PooledTradeoff) : ParetoFigure.Choice option =
        match cell.Points.TryGetValue t.Method with
        | true, struct (name, point) ->
            let setting = String.Join(" ", [ for struct (_, value) in point.Settings -> value ])
            Some { Method = name; Setting = setting; Average = t.Average; Worst = t.Worst }
        | _ -> None

    [ ParetoFigure.draw metric worst ((ofMetric cell metric).Tradeoffs |> Seq.choose choice |> List.ofSeq) ]

/// F14: a group of bars for each ambiguity set of a sweep over `set`, and for plain training.
let sets (cell: CellSummary) (metric: string) =
    let telling = tellingSets cell

    let category label =
        match cell.Points.TryGetValue label with
        | true, struct (_, point) when point.Sweep <> "" ->
            point.Settings |> Seq.tryPick (fun (struct (key, value)) -> if key = "set" then Some value else None)
        | _ when label = cell.Plain -> Some label
        | _ -> None

    [
        SetsFigure.draw
            metric
            uncertainty
            [
                for r in results cell metric do
                    match category r.Method with
                    | Some category when List.contains r.TestSet telling ->
                        { Category = category; Series = setName cell r.Coordinate; Result = r.Mean }
                    | _ -> ()
            ]
    ]

let private quadrant (coordinate: float) =
    match int coordinate with
    | 0 -> "both warm"
    | 1 -> "cold user"
    | 2 -> "cold item"
    | _ -> "both cold"

/// F18: of a study whose shift is `quadrants`.
let quadrants (cell: CellSummary) (metric: string) =
    let shown = unswept cell

    [
        QuadrantsFigure.draw
            metric
            uncertainty
            [
                for r in results cell metric do
                    if List.contains r.Method shown then
                        { Category = quadrant r.Coordinate; Series = r.Method; Result = r.Mean }
            ]
    ]

/// F19: of a study whose shift is `labelNoise`.
let noise (cell: CellSummary) (metric: string) =
    let shown = unswept cell

    [
        NoiseFigure.draw
            metric
            uncertainty
            [
                for r in results cell metric |> List.sortBy _.Coordinate do
                    if List.contains r.Method shown then
                        { Line = r.Method; X = r.Coordinate; Result = r.Mean }
            ]
    ]

/// F20.
let seeds (cell: CellSummary) (metric: string) =
    let own = ofMetric cell metric

    let ofSeeds name : SeedsFigure.Seeds =
        let values = List.ofSeq (own.PerSeed |> Seq.find (fun m -> m.Method = name)).Values

        {
            Method = name
            // Of a method whose run is damaged or diverged a value is missing, and the summary does not say which.
            Seeds = (if values.Length = cell.Seeds.Count then List.ofSeq cell.Seeds else [])
            Values = values
        }

    if own.Compared.Count < 2 then
        []
    else
        [
            SeedsFigure.draw
                metric
                "Wilcoxon over users, Holm"
                [ for name in own.Compared -> ofSeeds name ]
                [ for row in own.Pairwise -> List.ofSeq row ]
        ]
