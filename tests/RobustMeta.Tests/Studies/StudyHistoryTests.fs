module RobustMeta.Tests.Studies.StudyHistoryTests

open Expecto
open RobustMeta.Studies
open RobustMeta.Tests
open RobustMeta.Training

let private epoch (n: int) (x: float) =
    EpochRecord(n, 0.1, x, x + 1.0, x + 2.0, x + 3.0, x + 4.0, x + 5.0, x + 6.0, x + 7.0)

let private pooled () =
    let spec = StudySample.parse StudySample.text
    let plan = StudyPlan(spec, (fun key -> (spec.ChoiceOf key).Values[0]))
    let runs = plan.Reported spec.Cells[0] |> List.ofSeq
    let own = runs |> List.filter (fun run -> run.Method.Name = spec.Plain.Name)
    let other = runs |> List.find (fun run -> run.Method.Name <> spec.Plain.Name)

    let histories =
        [
            StudyHistory(own[0], [| epoch 1 1.0; epoch 2 2.0; epoch 3 3.0 |])
            StudyHistory(own[1], [| epoch 1 3.0; epoch 2 6.0 |])
            StudyHistory(other, [||])
        ]

    let found = PooledHistory.Of histories |> Seq.exactlyOne
    Expect.equal found.Method spec.Plain.Name "a method without epochs is left out"
    Expect.equal found.Seeds 2 "seeds"
    Expect.equal [ for e in found.Epochs -> e.Epoch ] [ 1; 2 ] "the epochs that every seed reached"
    Expect.equal [ for e in found.Epochs -> e.MeanLoss ] [ 2.0; 4.0 ] "means"
    Expect.equal [ for e in found.Epochs -> e.DualityGap ] [ 9.0; 11.0 ] "of every column"

[<Tests>]
let tests =
    testList
        "StudyHistory"
        [
            testCase "epochs are pooled as far as every seed reached" pooled
            testCase "thinned weights keep both ends and their spread"
            <| fun () ->
                let all = [| for i in 0..99 -> WeightRecord(float ((i * 37) % 100), i, 0.5) |]
                let some = StudyWeights.Thinned(all, 12)
                Expect.equal [ for w in some -> w.Weight ] [ for i in 0..11 -> float (i * 9) ] "evenly over their order"
                let few = StudyWeights.Thinned(all, 200)
                Expect.hasLength few 100 "few are all kept"
        ]
