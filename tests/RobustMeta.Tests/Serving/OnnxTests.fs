/// Adapted models as ONNX files, by the runtime that other programs use.
module RobustMeta.Tests.Serving.OnnxTests

open System
open System.IO
open System.Text.Json
open Expecto
open Microsoft.ML.OnnxRuntime
open Microsoft.ML.OnnxRuntime.Tensors
open RobustMeta.Models
open RobustMeta.Scripts
open RobustMeta.Serving
open RobustMeta.Serving.Onnx
open RobustMeta.Settings
open RobustMeta.Tasks
open RobustMeta.Tests
open RobustMeta.Tests.ServedRun

/// What the runtime says of all items.
let private scores (path: string) =
    use session = new InferenceSession(path)
    let items = JsonSerializer.Deserialize<string[]> session.ModelMetadata.CustomMetadataMap["items"]
    let places = DenseTensor<int64>([| for i in 0 .. items.Length - 1 -> int64 i |], ReadOnlySpan [| items.Length |])
    use results = session.Run [ NamedOnnxValue.CreateFromTensor("items", places) ]
    items, (Seq.head results).AsTensor<float32>() |> Array.ofSeq

let private agrees (name: string) (settings: (string * string) list) () =
    TempFolder.within (fun root ->
        let run = train root name settings
        use model = ColdStartModel.Load run.Folder

        for task in Seq.truncate 3 run.Prepared.Split.Test do
            let path = Path.Combine(root, "user.onnx")
            let ratings, features = ratingsOf run task.Support, featuresOf run task.User
            OnnxExport.Write(path, model, ratings, features)
            let items, found = scores path
            Expect.sequenceEqual items model.Items.Tokens "items"
            let expected = model.For(ratings, features).Score items
            let scale = expected |> Array.map abs |> Array.max |> max 1f

            for e, f in Array.zip expected found do
                Expect.isLessThan (abs (e - f) / scale) 1e-5f $"score {e} and {f}")

let private hasForm (name: string) =
    name = "MetaPMF"
    || (match box ((ModelSpec.Registry.Named name).Create(TinyWorld.schema, 0.3, LabelKind.Click)) with
        | :? IHasForm<PerceptronForm>
        | :? IHasForm<RidgeForm> -> true
        | _ -> false)

[<Tests>]
let tests =
    testList
        "ONNX"
        [
            for name in ModelSpec.Registry.All.Keys do
                if hasForm name then
                    testCase $"{name} adapted to a user scores alike in the runtime" (agrees name [])
                else
                    testCase $"{name} says that it has no ONNX form"
                    <| fun () ->
                        TempFolder.within (fun root ->
                            let run = train root name []
                            use model = ColdStartModel.Load run.Folder

                            Expect.throwsC
                                (fun () -> OnnxExport.Write(Path.Combine(root, "x.onnx"), model, [], null))
                                (fun error ->
                                    Expect.isTrue (error :? SettingException) "an error of the input"
                                    Expect.stringContains error.Message $"{name} has no ONNX form" "message"))

            for name in [ "MeLU"; "MetaRidge"; "MetaPMF" ] do
                testCase
                    $"{name} of ratings on the bias offset scores alike in the runtime"
                    (agrees name [ "label", "rating"; "offset", "bias" ])

            for name in [ "MeLU"; "MetaRidge" ] do
                testCase
                    $"{name} with exposure as an input scores alike in the runtime"
                    (agrees name [ "userExposure", "4" ])

            for activation in [ "tanh"; "silu"; "leakyRelu" ] do
                testCase
                    $"MeLU of five steps with {activation} scores alike in the runtime"
                    (agrees "MeLU" [ "activation", activation; "innerSteps", "5"; "localLr", "0.1" ])

            testCase "export writes the file, and refuses other forms"
            <| fun () ->
                TempFolder.within (fun root ->
                    let run = train root "MetaRidge" []
                    let path, mine = Path.Combine(root, "mine.onnx"), Path.Combine(root, "mine.csv")

                    let lines =
                        [
                            for struct (item, value) in ratingsOf run run.Prepared.Split.Test[0].Support ->
                                $"{item},{value}"
                        ]

                    TempFolder.write (String.concat "\n" ("item,rating" :: lines) + "\n") mine

                    Expect.equal
                        (CommandLine.run [ "export"; run.Folder; "onnx"; "ratings"; mine; "out"; path ])
                        0
                        "code"

                    use model = ColdStartModel.Load run.Folder
                    let items, found = scores path
                    let expected = model.For(ratingsOf run run.Prepared.Split.Test[0].Support).Score items
                    ModelCase.near "scores" 1e-5 (Array.map float expected) (Array.map float found)
                    Expect.equal (CommandLine.run [ "export"; run.Folder; "pmml"; "out"; path ]) 2 "another form")
        ]
