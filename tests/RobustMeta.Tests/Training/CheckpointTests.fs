/// Checkpoints: damaged ones are never resumed from, and an interruption saves what was learned.
module RobustMeta.Tests.Training.CheckpointTests

open System
open System.IO
open System.Threading
open Expecto
open RobustMeta.Data
open RobustMeta.Experiments
open RobustMeta.Training
open RobustMeta.Tests.TempFolder

let private specOf (model: string) =
    ExperimentSpec.Of(
        model,
        struct ("epoch", "4"),
        struct ("optimizer", "adam"),
        struct ("embeddingDim", "4"),
        struct ("testQueryLength", "11"),
        struct ("validationFraction", "0.2"),
        struct ("testFraction", "0.2")
    )

let private dataset =
    lazy
        Dataset(
            SyntheticRatings.Generate(SyntheticSpec(Users = 60, Items = 50), 2L).Ratings,
            4.0,
            [| "segment" |],
            [| "category" |]
        )

let private prepared (spec: ExperimentSpec) = PreparedExperiment.Of(spec, dataset.Value)

let private onEpoch (act: EpochRecord -> unit) =
    { new IProgress<EpochRecord> with
        member _.Report record = act record
    }

let private train spec checkpoint progress token =
    ExperimentRunner.Run(prepared spec, spec, checkpoint, progress, token)

let private bits (result: MethodResult) =
    [ for p in result.Parameters.All -> p.Name, Array.map BitConverter.SingleToInt32Bits (p.Values.ToArray()) ]

/// Trains until the end of an epoch, then interrupts; gives the message.
let private interrupted spec (checkpoint: Checkpoint) epoch =
    use source = new CancellationTokenSource()

    let stop =
        onEpoch (fun record ->
            if record.Epoch = epoch then
                source.Cancel())

    try
        train spec checkpoint stop source.Token |> ignore
        failtest "it was not interrupted"
    with :? TrainingInterruptedException as error ->
        error.Message

let private spec = lazy specOf "MeLU"
let private whole = lazy train spec.Value null null CancellationToken.None
let private slow = TimeSpan.FromHours 1.0

let private flip (at: int) (bit: int) (path: string) =
    let bytes = File.ReadAllBytes path
    bytes[at] <- bytes[at] ^^^ (1uy <<< bit)
    File.WriteAllBytes(path, bytes)

