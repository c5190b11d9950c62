module RobustMeta.Tests.Scripts.StudyTests

open System
open System.Collections.Generic
open System.IO
open Expecto
open RobustMeta.Evaluation
open RobustMeta.Scripts
open RobustMeta.Scripts.StudyComparison
open RobustMeta.Scripts.StudyGrid
open RobustMeta.Scripts.StudyMeasures
open RobustMeta.Settings
open RobustMeta.Tests

let private quick =
    lazy (File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "experiments", "robustness-quick.toml")))

let private grid () = StudyGrid.parse "quick.toml" quick.Value

let private cohort n : Cohort =
    {
        Users = [| for u in 1..n -> $"u{u}" |]
        Betas = [| -1.0; 0.0; 1.0 |]
        IsHard = [| for u in 1..n -> u % 10 = 0 |]
    }

/// NDCG of user u is `value set u`.
let private ndcg (cohort: Cohort) (value: int -> int -> float) : Values =
    values
        cohort
        [
            for set in 0..2 do
                for u in 1 .. cohort.Users.Length do
                    UserResult("m", set, $"u{u}", "NDCG@10", value set u)
        ]

let private named name = StudyMeasures.all |> List.find (fun m -> m.Name = name)
let private ones n = Array.create n 1.0

let private measured name cohort values = (named name).Of cohort values (ones cohort.Users.Length)

let private seeds (gain: int64 -> int -> float) =
    [
        for seed in 1L .. 4L ->
            let cohort = cohort 40
            let plain = ndcg cohort (fun _ u -> 0.3 + 0.01 * float u)
            let other = ndcg cohort (fun _ u -> 0.3 + 0.01 * float u + gain seed u)

            { Seed = seed; Cohort = cohort; Methods = dict [ "plain", plain; "other", other ] |> Dictionary }
    ]

let private refusals =
    [
        "seeds = [1, 100]", "seeds = [1, 2]", "tuningSeed 100"
        "[data.synthetic]\nseeds = [3, 100]", "[data.synthetic]", "tuningSeed 100"
        "values = [0.01, 0.02, 0.03]", "values = [0.01, 0.02]", "equal tuning budget"
        "[methods.x]", "[method.plain]", "method.NAME"
        "[cell.synthetic.MeLO]\nseeds = [3]\n[base.MeLU]", "[base.MeLU]", "did you mean 'synthetic.MeLU'"
        "[cell.synthetic.MeLU]\nlr = 0.1\n[base.MeLU]", "[base.MeLU]", "'seeds' and nothing else"
        "[cell.synthetic.MeLU]\nseeds = [100]\n[base.MeLU]", "[base.MeLU]", "tuningSeed 100"
        "seeds = [\"a\"]", "seeds = [1, 2]", "integers"
        "[base.MeLU]\nmethods = [\"plain\", \"robustmetta\"]", "[base.MeLU]", "did you mean 'robustmeta'"
        "[base.MeLU]\nmethods = [\"robustmeta\"]", "[base.MeLU]", "leaves out 'plain'"
        "learned = \"lr\"", "tuned = \"lr\"", "'tuned'"
        "values = [\"0.01/0.001/0\", 0.02]", "values = [0.01, 0.02]", "'/' between"
    ]

