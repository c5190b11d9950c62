module RobustMeta.Tests.Robustness.RobustPresetTests

open Expecto
open RobustMeta.Experiments
open RobustMeta.Robustness
open RobustMeta.Settings

[<Tests>]
let tests =
    testList
        "RobustPreset"
        [
            testCase "every preset applies to every spec, under a name of its own"
            <| fun () ->
                let names = [ for preset in RobustPreset.All -> preset.Name ]
                Expect.equal (List.distinct names) names "names"

                let robustness =
                    [
                        for preset in RobustPreset.All do
                            let settings = [| for struct (k, v) in preset.Settings -> struct (k, v) |]
                            preset.Name, (ExperimentSpec.Of("MeLU", settings)).Meta.Robustness
                    ]

                for a, one in robustness do
                    for b, other in robustness do
                        // The paper's own method is its ablation with both levels, and its user level is TR-MAML.
                        let same =
                            Set.isSubset (set [ a; b ]) (set [ "paper"; "both" ])
                            || Set.isSubset (set [ a; b ]) (set [ "user"; "tr-maml" ])

                        Expect.equal (one = other) (a = b || same) $"{a} and {b}"

            testCase "the default is the paper's preset"
            <| fun () ->
                let paper = [| for struct (k, v) in RobustPreset.Named("paper").Settings -> struct (k, v) |]
                Expect.equal (ExperimentSpec.Of("MeLU", paper)).Text (ExperimentSpec.Of "MeLU").Text "defaults"

            testCase "an unknown name is refused with the nearest"
            <| fun () ->
                Expect.throwsC (fun () -> RobustPreset.Named "robustmta" |> ignore) (fun error ->
                    Expect.isTrue (error :? SettingException) "kind"
                    Expect.stringContains error.Message "did you mean 'robustmeta'" "hint")
        ]
