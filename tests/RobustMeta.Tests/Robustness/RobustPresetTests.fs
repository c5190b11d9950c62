module RobustMeta.Tests.Robustness.RobustPresetTests

open Expecto
open RobustMeta.Experiments
open RobustMeta.Robustness
open RobustMeta.Scripts
open RobustMeta.Settings

let private specOf (preset: RobustPreset) = Experiment.spec "MeLU" [ "preset", preset.Name ]

let private refused (words: string list) (act: unit -> obj) =
    Expect.throwsC (act >> ignore) (fun error ->
        Expect.isTrue (error :? SettingException) $"{error}"

        for word in words do
            Expect.stringContains error.Message word "message")

[<Tests>]
let tests =
    testList
        "RobustPreset"
        [
            testCase "every preset applies to every spec; one method has one name"
            <| fun () ->
                let own = [ for preset in RobustPreset.All -> preset.Name, specOf preset ]
                let specs = [ for name, spec in own -> name, spec.Meta.Robustness, spec.MethodName, spec.Hash ]
                Expect.equal (List.distinctBy fst own) own "names"

                for a, robustness, name, hash in specs do
                    for b, other, otherName, otherHash in specs do
                        Expect.equal (robustness = other) (name = otherName) $"{a} and {b}"
                        Expect.equal (robustness = other) (hash = otherHash) $"{a} and {b}: one folder"

            testCase "the default is the paper's preset"
            <| fun () ->
                let paper = [| for struct (k, v) in RobustPreset.Named("paper").Settings -> struct (k, v) |]
                Expect.equal (ExperimentSpec.Of("MeLU", paper)).Text (ExperimentSpec.Of "MeLU").Text "defaults"

            testCase "plain training is called by its model alone"
            <| fun () ->
                Expect.equal (specOf (RobustPreset.Named "plain")).MethodName "MeLU" "plain"
                Expect.equal (specOf (RobustPreset.Named "robustmeta")).MethodName "MeLU+robustmeta" "robust"

            testCase "an unknown name is refused with the nearest, a former one with the one in its place"
            <| fun () ->
                refused [ "did you mean 'robustmeta'" ] (fun () -> RobustPreset.Named "robustmta")
                refused [ "'none'"; "'plain'" ] (fun () -> RobustPreset.Named "none")
                refused [ "'both'"; "'paper'" ] (fun () -> RobustPreset.Named "both")

            testCase "what a preset sets can be overridden, and what cannot act any more falls away"
            <| fun () ->
                let spec settings = Experiment.spec "MeLU" settings

                for preset in RobustPreset.All do
                    let plain = spec [ "preset", preset.Name; "levels", "none"; "distill", "0" ]
                    Expect.equal plain.Text (spec [ "levels", "none" ]).Text preset.Name

                let steps = spec [ "preset", "dr-maml"; "ascent", "projectedGradient"; "taskWeightLr", "0.5" ]
                Expect.equal (steps.Meta.Robustness.Set, steps.Meta.Robustness.TaskWeightLr) ("cvar 0.5", 0.5) "steps"
                let response = Experiment.vary [ "ascent", "bestResponse" ] steps
                Expect.equal response.Meta.Robustness.TaskWeightLr (ReweighterSpec().TaskWeightLr) "the rate falls away"
                let users = spec [ "preset", "robustmeta"; "levels", "user"; "set", "kl 0.2" ]
                Expect.equal users.Meta.Robustness.Set "kl 0.2" "another set"

                refused [ "taskWeightLr has no effect"; "bestResponse" ] (fun () ->
                    spec [ "preset", "dr-maml"; "taskWeightLr", "0.5" ])

            testCase "a preset of one's own is one like the others"
            <| fun () ->
                let own =
                    RobustPreset(
                        "own-chi2",
                        "a wide ball",
                        [ struct ("levels", "user"); struct ("set", "chi2 3"); struct ("ascent", "bestResponse") ]
                    )

                RobustPreset.Registry.Replace own
                let spec = Experiment.spec "MeLU" [ "preset", "own-chi2" ]
                Expect.equal (spec.MethodName, spec.Meta.Robustness.Set) ("MeLU+own-chi2", "chi2 3") "spec"
                Expect.contains RobustPreset.All own "in the list"

            for preset in RobustPreset.All do
                RobustPresetContract.test preset

            RobustPresetContract.test (
                RobustPreset("own-kl", "a ball over users", [ struct ("levels", "user"); struct ("set", "kl 0.3") ])
            )
        ]
