/// Memory and time of fits with a dense matrix are estimated, and refused where they are too much, before fitting begins.
module RobustMeta.Tests.Models.FitEstimateTests

open System
open System.Collections.Immutable
open System.Threading
open Expecto
open Microsoft.Extensions.Time.Testing
open RobustMeta.Data
open RobustMeta.Experiments
open RobustMeta.Models
open RobustMeta.Models.Baselines
open RobustMeta.Settings
open RobustMeta.Tasks
open RobustMeta.Training

/// Users who rated runs of items, all of them together.
let private profiles (items: int) : Profile list =
    [
        for first in 0..100 .. items - 1 ->
            let own = [| first .. min (items - 1) (first + 99) |]
            Profile(ImmutableArray.CreateRange own, ImmutableArray.CreateRange(Array.create own.Length 1.0))
    ]

/// As many users as items, or more.
let private square items = profiles items |> List.replicate 100 |> List.concat

let private large = FitLimits(1e15, TimeSpan.FromDays 300.0)

let private refused (estimate: FitEstimate) (limits: FitLimits) (parts: string list) =
    match Expect.throwsC (fun () -> estimate.RequireWithin limits) id with
    | :? SettingException as error ->
        for part in parts do
            Expect.stringContains error.Message part "message"
    | other -> failtest $"{other.GetType().Name}: {other.Message}"

type private Idle() =
    interface IPredictor with
        member _.Name = "slow"
        member _.ScoresAreLabels = true
        member _.Predict batch = Array.zeroCreate batch.QueryItems.Length

/// A baseline whose fit takes until something has happened.
type SlowSpec(hasHappened: unit -> bool) =
    inherit BaselineSpec()
    override _.Name = "slow"
    override _.NewItems = "scored like all others"

    override _.Fit(_: TaskSource, _: ImmutableArray<UserTask>, _: int64) : IPredictor =
        SpinWait.SpinUntil(hasHappened, TimeSpan.FromMinutes 2.0) |> ignore
        Idle()

let private estimates =
    [
        testCase "EASE over 17,632 items takes 16 bytes for each pair of them"
        <| fun () ->
            let estimate = Ease.Estimate(square 17_632)
            Expect.isTrue (estimate.Bytes > 4e9 && estimate.Bytes < 6e9) $"{estimate.Bytes}"
            Expect.isGreaterThan estimate.Seconds 5.0 "seconds"
            estimate.RequireWithin large

            refused
                estimate
                (FitLimits(4e9, TimeSpan.FromDays 1.0))
                [ "EASE over 17,632 items needs about 5 GB"; "4 GB are allowed"; "ROBUSTMETA_MEMORY=6"; "iALS" ]

            refused
                estimate
                (FitLimits(1e12, TimeSpan.FromSeconds 1.0))
                [ "takes about"; "minutes are allowed"; "ROBUSTMETA_FIT_MINUTES=" ]

        testCase "a matrix that no array can hold is refused whatever the limits"
        <| fun () ->
            Expect.throwsC (fun () -> Ease.Estimate(square 46_341) |> ignore) (fun error ->
                Expect.stringContains error.Message "46,340 at most" "message"
                Expect.isTrue (error :? SettingException) (error.GetType().Name))

        testCase "EASE over more items than users takes the memory of its users"
        <| fun () ->
            let estimate = Ease.Estimate(profiles 100_000)
            Expect.isLessThan estimate.Bytes 1e9 "of 1,000 users"
            refused estimate (FitLimits(1e6, TimeSpan.FromHours 1.0)) [ "EASE over 1,000 users"; "userNum" ]

            let lonely =
                [
                    for user in 0..46_340 ->
                        Profile([| 2 * user; 2 * user + 1 |].ToImmutableArray(), [| 1.0; 1.0 |].ToImmutableArray())
                ]

            Expect.throwsC (fun () -> Ease.Estimate lonely |> ignore) (fun error ->
                Expect.stringContains error.Message "46,340 at most" "message")

        testCase "ItemKNN over many items takes the memory of their ratings"
        <| fun () ->
            Expect.isLessThan (ItemKnn.Estimate(profiles 100_000)).Bytes 1e8 "columns"
            Expect.isGreaterThan (ItemKnn.Estimate(profiles 10_000)).Bytes 4e8 "a matrix of items by items"

        testCase "iALS takes the memory of its vectors, not of a matrix of items by items"
        <| fun () ->
            let estimate = Als.Estimate(AlsSpec(), profiles 50_000, 50_000)
            Expect.isLessThan estimate.Bytes 1e9 "bytes"
            let wide = Als.Estimate(AlsSpec(Factors = 1024, Rounds = 1000), profiles 50_000, 50_000)
            refused wide (FitLimits(1e12, TimeSpan.FromHours 1.0)) [ "iALS over 500 users and 50,000 items"; "factors" ]

        testCase "limits are numbers above 0, and without them most of the machine and an hour"
        <| fun () ->
            let limits = FitLimits.Of("16", "1.5")
            Expect.equal (limits.Bytes, limits.Time) (16e9, TimeSpan.FromSeconds 90.0) "given"
            let usual = FitLimits.Of(null, "")
            Expect.isGreaterThan usual.Bytes 1e8 "memory"
            Expect.equal usual.Time (TimeSpan.FromHours 1.0) "time"

            for text in [ "0"; "-1"; "NaN"; "much"; "1,5"; "1e300"; "∞" ] do
                Expect.throwsC (fun () -> FitLimits.Of(text, null) |> ignore) (fun error ->
                    Expect.stringContains error.Message $"ROBUSTMETA_MEMORY is '{text}'" "message")

        testCase "the limit of the environment refuses EASE, ItemKNN and iALS before they are fitted"
        <| fun () ->
            let before = Environment.GetEnvironmentVariable FitLimits.MemoryVariable

            try
                Environment.SetEnvironmentVariable(FitLimits.MemoryVariable, "0.000001")
                let spec = ExperimentSpec.Of("bias", struct ("userNum", "120"), struct ("shiftDraws", "1"))
                let prepared = PreparedExperiment.Of(spec, DatasetCatalog.Default.Load "synthetic")

                for method in [ EaseSpec() :> BaselineSpec; ItemKnnSpec(); AlsSpec() ] do
                    Expect.throwsC (fun () -> prepared.Fit method |> ignore) (fun error ->
                        Expect.isTrue (error :? SettingException) (error.GetType().Name)
                        Expect.stringContains error.Message method.Name "method"
                        Expect.stringContains error.Message "ROBUSTMETA_MEMORY=1 (GB)" "remedy")
            finally
                Environment.SetEnvironmentVariable(FitLimits.MemoryVariable, before)
    ]

