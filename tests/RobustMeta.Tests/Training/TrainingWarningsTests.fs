module RobustMeta.Tests.Training.TrainingWarningsTests

open Expecto
open RobustMeta.Training

let private training (best: int) (losses: float list) =
    let epochs =
        [| for i, loss in List.indexed losses -> EpochRecord(i + 1, 0.1, loss, loss, 0.5, 1.0, 1.0, 1.0, loss, 0.0) |]

    TrainingResult(epochs, best, 0.5, false, [||])

let private warnings best losses = List.ofSeq (TrainingWarnings.Of(training best losses, "NDCG@10"))

[<Tests>]
let tests =
    testList
        "training warnings"
        [
            testCase "a training that improves has none, nor has one without epochs"
            <| fun () ->
                Expect.isEmpty (warnings 3 [ 0.7; 0.6; 0.5 ]) "improves"
                Expect.isEmpty (warnings 0 []) "no epoch"

            testCase "best epoch 0, a loss that does not move and one that grows are told with what to set"
            <| fun () ->
                Expect.stringContains (List.exactlyOne (warnings 0 [ 0.7; 0.6 ])) "no epoch was better" "best epoch 0"
                Expect.stringContains (List.exactlyOne (warnings 1 [ 0.7; 0.7 ])) "did not move (0.7000" "still"
                Expect.stringContains (List.exactlyOne (warnings 1 [ 0.6; 1.2 ])) "Lower lr" "grows"

            testCase "a training that begins at a fit may leave it as it is"
            <| fun () ->
                let told best losses = List.ofSeq (TrainingWarnings.Of(training best losses, "NDCG@10", 0, true))
                Expect.isEmpty (told 1 [ 0.7; 0.7 ]) "still"
                let start = List.exactlyOne (told 0 [ 0.7; 0.7 ])
                Expect.stringContains start "fit in closed form" "what the results are"
                Expect.isFalse (start.Contains "Try another") "nothing to mend"
                Expect.stringContains (List.exactlyOne (told 1 [ 0.6; 1.2 ])) "Lower lr" "grows all the same"

            testCase "losses of pretraining are of another kind and do not count"
            <| fun () ->
                let result = training 2 [ 0.1; 0.7; 0.6 ]
                Expect.isEmpty (TrainingWarnings.Of(result, "NDCG@10", 1)) "one epoch of pretraining"
        ]
