module RobustMeta.Tests.Studies.RunTimesTests

open System
open Expecto
open RobustMeta.Studies

let private data = [ "a", 1.0; "b", 7.0; "c", 0.2 ]
let private methods = [ "plain", 1.0; "robust", 1.5 ]
let private bases = [ "MeLU", 2.0; "MetaPMF", 30.0 ]

let private seconds (d: string, m: string, b: string) =
    let factor levels name = levels |> List.find (fst >> (=) name) |> snd
    factor data d * factor methods m * factor bases b

let private all =
    [
        for d, _ in data do
            for m, _ in methods do
                for b, _ in bases -> d, m, b
    ]

let private levels (d, m, b) = [| d; m; b |]

let private fit runs = RunTimes.Fit(runs |> List.map (fun (run, s) -> struct (levels run, s)) |> ResizeArray)

[<Tests>]
let tests =
    testList
        "RunTimes"
        [
            testCase "a cell of which nothing is finished takes the factors of the others"
            <| fun () ->
                // One method of the slow base on c is all that is known there; b lacks it altogether.
                let seen =
                    all
                    |> List.filter (fun (d, m, b) -> not (d = "b" && b = "MetaPMF") && not (d = "c" && m = "robust"))

                let times = fit [ for run in seen -> run, seconds run ]

                for run in all do
                    Expect.floatClose
                        { absolute = 0.0; relative = 1e-4 }
                        (times.Predict(levels run))
                        (seconds run)
                        $"{run}"

            testCase "predictions add up to what was measured at every level"
            <| fun () ->
                let random = Random 11
                let runs = [ for run in all -> run, seconds run * Math.Exp(random.NextDouble()) ]
                let times = fit runs

                for k in 0..2 do
                    for level, group in runs |> List.groupBy (fun (run, _) -> (levels run)[k]) do
                        let predicted = group |> List.sumBy (fun (run, _) -> times.Predict(levels run))
                        let measured = group |> List.sumBy snd
                        Expect.floatClose Accuracy.medium predicted measured level

            testCase "a level that no run had takes the mean factor"
            <| fun () ->
                let times = fit [ for run in all -> run, seconds run ]
                let known = data |> List.averageBy (fun (d, _) -> times.Predict [| d; "plain"; "MeLU" |])
                Expect.floatClose Accuracy.high (times.Predict [| "new"; "plain"; "MeLU" |]) known "a new data set"

            testCase "no runs, or runs of different levels, are refused"
            <| fun () ->
                Expect.throwsT<ArgumentException> (fun () -> fit [] |> ignore) "none"

                let uneven = ResizeArray [ struct ([| "a" |], 1.0); struct ([| "a"; "b" |], 1.0) ]
                Expect.throwsT<ArgumentException> (fun () -> RunTimes.Fit uneven |> ignore) "uneven"
        ]
