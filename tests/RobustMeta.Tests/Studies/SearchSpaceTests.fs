module RobustMeta.Tests.Studies.SearchSpaceTests

open System
open Expecto
open RobustMeta.Experiments
open RobustMeta.Settings
open RobustMeta.Studies.Search

let private spec name = ExperimentSpec.Of name

let private change (spec: ExperimentSpec) pairs = spec.With [| for key, value in pairs -> struct (key, value) |]

[<Tests>]
let tests =
    testList
        "SearchSpace"
        [
            testCase "the paper's settings have the paper's grids, and ranges that span them"
            <| fun () ->
                let melu = spec "MeLU"
                let grid key = (SettingList.Of melu |> Seq.find (fun s -> s.Key = key)).PaperGrid |> List.ofSeq

                Expect.equal
                    (grid "taskWeightLr")
                    [ "1E-05"; "0.0001"; "0.001"; "0.005"; "0.01"; "0.05"; "0.1" ]
                    "users"

                Expect.equal (grid "localLr") [ "0.001"; "0.01"; "0.05"; "0.1" ] "inner"
                Expect.equal (grid "batchSize") [ "20"; "100"; "200"; "400" ] "batch"
                Expect.equal (grid "gamma") [ "0.95"; "0.97"; "0.99" ] "decay"
                Expect.equal (grid "hiddenDim1") [ "16"; "32"; "64"; "128" ] "width"
                let range = (SearchSpace.Of(melu, [ "lr" ])).Ranges[0]
                Expect.equal (range.Low, range.High, range.IsLog) (0.001, 0.1, true) "lr"

            testCase "every method's declared space has its own values first and only values that it takes"
            <| fun () ->
                for name in Methods.Names do
                    let method = spec name

                    if SettingList.Of method |> Seq.exists (fun s -> s.Search.HasValue) then
                        let space = SearchSpace.Of method

                        let settings = SettingList.Of method |> Seq.map (fun s -> s.Key, s) |> dict

                        for key, value in Seq.zip space.Keys (SearchSpace.Values space.Default) do
                            Expect.equal value (settings[key].Print method) $"{name} {key}"

                        let random = Random 1

                        for _ in 1..20 do
                            let point =
                                space.Point(fun range ->
                                    if range.IsChoice then
                                        range.Choices[random.Next range.Choices.Length]
                                    else if random.Next 2 = 0 then
                                        range.Low.ToString("R", Globalization.CultureInfo.InvariantCulture)
                                    else
                                        range.High.ToString("R", Globalization.CultureInfo.InvariantCulture))

                            change method (Seq.zip space.Keys (SearchSpace.Values point)) |> ignore

            testCase "a setting without effect has its default, so that equal runs are one point"
            <| fun () ->
                let space = SearchSpace.Of(spec "MeLU", [ "taskWeightLr"; "levels"; "sampleWeightLr" ])
                Expect.equal (List.ofSeq space.Keys) [ "levels"; "taskWeightLr"; "sampleWeightLr" ] "condition first"

                let point level = space.Point(fun range -> if range.Key = "levels" then level else "0.05")

                Expect.equal (point "user") "user/0.05/0.01" "interactions do not count"
                Expect.equal (point "none") "none/0.01/0.01" "no level counts"
                Expect.equal (point "both") "both/0.05/0.05" "both count"
                Expect.equal (List.ofSeq (space.Counted(point "user")).Keys) [ "levels"; "taskWeightLr" ] "counted"

            testCase "the weights' rates are not searched where training is plain"
            <| fun () ->
                let keys pairs = (SearchSpace.Of(change (spec "MeLU") pairs)).Keys
                Expect.contains (keys []) "taskWeightLr" "robust"
                Expect.isFalse (Seq.contains "taskWeightLr" (keys [ "levels", "none" ])) "plain"

            testCase "what cannot be searched is refused with the nearest name or the remedy"
            <| fun () ->
                let refused keys part =
                    let message =
                        try
                            SearchSpace.Of(spec "MeLU", keys) |> ignore
                            ""
                        with :? SettingException as error ->
                            error.Message

                    Expect.stringContains message part "message"

                refused [ "lrr" ] "'lr'"
                refused [ "set" ] "declares no range"
                refused [ "lr"; "lr" ] "twice"
                refused [] "no setting"

                Expect.throwsT<SettingException>
                    (fun () -> SearchRange.Numbers("x", 0.0, 1.0, isLog = true) |> ignore)
                    "logarithm of 0"
        ]