let private notices =
    testCase "a fit that takes longer than two seconds says so, and only while it goes on"
    <| fun () ->
        let said = Collections.Concurrent.ConcurrentQueue<string>()
        let spec = ExperimentSpec.Of("bias", struct ("userNum", "120"), struct ("shiftDraws", "1"))

        let prepared =
            PreparedExperiment.Of(spec, DatasetCatalog.Default.Load("synthetic"), Action<string> said.Enqueue)

        prepared.Fit(BiasSpec()) |> ignore
        Expect.isEmpty said "a fast one"
        prepared.Fit(SlowSpec(fun () -> not said.IsEmpty)) |> ignore
        Expect.equal (Seq.head said) "slow: fitting for 2 s" "a slow one"

let private intervals =
    testCase "notices come after 2 s and then at growing intervals, none after the end or after a report of progress"
    <| fun () ->
        let after stop =
            let said = Collections.Generic.List<string>()
            let clock = FakeTimeProvider()
            use notice = new FitNotice("m", Action<string> said.Add, clock)

            for _ in 1..100 do
                clock.Advance(TimeSpan.FromSeconds 1.0)
                stop said notice

            List.ofSeq said

        let times = [ for seconds in [ 2; 8; 26; 80 ] -> $"m: fitting for {seconds} s" ]
        Expect.equal (after (fun _ _ -> ())) times "intervals of 6, 18 and 54 s"

        let ended (said: Collections.Generic.List<string>) (notice: FitNotice) =
            if said.Count = 2 then
                notice.Dispose()

        Expect.equal (after ended) (List.take 2 times) "none after the end"

        let reported (said: Collections.Generic.List<string>) (notice: FitNotice) =
            if said.Count = 1 then
                let progress =
                    notice.Until
                        { new IProgress<EpochRecord> with
                            member _.Report _ = ()
                        }

                nonNull(progress).Report(Unchecked.defaultof<EpochRecord>)

        Expect.equal (after reported) (List.take 1 times) "none after a report"

[<Tests>]
let tests = testList "FitEstimate" (estimates @ [ notices; intervals ])
