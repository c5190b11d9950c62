module RobustMeta.Tests.Studies.SearchTests

open System
open Expecto
open RobustMeta.Settings
open RobustMeta.Studies
open RobustMeta.Studies.Search
open RobustMeta.Tests.Studies

let private line = SearchSpace [| SearchRange.Numbers("x", 0.0, 1.0) |]

let private task (space: SearchSpace) runs = SearchTask(space, SearchBudget(Runs = Nullable runs), false)

let private close (expected: float) (actual: float) message =
    Expect.floatClose { absolute = 1e-5; relative = 0.0 } actual expected message

/// Asks and tells until the end: the questions, in order.
let private drive (value: TuningTrial -> float) (tuner: ITuner) =
    [
        while isNull tuner.Result do
            let trials = List.ofSeq (tuner.Ask())

            for trial in trials do
                tuner.Tell(trial, value trial)

            yield! trials
    ]

let private tuners atOnce : (string * (SearchSpace -> int -> ITuner)) list =
    let task space runs = SearchTask(space, SearchBudget(Runs = Nullable runs), false, Parallel = atOnce, Epochs = 9)

    [
        "random", (fun space runs -> RandomTuner(task space runs))
        "tpe", (fun space runs -> TpeTuner(task space runs))
        "asha", (fun space runs -> AshaTuner(task space runs))
        "halving", (fun space runs -> HalvingTuner(task space runs, 9))
        "grid", (fun space _ -> GridTuner(task space 300))
    ]

let private hash (trial: TuningTrial) =
    float ((trial.Value + string trial.Epochs).Length % 7) + float trial.Number / 100.0

let private parzen =
    testList
        "ParzenEstimator"
        [
            testCase "widths and density are those computed by hand"
            <| fun () ->
                // Points .2 and .3, prior .5: neighbours give .1 and .2, the magic clip raises both to 1/(1 + 3).
                let density = ParzenEstimator.OfNumbers([| 0.2; 0.3 |], 0.0, 1.0)

                Expect.equal
                    (List.ofSeq density.Weights |> List.map (fun w -> Math.Round(w, 12)))
                    (List.replicate 3 (Math.Round(1.0 / 3.0, 12)))
                    "equal"

                // φ(0)/.25/(Φ(3.2) − Φ(−.8)), φ(.4)/.25/(Φ(2.8) − Φ(−1.2)), φ(.3)/(Φ(.5) − Φ(−.5))
                let kernels = [ 1.5957691 / 0.7874577; 1.4730806 / 0.8823752; 0.3813878 / 0.3829249 ]
                close (log (List.average kernels)) (density.LogDensity 0.2) "mixture of three"
                // The same without the widths .25, .25 and 1.
                let heights = [ 0.3989423 / 0.7874577; 0.3682701 / 0.8823752; 0.3813878 / 0.3829249 ]
                close (log (List.average heights)) (density.LogScore 0.2) "in units of the widths"
                let whole = ParzenEstimator.OfNumbers([| 2.0; 3.0 |], 0.5, 8.5, true)
                close (whole.LogDensity 2.0) (whole.LogScore 2.0) "whole numbers have probabilities"

            testCase "densities have mass one, and draws follow them"
            <| fun () ->
                for density, low, high, step, isInteger in
                    [
                        ParzenEstimator.OfNumbers([| 0.1; 0.15; 0.9 |], 0.0, 1.0), 0.0, 1.0, 1e-3, false
                        ParzenEstimator.OfNumbers([| 2.0; 3.0; 3.0 |], 0.5, 8.5, true), 0.5, 8.5, 1.0, true
                    ] do
                    let points = [ for i in 0 .. int (round ((high - low) / step)) - 1 -> low + (float i + 0.5) * step ]
                    let mass = points |> List.sumBy (fun x -> step * exp (density.LogDensity x))
                    close 1.0 (Math.Round(mass, 5)) "mass"
                    let mean = points |> List.sumBy (fun x -> x * step * exp (density.LogDensity x))
                    let random = Random 1
                    let draws = [ for _ in 1..4000 -> density.Draw random ]

                    Expect.floatClose
                        { absolute = 0.04 * (high - low); relative = 0.0 }
                        (List.average draws)
                        mean
                        "draws"

                    Expect.isTrue (draws |> List.forall (fun x -> x >= low && x <= high)) "inside"

                    if isInteger then
                        Expect.isTrue (draws |> List.forall (fun x -> x = round x)) "whole"

            testCase "choices weigh what was seen and the prior"
            <| fun () ->
                // Two points on 0, one on 2, four kernels: (1/4 + 1)/(1 + 3/4) = 5/7 at one's own, 1/7 elsewhere; prior 1/3.
                let density = ParzenEstimator.OfChoices([| 0.0; 0.0; 2.0 |], 3)
                let probability at = exp (density.LogDensity at)
                close ((5.0 / 7.0 + 5.0 / 7.0 + 1.0 / 7.0 + 1.0 / 3.0) / 4.0) (probability 0.0) "seen twice"
                close ((3.0 / 7.0 + 1.0 / 3.0) / 4.0) (probability 1.0) "not seen"
                close ((1.0 / 7.0 + 1.0 / 7.0 + 5.0 / 7.0 + 1.0 / 3.0) / 4.0) (probability 2.0) "seen once"

            testCase "old points fade beyond the last twenty-five"
            <| fun () ->
                let weights = ParzenEstimator.OfNumbers([| for i in 1..30 -> float i / 31.0 |], 0.0, 1.0).Weights
                let relative = weights |> Seq.map (fun w -> w / weights[29]) |> Array.ofSeq
                // A line from 1/30 to 1 over the five oldest, as in Optuna.
                close (1.0 / 30.0) relative[0] "oldest"
                close ((1.0 / 30.0 + 1.0) / 2.0) relative[2] "middle"
                Expect.isTrue (relative[4..] |> Array.forall (fun w -> abs (w - 1.0) < 1e-12)) "recent and prior"
        ]

