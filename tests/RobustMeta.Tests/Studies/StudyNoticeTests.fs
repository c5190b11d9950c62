/// What a study says of cold items before it trains.
module RobustMeta.Tests.Studies.StudyNoticeTests

open System.IO
open System.Threading
open Expecto
open RobustMeta.Studies
open RobustMeta.Tests

let private notices (settings: (string * string) list) =
    let said = ResizeArray<string>()

    TempFolder.within (fun folder ->
        let runner =
            StudyRunner(
                StudySample.parse StudySample.text,
                StudyStore(Path.Combine(folder, "results")),
                StudyHooks(Say = (fun line -> said.Add line)),
                CancellationToken.None
            )

        for seed in [ "1"; "2" ] do
            let shared = [ "dataset", "synthetic"; "userNum", "150"; "baselines", "none"; "seed", seed ]
            runner.RunOne(RobustMeta.Scripts.Experiment.spec "itemMean" (shared @ settings)) |> ignore)

    said |> Seq.filter _.Contains("are in no training task") |> List.ofSeq

[<Tests>]
let tests =
    testList
        "Notices of studies"
        [
            testCase "cold items are told once for the seeds of a method, and not where there are hardly any"
            <| fun () ->
                let cold = notices [ "shift", "itemColdStart"; "coldItems", "0.4" ]
                Expect.hasLength cold 1 "once"
                Expect.stringContains cold[0] "itemMean: " "what the method does with them"
                Expect.isEmpty (notices []) "nothing to tell"
        ]
