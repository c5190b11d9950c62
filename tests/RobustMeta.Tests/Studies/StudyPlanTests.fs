module RobustMeta.Tests.Studies.StudyPlanTests

open System
open Expecto
open RobustMeta.Studies
open RobustMeta.Tests.StudySample

let private decided (spec: StudySpec) = StudyPlan(spec, (fun key -> (spec.ChoiceOf key).Values[0]))

[<Tests>]
let tests =
    testList
        "StudyPlan"
        [
            testCase "a plan has every candidate and every seed of every method"
            <| fun () ->
                let runs = (StudyPlan.Of(parse text)).Runs() |> List.ofSeq
                let count stage = runs |> List.filter (fun run -> run.Stage = stage) |> List.length
                Expect.equal (count RunStage.SharedTuning) 2 "shared stage"
                Expect.equal (count RunStage.MethodTuning) 4 "own stages"
                Expect.equal (count RunStage.Report) 4 "two methods, two seeds"

                for run in runs do
                    Expect.equal (isNull run.Id) (run.Stage <> RunStage.SharedTuning) "tuning decides the rest"

            testCase "hashes are those of the specs, and do not change from plan to plan"
            <| fun () ->
                let sweep =
                    "[sweep.a]\nuserNum = [100, 150]\nsupportSize = [5, 10]\n[sweep.b]\nbatchSize = [\"08\", 16]\n"
                    + "[sweep.c]\npreset = [\"robustmeta\", \"robustmeta-bias\"]\nmethods = [\"robustmeta\"]\n"

                let plan = decided (parse (text + sweep))
                let runs = plan.Runs() |> List.ofSeq

                for run in runs do
                    Expect.equal run.Id (plan.Experiment run).Hash run.Title

                let reported = runs |> List.filter (fun run -> run.Stage = RunStage.Report)
                Expect.hasLength reported (2 * (7 + 8)) "points of both methods, two seeds"
                Expect.hasLength (reported |> List.distinctBy _.Id) reported.Length "each its own"

                Expect.equal
                    [ for run in (decided plan.Spec).Runs() -> run.Id ]
                    [ for run in runs -> run.Id ]
                    "same plan"

            testCase "a large plan is made within seconds"
            <| fun () ->
                let values n = String.Join(", ", [ for i in 1..n -> string (0.001 * float i) ])

                let sweep =
                    $"[sweep.a]\ntaskWeightLr = [{values 40}]\nsampleWeightLr = [{values 40}]\nmethods = [\"robustmeta\"]\n"

                let untuned =
                    text
                        .Replace("tuned = \"set\"\nvalues = [\"chi2 0.25\", \"chi2 0.5\"]", "tuned = \"none\"")
                        .Replace("preset = \"robustmeta\"", "preset = \"paper\"")

                let spec = (parse (untuned + sweep)).With [| struct ("seeds", "1,2,3,4,5,6,7,8,9,10") |]
                let clock = Diagnostics.Stopwatch.StartNew()
                let ids = [| for run in Seq.collect (decided spec).Reported spec.Cells -> run.Id |]
                Expect.hasLength (Array.distinct ids) ids.Length "each its own"
                Expect.hasLength ids (10 * (1 + 40 * 40)) "runs"
                Expect.isLessThan clock.Elapsed.TotalSeconds 10.0 "a tenth of that is usual"

            testCase "a study made of values is the study of a file"
            <| fun () ->
                let study =
                    StudySpec(
                        Seeds = [ 1L; 2L ],
                        Shared = [ struct ("epoch", "2"); struct ("userNum", "150"); struct ("preset", "plain") ],
                        Data = [ NamedSettings("synthetic", [ struct ("dataset", "synthetic") ]) ],
                        Methods = [ StudyMethod("plain", [ struct ("model", "MeLU") ]) ],
                        Sweeps = [ StudySweep("lr", [ struct ("lr", [ "0.01"; "0.02" ]) ]) ]
                    )

                let file =
                    parse
                        "seeds = [1, 2]\n[shared]\nepoch = 2\nuserNum = 150\npreset = \"plain\"\n[data.synthetic]\ndataset = \"synthetic\"\n[method.plain]\nmodel = \"MeLU\"\n[sweep.lr]\nlr = [0.01, 0.02]\n"

                let ids (spec: StudySpec) = [ for run in (StudyPlan.Of spec).Runs() -> run.Id ]
                Expect.equal (ids study) (ids file) "same runs"
                Expect.hasLength (ids study) 6 "two values and the default, two seeds"

            testCase "the grid's tuner takes the best, the first of equals, and never what diverged"
            <| fun () ->
                let choose higher (values: (string * float) list) =
                    let tuner: ITuner = ListTuner(List.map fst values, higher)

                    for trial in tuner.Ask() do
                        Expect.isNull tuner.Result "not before all are told"
                        tuner.Tell(trial, dict(values)[trial.Value])

                    Expect.isEmpty (tuner.Ask()) "nothing more to ask"
                    tuner.Result.Value

                Expect.equal (choose true [ "a", 1.0; "b", 2.0; "c", 2.0 ]) "b" "the first of equals"
                Expect.equal (choose false [ "a", 1.0; "b", 0.5; "c", nan ]) "b" "smallest error"
                Expect.equal (choose true [ "a", nan; "b", -3.0 ]) "b" "not what diverged"
                Expect.equal (choose true [ "a", nan; "b", nan ]) "a" "the first where none has a value"
        ]