let private rungs =
    testList
        "Search rungs"
        [
            testCase "asynchronous halving goes on or gives up for good as computed by hand"
            <| fun () ->
                let tuner: ITuner = AshaTuner(SearchTask(line, SearchBudget(Runs = 15), false, Epochs = 9))

                let losses = [| 3.0; 1.0; 2.0; 0.9; 5.0; 2.5; 0.5; 0.4; 4.0; 0.6; 7.0; 0.3; 0.7; 0.2; 6.0 |]

                let asked = drive (fun trial -> losses[trial.Number]) tuner
                let epochs = [ for trial in asked -> trial.Epochs.Value ]
                // The default is the best of one on each rung, so it is trained whole at once. Point 3 (0.9) is the best of two and goes
                // on, where it is worse than the default (5.0 against 1.0). 5 (2.5) is not the best of three. 6 is (0.5), is the best of three on
                // the middle rung too, and goes to the top. 9 (0.6) is the second of five, of which one goes on: it is given up, and not taken up
                // again with 10, the sixth, from which on two go on. 11 is the best of seven, and the second of four above (0.7), where
                // one goes on; 13 is the best of eight.
                Expect.equal epochs [ 1; 3; 9; 1; 3; 1; 1; 3; 9; 1; 1; 1; 3; 1; 3 ] "rungs"
                Expect.isTrue (asked[..2] |> List.forall (fun trial -> trial.Value = line.Default)) "the default whole"

                for before, after in [ 3, 4; 6, 7; 7, 8; 11, 12; 13, 14 ] do
                    Expect.equal asked[after].Value asked[before].Value $"{before} goes on"

                let begun = asked |> List.filter (fun t -> t.Epochs = Nullable 1) |> List.map _.Value
                Expect.equal (List.distinct begun) begun "each begins once"
                Expect.equal tuner.Result.Value line.Default "best of the highest rung"

            testCase "asynchronous halving decides by the values told before, in their order"
            <| fun () ->
                let begun order =
                    let task = SearchTask(line, SearchBudget(Runs = 20), false, Epochs = 9, Parallel = 3)
                    let tuner: ITuner = AshaTuner task
                    let first = List.ofSeq (tuner.Ask())
                    let losses = [ 2.0; 1.0; 3.0 ]

                    for i in order do
                        tuner.Tell(first[i], losses[i])

                    let goOn = tuner.Ask() |> Seq.filter (fun t -> t.Epochs = Nullable 3) |> Seq.map _.Value
                    [ for value in goOn -> first |> List.findIndex (fun t -> t.Value = value) ]

                Expect.equal (begun [ 0; 1; 2 ]) [ 0; 1 ] "each was the best when it came"
                Expect.equal (begun [ 1; 0; 2 ]) [ 1 ] "the best came first"
                Expect.equal (begun [ 2; 0; 1 ]) [ 2; 0; 1 ] "the best came last"

            testCase "synchronous halving keeps a third of each rung"
            <| fun () ->
                let tuner: ITuner = HalvingTuner(SearchTask(line, SearchBudget(Runs = 100), false, Epochs = 9), 9)
                let value (trial: TuningTrial) = abs (float trial.Value - 0.3)
                let asked = drive value tuner
                let count epochs = asked |> List.filter (fun t -> t.Epochs = Nullable epochs) |> List.length
                Expect.equal [ for e in [ 1; 3; 9 ] -> count e ] [ 9; 3; 1 ] "rungs"
                let first = asked |> List.take 9 |> List.sortBy value |> List.map _.Value
                Expect.equal [ for t in asked[9..11] -> t.Value ] (List.take 3 first) "the best three, in order"
                Expect.equal tuner.Result.Value first[0] "the best"

            testCase "trainings that diverge are not promoted"
            <| fun () ->
                let tuner: ITuner = AshaTuner(SearchTask(line, SearchBudget(Runs = 9), false, Epochs = 9))
                let asked = drive (fun _ -> nan) tuner
                Expect.isTrue (asked |> List.forall (fun t -> t.Epochs = Nullable 1)) "lowest rung"
                Expect.equal tuner.Result.Value line.Default "ties go to the first"

            testCase "halving tells the least budget that trains a candidate whole, and takes it"
            <| fun () ->
                let create budget epochs = SearchPlan.Parse("halving", budget).Create(line, false, 1L, epochs)

                for epochs, least in [ 1, 1; 2, 4; 9, 13; 20, 40 ] do
                    let tuner = create (string least) epochs
                    let trained = ResizeArray<int>()

                    while isNull tuner.Result do
                        for trial in tuner.Ask() do
                            trained.Add(trial.Epochs.Value)
                            tuner.Tell(trial, hash trial)

                    Expect.equal (Seq.max trained) epochs "the whole training"
                    Expect.isLessThanOrEqual trained.Count least "within the budget"

                    if least > 1 then
                        let error = Expect.throwsC (fun () -> create (string (least - 1)) epochs |> ignore) _.Message

                        Expect.stringContains error $"budget of at least {least} runs" "the remedy"

            testCase "budgets in words"
            <| fun () ->
                for text, title in [ "1", "1 run"; "30", "30 runs"; "1 epochs", "1 epoch"; "2 hours", "120 minutes" ] do
                    Expect.equal (SearchBudget.Parse text).Title title text

            testCase "rungs that cannot be are refused"
            <| fun () ->
                let task = SearchTask(line, SearchBudget(Runs = 5), false, Epochs = 9)
                Expect.throwsT<SettingException> (fun () -> AshaTuner(task, 10) |> ignore) "above the whole"
                Expect.throwsT<SettingException> (fun () -> AshaTuner(task, 1, 1) |> ignore) "no factor"
                Expect.throwsT<SettingException> (fun () -> HalvingTuner(task, 8) |> ignore) "never at the top"
        ]

