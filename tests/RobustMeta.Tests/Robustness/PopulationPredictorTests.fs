module RobustMeta.Tests.Robustness.PopulationPredictorTests

open System.Collections.Immutable
open Expecto
open RobustMeta.Robustness
open RobustMeta.Tasks
open RobustMeta.Tests

/// Always gives the same logit.
type private Constant(score: float32) =
    interface IPredictor with
        member _.Name = $"constant {score}"
        member _.ScoresAreLabels = true
        member _.Predict batch = Array.create batch.QueryItems.Length score

let private population caution (scores: float32 list) =
    let members = scores |> List.map (fun s -> Constant s :> IPredictor) |> ImmutableArray.CreateRange
    PopulationPredictor("population", LabelKind.Click, members, caution)

let private task user (support: float32 list) query : TinyWorld.Task =
    {
        User = user
        Support = support |> List.mapi (fun i y -> i % TinyWorld.items, y)
        Query = [ for i in 1..query -> i, 0f ]
    }

let private batch =
    TinyWorld.batch
        [
            task 0 [ 1f; 1f; 1f; 1f; 1f ] 2
            task 1 [ 0f; 0f; 0f; 0f ] 1
            task 2 [ 1f; 0f; 1f; 0f; 0f; 1f ] 3
            task 3 [ 1f ] 1
            task 4 [ 0f; 1f; 0f; 0f ] 2
        ]

[<Tests>]
let tests =
    testList
        "PopulationPredictor"
        [
            testCase "each user gets the member that fits his support, by query labels unseen"
            <| fun () ->
                let population = population 0.0 [ 0f; 2f; -2f ]
                Expect.equal (List.ofSeq (population.Choose batch)) [ 1; 2; 0; 0; 2 ] "choices"

                Expect.equal
                    (population.Predict batch)
                    [| 2f; 2f; -2f; 0f; 0f; 0f; 0f; -2f; -2f |]
                    "scores of the chosen members"

            testCase "caution keeps the first member until another is clearly better"
            <| fun () ->
                Expect.equal (List.ofSeq ((population 0.3 [ 0f; 2f; -2f ]).Choose batch)) [ 1; 2; 0; 0; 0 ] "some"
                Expect.equal (List.ofSeq ((population 10.0 [ 0f; 2f; -2f ]).Choose batch)) [ 0; 0; 0; 0; 0 ] "much"

            testCase "bias offsets go along, and an empty population is refused"
            <| fun () ->
                let flat length = ImmutableArray.CreateRange(Seq.replicate length 0f)
                let based = batch.WithOffsets(flat batch.SupportItems.Length, flat batch.QueryItems.Length)
                Expect.equal (List.ofSeq ((population 0.0 [ 0f; 2f; -2f ]).Choose based)) [ 1; 2; 0; 0; 2 ] "choices"
                Expect.throws (fun () -> population 0.0 [] |> ignore) "empty"
        ]
