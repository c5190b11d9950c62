/// `tune`: the study that a search is.
module RobustMeta.Tests.Studies.TuneCommandTests

open System.IO
open System.Threading
open Expecto
open RobustMeta.Scripts
open RobustMeta.Tests

let private nameOf model given = (fst (TuneCommand.study model given)).Methods[0].Name

[<Tests>]
let tests =
    testList
        "Tune command"
        [
            testCase "a method is searched under the name that it has in results"
            <| fun () ->
                Expect.equal (nameOf "MeLU" []) "MeLU+paper" "without a preset that is the paper's"
                Expect.equal (nameOf "MeLU" [ "preset", "plain" ]) "MeLU" "plain"
                Expect.equal (nameOf "MeLU" [ "preset", "robustmeta" ]) "MeLU+robustmeta" "of a preset"
                Expect.equal (nameOf "EASE" []) "EASE" "a baseline"

            testCase "candidates that are other methods by their settings go by one name of their own"
            <| fun () -> Expect.equal (nameOf "MeLU" [ "preset", "plain"; "keys", "levels,lr" ]) "MeLU tuned" "levels"

            testCase "a model without a preset is searched"
            <| fun () ->
                TempFolder.within (fun root ->
                    let words =
                        "MeLU tuner random budget 2 keys lr userNum 120 epoch 1 embeddingDim 4 hiddenDim1 4 hiddenDim2 4 shiftDraws 1 baselines none"

                    TuneCommand.execute [ yield! words.Split ' '; "out"; root ] CancellationToken.None

                    Expect.hasLength
                        (Directory.GetDirectories(
                            Path.Combine(root, "runs"),
                            "*MeLU+paper*",
                            SearchOption.AllDirectories
                        ))
                        2
                        "two runs")
        ]
