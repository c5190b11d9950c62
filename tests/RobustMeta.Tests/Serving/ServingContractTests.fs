module RobustMeta.Tests.Serving.ServingContractTests

open System
open Expecto
open RobustMeta.Models
open RobustMeta.Serving
open RobustMeta.Tasks
open RobustMeta.Tests
open RobustMeta.Tests.ServedRun

/// What every model in use has to keep: the folder alone gives the results of the evaluation bit for bit, and users who come
/// one by one get the scores of the batch: bit for bit on the fused engine. libtorch chooses its kernels by the shape of a batch, whose
/// sums then differ in the last bits of 32-bit numbers; MetaPMF in use is computed in double precision.
let private contractOn (train: string -> string -> _ -> Run) (name: string) (settings: (string * string) list) =
    TempFolder.within (fun root ->
        let run = train root name settings
        use model = ColdStartModel.Load run.Folder
        let source, spec = run.Prepared.Source, run.Result.Spec
        use predictor = model.Predictor(run.Prepared.SchemaOf spec.Meta.Features)
        let again = run.Prepared.Evaluate predictor
        Expect.equal (Seq.length again) (Seq.length run.Result.Users) "rows"
        Expect.sequenceEqual again run.Result.Users "results of the folder alone, bit for bit"

        let isFused = model.Served :? FusedModel
        let tasks = run.Prepared.Split.Test
        let batch = source.All tasks
        let together = predictor.Predict batch

        for b in 0 .. min 4 (tasks.Length - 1) do
            let alone = (adapt model run tasks[b]).Score(itemsOf run tasks[b].Query)
            let expected = Array.sub together batch.QueryStarts[b] (batch.QueryLength b)

            if isFused then
                Expect.equal alone expected $"user {b}, bit for bit"
            else
                let scale = expected |> Array.map abs |> Array.max |> max 1f |> float
                let unit (x: float32[]) = Array.map (fun s -> float s / scale) x
                ModelCase.near $"user {b}" 5e-6 (unit expected) (unit alone))

let private contract name settings = contractOn train name settings

/// Another order of the same ratings.
let private ignoresOrder () =
    TempFolder.within (fun root ->
        let run = train root "MetaPMF" [ "userPrior", "safe"; "exposureRank", "5" ]
        use model = ColdStartModel.Load run.Folder

        for task in run.Prepared.Split.Test |> Seq.truncate 5 do
            let ratings = ratingsOf run task.Support
            let items = itemsOf run task.Query
            let score ratings = model.For(ratings, featuresOf run task.User).Score items |> Array.map float
            ModelCase.near "turned by one" 1e-4 (score ratings) (score (List.tail ratings @ [ List.head ratings ])))

[<Tests>]
let tests =
    testList
        "Serving"
        [
            for name in ModelSpec.Registry.All.Keys do
                testCase $"{name}: the folder alone gives the same scores" <| fun () -> contract name []

            testCase "a population of radii in use gives the same scores"
            <| fun () ->
                contract "MeLU" [ "levels", "user"; "population", "0,0.5"; "ascent", "bestResponse"; "set", "chi2 0.5" ]

            for name in [ "MeLU"; "MAML"; "MetaRidge"; "MetaPMF"; "TaNP" ] do
                testCase $"{name} of ratings in use gives the same scores"
                <| fun () -> contract name [ "label", "rating"; "offset", "bias" ]

            for name in [ "MeLU"; "MetaRidge"; "TaNP" ] do
                testCase $"{name} with exposure as an input in use gives the same scores"
                <| fun () -> contract name [ "userExposure", "4"; "offset", "bias" ]

                testCase $"{name} with exposure as an input in use gives the same scores where negatives are drawn"
                <| fun () -> contractOn (trainOn (positives ())) name [ "userExposure", "3"; "negatives", "1" ]

            testCase "MetaPMF informed by exposure in use gives the same scores"
            <| fun () -> contract "MetaPMF" [ "userPrior", "exposure"; "itemPrior", "exposure"; "exposureRank", "5" ]

            testCase "MetaPMF informed by exposure in use gives the same scores where negatives are drawn"
            <| fun () ->
                contractOn
                    (trainOn (positives ()))
                    "MetaPMF"
                    [ "userPrior", "exposure"; "exposureRank", "3"; "factors", "2"; "negatives", "1" ]

            testCase "MetaPMF with a safe prior in use does not look at the order of the ratings" ignoresOrder

            testCase "MeLU on the engine of automatic differentiation in use gives the same scores"
            <| fun () -> contract "MeLU" [ "engine", "autograd" ]
        ]