let private grid =
    let refused message part act =
        Expect.throwsC act (fun error ->
            Expect.isTrue (error :? SettingException) "kind"
            Expect.stringContains error.Message part message)

    let values (range: SearchRange) = List.ofSeq range.Grid

    testList
        "Search grids"
        [
            testCase "values are the paper's, all choices, or four from the range"
            <| fun () ->
                Expect.equal (values (SearchRange.Numbers("x", 0.0, 1.5))) [ "0"; "0.5"; "1"; "1.5" ] "even steps"

                Expect.equal
                    (values (SearchRange.Numbers("x", 1e-4, 0.1, isLog = true)))
                    [ "0.0001"; "0.001"; "0.01"; "0.1" ]
                    "even ratios"

                // 1, 2.33, 3.67, 5 and 4, 10.08, 25.4, 64
                Expect.equal
                    (values (SearchRange.Numbers("x", 1.0, 5.0, isInteger = true)))
                    [ "1"; "2"; "4"; "5" ]
                    "whole"

                Expect.equal
                    (values (SearchRange.Numbers("x", 4.0, 64.0, isLog = true, isInteger = true)))
                    [ "4"; "10"; "25"; "64" ]
                    "whole ratios"

                Expect.equal (values (SearchRange.Numbers("x", 1.0, 2.0, isInteger = true))) [ "1"; "2" ] "each once"
                Expect.equal (values (SearchRange.Of("x", [| "b"; "a" |]))) [ "b"; "a" ] "choices"
                let paper = SearchRange.Numbers("x", 0.0, 1.0).With("0.2", grid = [| "0.1"; "0.7" |])
                Expect.equal (values paper) [ "0.1"; "0.7" ] "the paper's"

            testCase "points are all combinations, the default first, and settings count as their condition says"
            <| fun () ->
                let numbers = SearchRange.Numbers("x", 0.0, 1.0).With("0.2", grid = [| "0.1"; "0.7" |])
                let kinds = SearchRange.Of("kind", [| "a"; "b" |])

                let when' = SearchRange.Of("y", [| "u"; "v"; "w" |]).With("v", SearchCondition("kind", [| "b" |]))

                Expect.equal
                    (List.ofSeq (SearchGrid.Of(SearchSpace [| numbers; kinds; when' |])))
                    [
                        "0.2/a/v"
                        "0.1/a/v"
                        "0.1/b/u"
                        "0.1/b/v"
                        "0.1/b/w"
                        "0.7/a/v"
                        "0.7/b/u"
                        "0.7/b/v"
                        "0.7/b/w"
                    ]
                    "a default outside the grid"

                Expect.equal
                    (List.ofSeq (SearchGrid.Of(SearchSpace [| kinds.With("b") |])))
                    [ "b"; "a" ]
                    "a default of the grid"

            testCase "every point is tried once, the default first, the rest in an order of the seed"
            <| fun () ->
                let space = SearchSpace [| SearchRange.Numbers("x", 0.0, 1.5); SearchRange.Numbers("y", 0.0, 1.5) |]

                let asked seed =
                    let budget = SearchBudget(Runs = 17)
                    let tuner: ITuner = GridTuner(SearchTask(space, budget, false, Seed = seed, Epochs = 9))
                    let value (trial: TuningTrial) = if trial.Value = "1/0.5" then -1.0 else float trial.Number
                    let trials = drive value tuner
                    Expect.equal tuner.Result.Value "1/0.5" "the least"
                    [ for trial in trials -> trial.Value ]

                // The middle, 0.75/0.75, is none of the 16.
                Expect.equal (asked 1L).Head "0.75/0.75" "default"
                Expect.equal (List.sort (asked 1L)) (List.sort (List.ofSeq (SearchGrid.Of space))) "all, each once"
                Expect.notEqual (asked 1L) (asked 2L) "the seed's order"

            testCase "a budget of runs or epochs holds the grid, one of time may end it early"
            <| fun () ->
                let space = SearchSpace [| SearchRange.Of("x", [| "a"; "b"; "c" |]) |]
                let tuner budget : ITuner = GridTuner(SearchTask(space, budget, false, Epochs = 9))
                refused "runs" "expected at least 3 runs" (fun () -> tuner (SearchBudget(Runs = 2)) |> ignore)
                refused "epochs" "expected at least 27 epochs" (fun () -> tuner (SearchBudget(Epochs = 26L)) |> ignore)
                Expect.hasLength (drive hash (tuner (SearchBudget(Epochs = 27L)))) 3 "enough"
                let limited = tuner (SearchBudget(Time = TimeSpan.FromSeconds 1.5))

                while isNull limited.Result do
                    for trial in limited.Ask() do
                        limited.Tell(trial, 1.0, TimeSpan.FromSeconds 1.0)

                Expect.hasLength limited.Result.Candidates 2 "ended by time"

            testCase "a grid that is too large tells its size, conditions counted, without being made"
            <| fun () ->
                let numbers = [ for i in 1..20 -> SearchRange.Numbers($"x{i}", 0.0, 1.0) ]
                let kinds = SearchRange.Of("kind", [| "a"; "b" |])

                let when' = SearchRange.Of("y", [| "u"; "v"; "w" |]).With("v", SearchCondition("kind", [| "b" |]))

                // 4²⁰ × (1 + 3)
                refused "size" "4,398,046,511,104 points" (fun () ->
                    SearchGrid.Of(SearchSpace(Array.ofList (kinds :: when' :: numbers))) |> ignore)
        ]

let private all =
    testList
        "Searches"
        [
            testCase "the same answers in the same order give the same questions, and a search resumes from them"
            <| fun () ->
                for atOnce in [ 1; 3 ] do
                    for name, tuner in tuners atOnce do
                        let space = SearchFunctions.all[4].Space
                        let whole = drive hash (tuner space 30)
                        Expect.equal (drive hash (tuner space 30)) whole name
                        Expect.equal whole[0].Value space.Default $"{name}: the default first"
                        // sgd 4 × 4 × 4, adam 4 × 4, and the default, whose rate is none of the four.
                        Expect.isLessThanOrEqual whole.Length (if name = "grid" then 81 else 30) $"{name}: budget"

                        // Half is told again to a new one.
                        let resumed = tuner space 30
                        let told = whole.Length / 2 / atOnce * atOnce

                        for trial in List.take told whole do
                            let asked = resumed.Ask() |> Seq.find (fun t -> t.Number = trial.Number)
                            resumed.Tell(asked, hash asked)

                        Expect.isEmpty (whole |> List.skip told |> List.except (drive hash resumed)) $"{name}: resumed"

            testCase "budgets end a search by runs, epochs or time"
            <| fun () ->
                let count budget (trialTime: TimeSpan) =
                    let tuner: ITuner = RandomTuner(SearchTask(line, budget, false, Epochs = 10))
                    let mutable asked = 0

                    while isNull tuner.Result do
                        for trial in tuner.Ask() do
                            asked <- asked + 1
                            tuner.Tell(trial, 1.0, trialTime)

                    asked

                Expect.equal (count (SearchBudget(Runs = 7)) TimeSpan.Zero) 7 "runs"
                Expect.equal (count (SearchBudget(Epochs = 35L)) TimeSpan.Zero) 4 "epochs"
                Expect.equal (count (SearchBudget(Time = TimeSpan.FromSeconds 3.0)) (TimeSpan.FromSeconds 1.0)) 3 "time"

                Expect.throwsT<SettingException>
                    (fun () -> RandomTuner(SearchTask(line, SearchBudget(), false)) |> ignore)
                    "none"

            testCase "the direction of the objective is kept, and a diverged run is the worst"
            <| fun () ->
                let tuner: ITuner = RandomTuner(SearchTask(line, SearchBudget(Runs = 9), true))
                let asked = drive (fun t -> if t.Number = 4 then nan else float t.Value) tuner
                let best = asked |> List.filter (fun t -> t.Number <> 4) |> List.maxBy (fun t -> float t.Value)
                Expect.equal tuner.Result.Value best.Value "largest"
                Expect.hasLength tuner.Result.Candidates 9 "all"

            testCase "the estimator is better than random points on all functions"
            <| fun () ->
                for f in SearchFunctions.all do
                    let differences =
                        [
                            for seed in 1L .. 12L do
                                let task = SearchTask(f.Space, SearchBudget(Runs = 60), false, Seed = seed)
                                let random = SearchFunctions.regret f (RandomTuner task)
                                let estimator = SearchFunctions.regret f (TpeTuner task)
                                log (max 1e-9 estimator) - log (max 1e-9 random)
                        ]

                    let mean = List.average differences
                    let variance = (differences |> List.sumBy (fun d -> (d - mean) ** 2.0)) / 11.0
                    // One-sided paired t at 95 % with 11 degrees of freedom.
                    let t = mean / sqrt (variance / 12.0)
                    Expect.isLessThan t -1.796 $"{f.Name}: log ratio of regrets {mean}, t {t}"
        ]

[<Tests>]
let tests = testList "Search" [ parzen; rungs; grid; all ]
