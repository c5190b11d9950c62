/// Whole trainings of real models: repeated, interrupted, diverging, long.
module RobustMeta.Tests.Training.TrainingRunTests

open System
open System.Collections.Generic
open System.Collections.Immutable
open System.Diagnostics
open System.IO
open System.Threading
open Expecto
open RobustMeta.Data
open RobustMeta.Experiments
open RobustMeta.Training

let private world = lazy SyntheticRatings.Generate(SyntheticSpec(Users = 60, Items = 50), 2L)

let private dataset () =
    Dataset(world.Value.Ratings, 4.0, ImmutableArray.Create "segment", ImmutableArray.Create "category")

let private small =
    [
        "epoch", "4"
        "hiddenDim1", "4"
        "hiddenDim2", "4"
        "embeddingDim", "4"
        "lr", "0.02"
        "testQueryLength", "11"
        "validationFraction", "0.2"
        "testFraction", "0.2"
    ]

let private specOf model settings =
    let keys = ExperimentSpec.Of(model, [||]) |> RobustMeta.Settings.SettingList.Of |> Seq.map _.Key |> set
    // A setting given twice counts as given last; sizes that a model has not are left out.
    let last = small @ settings |> List.rev |> List.distinctBy fst |> List.filter (fst >> keys.Contains)
    ExperimentSpec.Of(model, [| for k, v in last -> struct (k, v) |])

let private train spec checkpoint progress token =
    ExperimentRunner.Run(PreparedExperiment.Of(spec, dataset ()), spec, checkpoint, progress, token)

let private bits (result: MethodResult) =
    [ for p in result.Parameters.All -> p.Name, Array.map BitConverter.SingleToInt32Bits (p.Values.ToArray()) ]

let private onEpoch (act: EpochRecord -> unit) =
    { new IProgress<EpochRecord> with
        member _.Report record = act record
    }

/// One with state, one with two phases, one whose losses see the batch, and both optimizers.
let private methods =
    [
        "MeLU", [ "optimizer", "sgd" ]
        "MeLU", [ "optimizer", "adam"; "offset", "bias"; "label", "rating" ]
        "MAMO", [ "optimizer", "adam" ]
        "MWUF", [ "optimizer", "adam" ]
        "TaNP", [ "optimizer", "adam"; "patience", "2" ]
    ]

let private equalRuns what (a: MethodResult) (b: MethodResult) =
    Expect.equal (bits b) (bits a) $"{what}: parameters"
    Expect.equal (List.ofSeq b.Training.History) (List.ofSeq a.Training.History) $"{what}: history"

    Expect.equal
        (b.Training.BestEpoch, b.Training.BestValidation)
        (a.Training.BestEpoch, a.Training.BestValidation)
        what

    Expect.equal (List.ofSeq b.Users) (List.ofSeq a.Users) $"{what}: results"

let private repeats =
    testList
        "same bytes"
        [
            for model, settings in methods do
                testCase $"%s{model} %A{settings}: again, and resumed after any epoch"
                <| fun () ->
                    RobustMeta.Tests.TempFolder.within (fun folder ->
                        let spec = specOf model settings
                        let once = train spec null null CancellationToken.None
                        equalRuns "again" once (train spec null null CancellationToken.None)

                        for stop in List.distinct [ 1; once.Training.History.Count - 1 ] do
                            let checkpoint () = Checkpoint(Path.Combine(folder, $"{stop}"), spec.Hash, TimeSpan.Zero)
                            use source = new CancellationTokenSource()

                            let progress =
                                onEpoch (fun e ->
                                    if e.Epoch = stop then
                                        source.Cancel())

                            Expect.throwsT<TrainingInterruptedException>
                                (fun () -> train spec (checkpoint ()) progress source.Token |> ignore)
                                "cancelled"

                            let epochs = List<int>()

                            let rest =
                                train
                                    spec
                                    (checkpoint ())
                                    (onEpoch (fun e -> epochs.Add e.Epoch))
                                    CancellationToken.None

                            Expect.equal epochs[0] (stop + 1) "goes on where it was"
                            equalRuns $"resumed after {stop}" once rest)

            testCase "the checkpoint of another run is refused"
            <| fun () ->
                RobustMeta.Tests.TempFolder.within (fun folder ->
                    let path = Path.Combine(folder, "checkpoint")
                    let spec = specOf "MeLU" [ "epoch", "1" ]
                    train spec (Checkpoint(path, "one", TimeSpan.Zero)) null CancellationToken.None |> ignore

                    Expect.throwsC
                        (fun () ->
                            train spec (Checkpoint(path, "two", TimeSpan.Zero)) null CancellationToken.None |> ignore)
                        (fun error ->
                            Expect.isTrue (error :? InvalidDataException) "kind"

                            for part in [ path; "another run"; "delete it" ] do
                                Expect.stringContains error.Message part "message"))
        ]

let private real =
    testList
        "long runs"
        [
            testCase "steps that are far too long end in a divergence, wherever it is met first"
            <| fun () ->
                for batchSize, what in [ "1000", "batch 1: a validation score"; "7", "batch 2: the loss" ] do
                    let spec =
                        specOf
                            "MeLU"
                            [
                                "label", "rating"
                                "lr", "100"
                                "weightDecay", "10"
                                "clip", "0"
                                "batchSize", batchSize
                                "epoch", "50"
                            ]

                    Expect.throwsC (fun () -> train spec null null CancellationToken.None |> ignore) (fun error ->
                        Expect.isTrue (error :? DivergenceException) $"batches of {batchSize}: {error}"
                        Expect.stringContains error.Message what $"batches of {batchSize}")

            testCase "live memory is flat over epochs"
            <| fun () ->
                let spec = specOf "MeLU" [ "epoch", "30"; "hiddenDim1", "64"; "embeddingDim", "32"; "batchSize", "5" ]
                let seen = Dictionary<int, struct (int64 * int64)>()

                let measure (e: EpochRecord) =
                    if e.Epoch = 5 || e.Epoch = 30 then
                        let managed = GC.GetTotalMemory true
                        use self = Process.GetCurrentProcess()
                        seen[e.Epoch] <- struct (managed, self.WorkingSet64)

                train spec null (onEpoch measure) CancellationToken.None |> ignore
                let struct (managed5, resident5) = seen[5]
                let struct (managed30, resident30) = seen[30]
                // 25 records of the history, and what the runtime compiles meanwhile.
                Expect.isLessThan (managed30 - managed5) 100_000L "managed bytes"
                Expect.isLessThan (resident30 - resident5) 8_000_000L "resident bytes"
        ]

[<Tests>]
let tests = testList "Training runs" [ repeats; real ]