[<Tests>]
let tests =
    testList
        "Checkpoint"
        [
            testCase "an interruption saves what was learned, however long the interval"
            <| fun () ->
                within (fun folder ->
                    let path = Path.Combine(folder, "checkpoint.safetensors")
                    let message = interrupted spec.Value (Checkpoint(path, "id", slow)) 2
                    Expect.stringContains message "goes on with epoch 3" "what is saved"
                    let epochs = ResizeArray()

                    let rest =
                        train
                            spec.Value
                            (Checkpoint(path, "id", slow))
                            (onEpoch (fun e -> epochs.Add e.Epoch))
                            CancellationToken.None

                    Expect.equal (List.ofSeq epochs) [ 3; 4 ] "epochs"
                    Expect.equal (bits rest) (bits whole.Value) "bits")

            testCase "an interruption in the first epoch says that the same command starts anew"
            <| fun () ->
                within (fun folder ->
                    let path = Path.Combine(folder, "checkpoint.safetensors")

                    Expect.throwsC
                        (fun () ->
                            train spec.Value (Checkpoint(path, "id", slow)) null (CancellationToken true) |> ignore)
                        (fun error -> Expect.stringContains error.Message "starts this run anew" "message")

                    Expect.isEmpty (Directory.GetFiles folder) "nothing is saved")

            testCase "a whole checkpoint of other arrays or numbers is refused with the remedy"
            <| fun () ->
                within (fun folder ->
                    let path = Path.Combine(folder, "checkpoint.safetensors")
                    interrupted spec.Value (Checkpoint(path, "id", slow)) 2 |> ignore
                    let saved = File.ReadAllBytes path
                    let name = (Seq.head whole.Value.Parameters.All).Name

                    let faults: (string * (SafetensorsFile -> unit)) list =
                        [
                            "its 'epoch' is '-1'", (fun file -> file.Metadata["epoch"] <- "-1")
                            "its 'steps' is ''", (fun file -> file.Metadata.Remove "steps" |> ignore)
                            "its 'bestEpoch' is '3', expected 0 to 2", (fun file -> file.Metadata["bestEpoch"] <- "3")
                            "'history' has 20 values, expected 10",
                            (fun file ->
                                file.Metadata["epoch"] <- "1"
                                file.Metadata["bestEpoch"] <- "1")
                            $"'parameter.{name}' has 1 values",
                            (fun file -> file.Replace($"parameter.{name}", [| 0.0f |], 1))
                        ]

                    for expected, damage in faults do
                        File.WriteAllBytes(path, saved)
                        let file = SafetensorsFile.LoadSealed path
                        damage file
                        file.SaveSealed path

                        Expect.throwsC
                            (fun () ->
                                train spec.Value (Checkpoint(path, "id", slow)) null CancellationToken.None |> ignore)
                            (fun error ->
                                Expect.isTrue (error :? InvalidDataException) $"{error}"
                                Expect.stringContains error.Message expected "reason"
                                Expect.stringContains error.Message "Delete it to start afresh" "remedy"))

            testCase "a damaged checkpoint is set aside, said, and the one before it taken"
            <| fun () ->
                within (fun folder ->
                    let path = Path.Combine(folder, "checkpoint.safetensors")
                    interrupted spec.Value (Checkpoint(path, "id", TimeSpan.Zero)) 3 |> ignore
                    flip (int (FileInfo(path).Length) - 3) 6 path
                    let said = ResizeArray()
                    let epochs = ResizeArray()

                    let rest =
                        train
                            spec.Value
                            (Checkpoint(path, "id", slow, Tell = (fun text -> said.Add text)))
                            (onEpoch (fun e -> epochs.Add e.Epoch))
                            CancellationToken.None

                    Expect.equal (List.ofSeq epochs) [ 3; 4 ] "goes on after epoch 2"
                    Expect.equal said.Count 1 "said once"
                    Expect.stringContains said[0] $"{path}.damaged" "where it is"
                    Expect.isTrue (File.Exists $"{path}.damaged") "kept"
                    Expect.equal (bits rest) (bits whole.Value) "bits")

            testCase "every flipped bit of a checkpoint is noticed"
            <| fun () ->
                within (fun folder ->
                    let path = Path.Combine(folder, "checkpoint.safetensors")
                    interrupted spec.Value (Checkpoint(path, "id", slow)) 1 |> ignore
                    let good = File.ReadAllBytes path
                    let random = Random 7
                    let mutable read = 0

                    for _ in 1..400 do
                        File.WriteAllBytes(path, good)
                        // A third of them in the header, which is a small part of the file.
                        let reach = if random.Next 3 = 0 then 2000 else good.Length
                        flip (random.Next(min reach good.Length)) (random.Next 8) path

                        try
                            SafetensorsFile.LoadSealed path |> ignore
                            read <- read + 1
                        with :? InvalidDataException ->
                            ()

                    Expect.equal read 0 "read as valid")

            testCase "a checkpoint cut at any of 200 places, or empty, is noticed"
            <| fun () ->
                within (fun folder ->
                    let path = Path.Combine(folder, "checkpoint.safetensors")
                    interrupted spec.Value (Checkpoint(path, "id", slow)) 1 |> ignore
                    let good = File.ReadAllBytes path

                    for i in 0..199 do
                        File.WriteAllBytes(path, good[.. good.Length * i / 200 - 1])

                        Expect.throwsT<InvalidDataException>
                            (fun () -> SafetensorsFile.LoadSealed path |> ignore)
                            $"{i}")
        ]
