module RobustMeta.Tests.Training.PartGradientTests

open System
open System.Collections.Immutable
open System.Linq
open Expecto
open RobustMeta.Engine
open RobustMeta.Models
open RobustMeta.Robustness
open RobustMeta.Tasks
open RobustMeta.Tests
open RobustMeta.Training

let private batch = TinyWorld.batch (TinyWorld.tasks LabelKind.Click 5L [ 4, 6; 3, 1; 5, 9; 2, 4; 6, 3 ])
let private parts: int[] list = [ [| 0; 3 |]; [| 1 |]; [| 2; 4 |] ]

[<Tests>]
let tests =
    testList
        "PartGradients"
        [
            for spec in [ MeLUSpec(HiddenDim1 = 4, HiddenDim2 = 3) :> ModelSpec; MamoSpec(); MetaRidgeSpec() ] do
                testCase
                    $"{spec.ModelName}: products of the gradients that the whole batch gives with all weight on a part"
                <| fun () ->
                    let model = spec.Create(TinyWorld.schema, 0.3, LabelKind.Click)
                    let parameters = model.CreateParameters 3L
                    use engine = new AutogradEngine(model, parameters, 1)
                    let reweighter = Reweighter.Plain [ for b in 0 .. batch.Count - 1 -> batch.QueryLength b ]
                    let phase = model.Phases[model.Phases.Length - 1]
                    let values () = [ for p in parameters.All -> List.ofSeq p.Values ]
                    let before = values ()

                    let products = PartGradients.Products(engine, batch, List.toArray parts, reweighter, phase)
                    Expect.equal (values ()) before "parameters and state stay"

                    let gradients =
                        [|
                            for places in parts do
                                engine.Forward(batch, phase = phase).Length |> ignore

                                let weights =
                                    [|
                                        for b in 0 .. batch.Count - 1 do
                                            let own = float (batch.QueryLength b * places.Length)

                                            for _ in 1 .. batch.QueryLength b ->
                                                if places.Contains b then float32 (1.0 / own) else 0f
                                    |]

                                engine.Backward(ReadOnlySpan weights, ReadOnlySpan(Array.zeroCreate batch.Count))

                                [|
                                    for p in parameters.All.Where phase.Learns -> Array.map float (p.Gradient.ToArray())
                                |]
                                |> Array.concat

                                for p, old in Seq.zip parameters.All before do
                                    (Array.ofList old).CopyTo(p.Values.AsSpan())
                        |]

                    for i in 0..2 do
                        for j in 0..2 do
                            let expected = Array.map2 (*) gradients[i] gradients[j] |> Array.sum

                            let scale =
                                sqrt (
                                    Array.sumBy (fun x -> x * x) gradients[i]
                                    * Array.sumBy (fun x -> x * x) gradients[j]
                                )

                            Expect.isLessThan (abs (products[i, j] - expected)) (1e-4 * scale + 1e-9) $"{i}, {j}"
        ]
