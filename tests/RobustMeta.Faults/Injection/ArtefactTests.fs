/// Every bit of every artefact of a finished run counts.
module RobustMeta.Faults.Injection.ArtefactTests

open System
open System.IO
open Expecto
open RobustMeta.Data
open RobustMeta.Experiments
open RobustMeta.Faults
open RobustMeta.Tests.TempFolder
open RobustMeta.Tests.TinyRun

let private finished (root: string) =
    let folder = RunFolder(root, spec)
    folder.Write(prepared.Value, ExperimentRunner.Run(prepared.Value, spec))
    folder.Path

/// Flips bits at random over all files; gives how many were not noticed.
let private unnoticed (path: string) (root: string) (flips: int) =
    let random = Random 11

    let files =
        Directory.GetFiles path |> Array.filter (fun file -> Path.GetFileName file <> "timing.csv") |> Array.sort

    [
        for _ in 1..flips do
            let file = files[random.Next files.Length]
            let good = File.ReadAllBytes file
            let bad = Array.copy good
            let at = random.Next bad.Length
            bad[at] <- bad[at] ^^^ (1uy <<< random.Next 8)
            File.WriteAllBytes(file, bad)

            if RunFolder(root, spec).IsDone then
                $"{Path.GetFileName file}, byte {at}"

            File.WriteAllBytes(file, good)
    ]

[<Tests>]
let tests =
    testList
        "artefacts"
        [
            testCase "flipped bits over all files of a run are noticed"
            <| fun () ->
                within (fun root ->
                    let path = finished root
                    let flips = Extent.either 1000 20_000
                    let missed = unnoticed path root flips
                    printfn $"flipped bits: {flips}, not noticed: {missed.Length}"
                    Expect.isEmpty missed "not noticed"
                    Expect.isTrue (RunFolder(root, spec).IsDone) "and the run itself is whole")
        ]
