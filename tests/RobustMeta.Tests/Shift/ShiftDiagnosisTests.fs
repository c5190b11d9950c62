module RobustMeta.Tests.Shift.ShiftDiagnosisTests

open Expecto
open RobustMeta.Data
open RobustMeta.Shift
open RobustMeta.Shift.Diagnosis
open RobustMeta.Tests.Shift

let private input =
    lazy
        (let ratings = SyntheticRatings.Generate(SyntheticSpec(Users = 400, Items = 100), 6L).Ratings
         ProtocolContract.inputOf (CanonicalRatings.Of ratings) (ExponentialTilt()) 2L)

let private diagnosisOf (protocol: ShiftProtocol) =
    let set = protocol.TestSets input.Value |> Seq.last
    ShiftDiagnosis.Of(input.Value, set.Tasks)

let private level name (diagnosis: ShiftDiagnosis) = diagnosis.Levels |> Seq.find (fun level -> level.Level = name)

let private userTilt property =
    ExponentialTilt(Betas = [| 2.0 |], UserShift = property, InteractionShift = InteractionShiftProperty.None)

[<Tests>]
let tests =
    testList
        "Shift diagnosis"
        [
            testCase "samples without values are refused by name"
            <| fun () ->
                for values, reference, name in [ [||], [| 1.0 |], "values"; [| 1.0 |], [||], "reference" ] do
                    let divergence () = BinnedDivergence.Of(values, reference) |> ignore
                    Expect.throwsC divergence (fun error -> Expect.stringContains error.Message $"'{name}'" "name")

            testCase "test users drawn at random are told from training users at no level"
            <| fun () ->
                let input = ProtocolContract.inputOf input.Value.Source.Ratings (ExponentialTilt()) 1L
                let diagnosis = ShiftDiagnosis.Of(input, input.Split.Test)
                let shifted = diagnosis.Levels |> Seq.filter (fun l -> l.Low > 0.54) |> Seq.map string |> List.ofSeq
                Expect.isEmpty shifted "levels well above chance"

                for level in diagnosis.Levels do
                    Expect.isTrue (level.Low <= level.Auc && level.Auc <= level.High) "an interval"

            testCase
                "in small worlds without a shift the AUC is one half in the mean: popularity is counted alike on both sides"
            <| fun () ->
                let levels =
                    [
                        for seed in 1L .. 12L do
                            let ratings =
                                SyntheticRatings.Generate(SyntheticSpec(Users = 60, Items = 100), seed).Ratings

                            let input = ProtocolContract.inputOf (CanonicalRatings.Of ratings) (ExponentialTilt()) seed
                            yield! ShiftDiagnosis.Of(input, input.Split.Test).Levels
                    ]

                for name, ofLevel in levels |> List.groupBy _.Level do
                    let mean = ofLevel |> List.averageBy _.Auc
                    Expect.isLessThan (abs (mean - 0.5)) 0.06 $"{name}: mean AUC {mean}"

            testCase "users tilted by activity: the user level, the feature, and the protocol are named"
            <| fun () ->
                let diagnosis = diagnosisOf (userTilt UserShiftProperty.Activity)
                Expect.equal (nonNull diagnosis.MostShifted).Level "user" "level"
                let user = diagnosis.Features |> Seq.filter (fun f -> f.Level = "user") |> Seq.head
                Expect.equal user.Feature "log activity" "feature"
                Expect.stringContains diagnosis.Protocols[0].Protocol "activity" "protocol"
                Expect.isGreaterThan diagnosis.Protocols[0].Explained 0.8 "explained"

            testCase "more relevant interactions: the interaction level by its rating, as label shift makes them"
            <| fun () ->
                let diagnosis = diagnosisOf (LabelShift(LogOdds = [| 2.0 |]))
                Expect.isTrue (level "interaction" diagnosis).IsShifted "interactions"
                let most = diagnosis.Features |> Seq.filter (fun f -> f.Level = "interaction") |> Seq.head
                Expect.equal most.Feature "rating" "feature"
                Expect.equal diagnosis.Protocols[0].Protocol "labelShift" "protocol"

            testCase "given ratings of random items are rarer ones"
            <| fun () ->
                let protocol = GivenTest(TestData = ProtocolGivenFile.path.Value)
                let input = ProtocolContract.input protocol 1L
                let set = (protocol.TestSets input)[1]
                let diagnosis = ShiftDiagnosis.Of(input, set.Tasks, set.Source)
                Expect.isTrue (level "interaction" diagnosis).IsShifted "interactions"

                let popularity =
                    diagnosis.Features |> Seq.find (fun f -> f.Level = "interaction" && f.Feature = "log popularity")

                Expect.isLessThan popularity.Difference -0.2 "less popular"

            testCase "the same data and seed give the same numbers, and too few users are refused"
            <| fun () ->
                let key (d: ShiftDiagnosis) = List.ofSeq d.Levels, List.ofSeq d.Features, List.ofSeq d.Protocols
                let test = input.Value.Split.Test

                Expect.equal
                    (key (ShiftDiagnosis.Of(input.Value, test)))
                    (key (ShiftDiagnosis.Of(input.Value, test)))
                    "same"

                Expect.throwsC (fun () -> ShiftDiagnosis.Of(input.Value, test.Slice(0, 3)) |> ignore) (fun error ->
                    Expect.stringContains error.Message "too few" "few users")

            testCase "over time: later ratings beside earlier ones, refused without times"
            <| fun () ->
                Expect.throwsC (fun () -> ShiftDiagnosis.OverTime(input.Value, 0.8) |> ignore) (fun error ->
                    Expect.stringContains error.Message "no times" "no times")

                let timed = ProtocolContract.input (ExponentialTilt()) 1L
                let diagnosis = ShiftDiagnosis.OverTime(timed, 0.8)
                Expect.isEmpty (diagnosis.Levels |> Seq.filter (fun l -> l.Low > 0.55)) "times at random"
        ]
