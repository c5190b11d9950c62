/// Settings that cannot act where they stand are refused, naming what they would need.
module RobustMeta.Tests.Robustness.IdleSettingsTests

open Expecto
open RobustMeta.Experiments
open RobustMeta.Robustness
open RobustMeta.Settings

let private spec model settings = ExperimentSpec.Of(model, [| for k, v in settings -> struct (k, v) |])

let private refused model (settings: (string * string) list) (words: string list) =
    let message =
        try
            spec model settings |> ignore
            failtest $"%A{settings} was accepted"
        with :? SettingException as error ->
            error.Message

    for word in words do
        Expect.stringContains message word $"%A{settings}"

/// Settings, and what the message about the first of them names.
let private idle =
    [
        [ "interactionRule", "focal"; "levels", "user" ], [ "levels user"; "interaction or both" ]
        [ "interactionSet", "kl 0.1"; "levels", "user" ], [ "levels user" ]
        [ "interactionIndex", "item"; "levels", "user" ], [ "levels user" ]
        [ "weightsAct", "both"; "levels", "user" ], [ "levels user" ]
        [ "sampleWeightLr", "0.1"; "levels", "user" ], [ "levels user" ]
        [ "taskWeightLr", "0.1"; "levels", "interaction" ], [ "levels interaction"; "user or both" ]
        [ "userSet", "kl 0.1"; "levels", "interaction" ], [ "levels interaction" ]
        [ "userIndex", "network"; "levels", "interaction" ], [ "levels interaction" ]
        [ "taskWeightLr", "0.1"; "ascent", "bestResponse" ], [ "bestResponse"; "projectedGradient"; "leave it out" ]
        [ "sampleWeightLr", "0.1"; "ascent", "bestResponse" ], [ "bestResponse"; "exponentiatedGradient" ]
        [ "alternating", "true"; "ascent", "bestResponse" ], [ "bestResponse" ]
        [ "set", "kl 0.1"; "userSet", "kl 0.2"; "interactionSet", "chi2 0.2" ], [ "userSet and interactionSet" ]
        [ "set", "kl 0.1"; "levels", "user"; "userIndex", "network" ], [ "no weights are sought in a set" ]
        [ "userSet", "kl 0.1"; "userIndex", "flow" ], [ "userIndex flow"; "in no set" ]
        [ "ascent", "bestResponse"; "levels", "interaction"; "interactionRule", "focal" ], [ "no weights" ]
        [ "sampleWeightLr", "0.1"; "interactionRule", "focal" ], [ "interactionRule focal"; "adversary" ]
        [ "focalGamma", "1" ], [ "interactionRule adversary"; "interactionRule focal" ]
        [ "propensityPower", "1"; "interactionRule", "focal" ], [ "interactionRule inversePropensity" ]
        [ "interactionRule", "focal"; "weightsAct", "support" ], [ "weightsAct support" ]
        [ "lossAverage", "0.5"; "levels", "interaction"; "interactionRule", "inversePropensity" ], [ "losses" ]
        [ "timing", "epoch"; "levels", "interaction"; "interactionRule", "focal" ], [ "stored" ]
        [ "groups", "cluster" ], [ "userIndex user"; "userIndex group" ]
        [ "groupAdjustment", "1"; "levels", "interaction" ], [ "levels interaction" ]
        [ "groupCount", "5"; "userIndex", "group"; "groups", "feature"; "groupFeature", "age" ], [ "groups feature" ]
        [ "groupFeature", "age"; "userIndex", "group" ], [ "groups activity"; "groups feature" ]
        [ "populationCaution", "0.1" ], [ "population" ]
        [ "referenceModel", "MetaPMF" ], [ "reference none"; "crossfit" ]
        [ "referenceFolds", "3"; "reference", "bias" ], [ "reference bias"; "crossfit or auto" ]
        [ "referenceHorizon", "10"; "reference", "bias" ], [ "itemAverage" ]
        [ "userExcess", "mean" ], [ "reference none" ]
        [ "userExcess", "mean"; "reference", "bias"; "levels", "interaction" ], [ "levels interaction" ]
        [ "reference", "bias"; "levels", "interaction"; "interactionRule", "inversePropensity" ], [ "losses" ]
    ]

