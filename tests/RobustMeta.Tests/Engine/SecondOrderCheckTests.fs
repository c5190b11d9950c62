module RobustMeta.Tests.Engine.SecondOrderCheckTests

open Expecto
open RobustMeta.Engine

[<Tests>]
let tests =
    testList
        "SecondOrderCheck"
        [
            testCase "the hand-computed second-order derivative"
            <| fun () ->
                Expect.floatClose Accuracy.veryHigh (SecondOrderCheck.Compute()) SecondOrderCheck.Expected "0.57"
        ]