[<Tests>]
let tests =
    testList
        "Study"
        [
            testCase "the grids beside the executable are valid, every spec of them too"
            <| fun () ->
                for name in [ "robustness.toml"; "robustness-quick.toml"; "robustness-ratings.toml" ] do
                    let grid = StudyGrid.read (Path.Combine(AppContext.BaseDirectory, "experiments", name))

                    for data in grid.Data do
                        for basis in grid.Bases do
                            for method in grid.Methods do
                                for own in method.Tuned.Values do
                                    let spec = spec grid data basis method grid.Tuned.Values.Head own 1L
                                    Expect.equal spec.MethodName method.Name "name"
                                    let drawn = spec.Shift :?> RobustMeta.Shift.WeightedDraw
                                    Expect.isGreaterThanOrEqual drawn.TestQueryLength 20 "query pools"

            for given, instead, hint in refusals do
                testCase $"refused: {given}"
                <| fun () ->
                    let text = quick.Value.Replace(instead, given)
                    Expect.notEqual text quick.Value "the grid is changed"

                    Expect.throwsC (fun () -> StudyGrid.parse "my.toml" text |> ignore) (fun error ->
                        Expect.isTrue (error :? SettingException) $"{error}"
                        Expect.stringStarts error.Message "my.toml" "names the file"
                        Expect.stringContains error.Message hint "hint")

            testCase "a data set, a base model or a cell of both may have seeds of its own"
            <| fun () ->
                let seeded table = quick.Value.Replace($"[{table}]", $"[{table}]\nseeds = [7]")
                let ofData = StudyGrid.parse "my.toml" (seeded "data.synthetic")
                Expect.equal (ofData.SeedsOf(ofData.Data.Head, ofData.Bases.Head)) [ 7L ] "the data set's"
                Expect.equal ofData.Seeds [ 1L; 2L ] "of the others"

                let ofBase =
                    StudyGrid.parse
                        "my.toml"
                        ((seeded "data.synthetic").Replace("[base.MeLU]", "[base.MeLU]\nseeds = [8]"))

                Expect.equal
                    (ofBase.SeedsOf(ofBase.Data.Head, ofBase.Bases.Head))
                    [ 8L ]
                    "the base model's before the data set's"

                let ofCell =
                    StudyGrid.parse
                        "my.toml"
                        (ofBase.Text.Replace("[method.plain]", "[cell.synthetic.MeLU]\nseeds = [9]\n[method.plain]"))

                Expect.equal (ofCell.SeedsOf(ofCell.Data.Head, ofCell.Bases.Head)) [ 9L ] "the cell's before all others"

                for part in ofBase.Data @ ofBase.Bases do
                    Expect.isFalse (part.Settings |> List.exists (fst >> (=) "seeds")) "no setting of runs"

            testCase "a base model may be trained by some of the methods"
            <| fun () ->
                let grid =
                    StudyGrid.parse "my.toml" (quick.Value.Replace("[base.MeLU]", "[base.MeLU]\nmethods = [\"plain\"]"))

                Expect.equal (grid.MethodsOf grid.Bases.Head) [ grid.Plain ] "plain alone"
                Expect.hasLength grid.Methods 2 "all the same there"

            testCase "a tuned value gives all keys the same, or each its own"
            <| fun () ->
                let choice: StudyGrid.Choice = { Keys = [ "lr"; "weightDecay" ]; Values = [ "0.1"; "0.1 / 0.2" ] }
                Expect.equal (choice.Settings "0.1") [ "lr", "0.1"; "weightDecay", "0.1" ] "the same"
                Expect.equal (choice.Settings "0.1 / 0.2") [ "lr", "0.1"; "weightDecay", "0.2" ] "its own"

            testCase "a part is chosen by name, and a wrong name is refused with the nearest"
            <| fun () ->
                let grid = grid ()
                Expect.equal (select [ "synthetic" ] [ "MeLU" ] grid).Data grid.Data "chosen"

                Expect.throwsC (fun () -> select [] [ "MeLO" ] grid |> ignore) (fun error ->
                    Expect.stringContains error.Message "did you mean 'MeLU'" "hint")

            testCase "measures of a cohort in closed form"
            <| fun () ->
                let cohort = cohort 20
                // 0.05 … 1.00 where nothing is shifted; a tenth less at β = 1.
                let values = ndcg cohort (fun set u -> 0.05 * float u - (if set = 2 then 0.1 else 0.0))
                let close actual expected name = Expect.floatClose Accuracy.high actual expected name
                close (measured "NDCG@10" cohort values) 0.525 "mean"
                close (measured "worst β" cohort values) 0.425 "worst set"
                close (measured "worst decile" cohort values) 0.075 "two of twenty"
                close (measured "hard tenth" cohort values) 0.75 "users 10 and 20"

            testCase "measures of an error: its largest values are the worst"
            <| fun () ->
                let cohort = cohort 20

                let values =
                    values
                        cohort
                        [
                            for set in 0..2 do
                                for u in 1..20 do
                                    UserResult(
                                        "m",
                                        set,
                                        $"u{u}",
                                        "MAE",
                                        0.05 * float u + (if set = 0 then 0.1 else 0.0)
                                    )
                        ]

                let close actual expected name = Expect.floatClose Accuracy.high actual expected name
                close (measured "MAE" cohort values) 0.525 "mean"
                close (measured "MAE worst β" cohort values) 0.625 "worst set"
                close (measured "MAE worst decile" cohort values) 0.975 "two of twenty"
                close (measured "MAE hard tenth" cohort values) 0.75 "users 10 and 20"

            testCase "a user who counts twice is a user who is there twice"
            <| fun () ->
                let random = Random 5
                let size = 30
                let cohort = cohort size
                let drawn = [| for _ in 1..3 -> [| for _ in 1..size -> random.NextDouble() |] |]
                let values = ndcg cohort (fun set u -> drawn[set][u - 1])
                let counts = [| for _ in 1..size -> float (random.Next 3) |]

                let repeated =
                    [|
                        for u in 0 .. size - 1 do
                            for _ in 1 .. int counts[u] do
                                u
                    |]

                let copies: Cohort =
                    {
                        Users = [| for i in 1 .. repeated.Length -> $"u{i}" |]
                        Betas = cohort.Betas
                        IsHard = [| for u in repeated -> cohort.IsHard[u] |]
                    }

                let copied = ndcg copies (fun set i -> drawn[set][repeated[i - 1]])

                for name in [ "NDCG@10"; "worst β"; "worst decile"; "hard tenth" ] do
                    Expect.floatClose
                        Accuracy.high
                        ((named name).Of cohort values counts)
                        (measured name copies copied)
                        name

            testCase "the tail of a loss is its largest tenth, and users without a value do not count"
            <| fun () ->
                let cohort = cohort 21

                let values =
                    values
                        cohort
                        [
                            for u in 1..20 do
                                UserResult("m", 1, $"u{u}", "LogLoss", float u)
                        ]

                Expect.floatClose Accuracy.high (measured "LogLoss tail" cohort values) 19.5 "two of twenty"
                Expect.floatClose Accuracy.high (measured "LogLoss" cohort values) 10.5 "mean"
                Expect.isFalse (allows cohort values (named "AUC")) "not measured"

            testCase "a gain everywhere is found, noise is not; intervals hold the truth"
            <| fun () ->
                let compare gain =
                    let seeds = seeds gain
                    differences "plain" seeds (resample seeds) [ "other" ] (named "NDCG@10") |> List.exactlyOne

                let random = Random 3
                let noises = Array2D.init 5 41 (fun _ _ -> 0.02 * (random.NextDouble() - 0.5))
                let noise (seed: int64) u = noises[int seed, u]
                let real = compare (fun seed u -> 0.05 + noise seed u)
                Expect.isTrue (real.OverSeeds.Low < 0.05 && 0.05 < real.OverSeeds.High) $"{real.OverSeeds}"
                Expect.isTrue (real.OverUsers.Low < 0.05 && 0.05 < real.OverUsers.High) $"{real.OverUsers}"
                Expect.isLessThan real.Corrected 0.01 "found"
                let none = compare noise
                Expect.isGreaterThan none.Corrected 0.05 "not found"
                // Half the seeds gain, half lose: the users alone would not tell, the seeds do.
                let bySeed = compare (fun seed _ -> if seed % 2L = 0L then 0.05 else -0.04)
                Expect.isGreaterThan bySeed.Corrected 0.05 "seeds disagree"

            testCase "ranks share ties"
            <| fun () ->
                let given = [ "a", 1.0; "b", 3.0; "c", 3.0; "d", 0.0 ]
                Expect.equal (ranks true given) [ "a", 3.0; "b", 1.5; "c", 1.5; "d", 4.0 ] "higher"
                Expect.equal (ranks false given) [ "a", 2.0; "b", 3.5; "c", 3.5; "d", 1.0 ] "lower"

            testCase "the quick study runs, goes on where it was, and reports without running"
            <| fun () ->
                TempFolder.within (fun root ->
                    let out = Path.Combine(root, "study")
                    let run words = CommandLine.run ("robustness" :: "quick" :: words @ [ "out"; out ])
                    let report () = File.ReadAllText(Path.Combine(out, Study.ReportFile))
                    Expect.equal (run [ "report" ]) 0 "a report of nothing"
                    Expect.stringContains (report ()) "Not run yet: synthetic × MeLU" "says so"
                    Expect.equal (run [ "synthetic"; "MeLU" ]) 0 "runs"
                    let text = report ()

                    for part in [ "average rank"; "## synthetic, MeLU"; "gain over plain"; "EASE"; "weightDecay" ] do
                        Expect.stringContains text part part

                    let folders = Directory.GetDirectories(Path.Combine(out, "synthetic", "MeLU"))
                    // Shared stage 2, own stages 2 + 2 (one of plain's is of the shared stage), two seeds of two methods.
                    Expect.equal folders.Length 9 "runs"
                    // One run is lost, and is made again to the same report.
                    Directory.Delete(folders[0], true)
                    File.Delete(Path.Combine(out, Study.ReportFile))
                    let written = folders[1..] |> Array.map Directory.GetLastWriteTimeUtc
                    Expect.equal (run []) 0 "goes on"
                    Expect.equal (report ()) text "same report"

                    Expect.equal
                        (folders[1..] |> Array.map Directory.GetLastWriteTimeUtc)
                        written
                        "nothing else is made")
        ]