/// The same settings where they act.
let private acting =
    [
        [ "interactionRule", "focal"; "focalGamma", "1"; "lossAverage", "0.5" ]
        [ "taskWeightLr", "0.1"; "levels", "user"; "userIndex", "network" ]
        [ "taskWeightLr", "0.1"; "levels", "user"; "userIndex", "flow"; "alternating", "true" ]
        [ "taskWeightLr", "0.1"; "sampleWeightLr", "0.2"; "alternating", "true"; "ascent", "exponentiatedGradient" ]
        [ "alternating", "true"; "ascent", "bestResponse"; "timing", "epoch" ]
        [
            "alternating", "true"
            "ascent", "bestResponse"
            "userIndex", "group"
            "groups", "cluster"
            "groupCount", "4"
        ]
        [ "set", "kl 0.1"; "userSet", "kl 0.2" ]
        [ "interactionRule", "focal"; "weightsAct", "both"; "sampleWeightLr", "0.1" ]
        [ "userIndex", "group"; "groups", "feature"; "groupFeature", "age"; "groupAdjustment", "1" ]
        [ "reference", "crossfit"; "referenceModel", "MetaPMF"; "referenceFolds", "3"; "userExcess", "mean" ]
        [ "reference", "itemAverage"; "referenceHorizon", "10" ]
        [ "levels", "none"; "reference", "bias"; "distill", "0.5" ]
        [ "levels", "none"; "checkReference", "false" ]
        [ "population", "0.1,0.5"; "populationCaution", "0.1"; "set", "chi2 0.1"; "ascent", "bestResponse" ]
    ]

[<Tests>]
let tests =
    testList
        "settings without effect"
        [
            testCase "are refused by their names, with what they would need"
            <| fun () ->
                for settings, words in idle do
                    refused "MeLU" settings ($"{fst settings.Head} has no effect with" :: words)

            testCase "with levels none no setting of an adversary acts"
            <| fun () ->
                for key, value in
                    [
                        "set", "kl 0.1"
                        "userSet", "kl 0.1"
                        "interactionSet", "kl 0.1"
                        "ascent", "bestResponse"
                        "timing", "epoch"
                        "alternating", "true"
                        "taskWeightLr", "0.1"
                        "sampleWeightLr", "0.1"
                        "lossAverage", "0.5"
                        "weightsAct", "support"
                        "userIndex", "group"
                        "interactionIndex", "item"
                        "interactionRule", "focal"
                        "groups", "cluster"
                        "reference", "bias"
                        "userExcess", "mean"
                    ] do
                    refused "MeLU" [ key, value; "levels", "none" ] [ $"{key} has no effect with levels none" ]

            testCase "where they act they are taken, and come back from the text of their spec"
            <| fun () ->
                for settings in acting do
                    let one = spec "MeLU" settings
                    let all = [ for setting in SettingList.Of one -> setting.Key, setting.Print one ]
                    Expect.equal (spec "MeLU" all).Text one.Text $"%A{settings}"

            testCase "specs made of values are checked like those made of text"
            <| fun () ->
                Expect.throwsT<SettingException>
                    (fun () -> ReweighterSpec(Levels = WeightLevels.None, TaskWeightLr = 0.5).RequireValid())
                    "no effect"

            testCase "a setting of other models is refused with the models that have it"
            <| fun () ->
                refused "TaNP" [ "localLr", "0.1" ] [ "TaNP has no setting 'localLr'"; "MeLU"; "MAML" ]
                refused "MeLU" [ "locallr", "0.1" ] [ "did you mean 'localLr'" ]
        ]
