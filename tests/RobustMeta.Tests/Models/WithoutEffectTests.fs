/// Settings that a model says it does not look at: they change no result, and whoever gives them is told.
module RobustMeta.Tests.Models.WithoutEffectTests

open Expecto
open RobustMeta.Experiments
open RobustMeta.Models
open RobustMeta.Scripts
open RobustMeta.Settings
open RobustMeta.Studies
open RobustMeta.Tests

// Another value of each setting that some model does not look at.
let private other = Map [ "embeddingDim", "7"; "embeddingScale", "0.7"; "foldInSteps", "9" ]

let private idle (spec: ExperimentSpec) =
    [
        for s in SettingList.Of spec do
            if not (isNull (spec.WhyWithoutEffect s.Key)) then
                s.Key
    ]

let private scores (model: string) (settings: (string * string) list) =
    let run = ServedRun.train (TempFolder.untilExit ()) model settings
    [ for user in run.Result.Users -> user.Metric, user.TestSet, user.User, user.Value ]

let private refused (part: string) (action: unit -> unit) =
    Expect.throwsC action (fun error -> Expect.stringContains error.Message part "message")

[<Tests>]
let tests =
    testList
        "Settings without effect on a model"
        [
            for label in [ "click"; "rating" ] do
                testCase $"what MetaPMF does not look at changes no result: {label}"
                <| fun () ->
                    let given = [ "label", label ]
                    let keys = idle (ExperimentSpec.Of("MetaPMF", struct ("label", label)))
                    Expect.containsAll keys [ "embeddingDim"; "embeddingScale" ] "keys"
                    Expect.equal (List.contains "foldInSteps" keys) (label = "rating") "steps of clicks alone"
                    let usual = scores "MetaPMF" given

                    for key in keys do
                        Expect.equal (scores "MetaPMF" ((key, other[key]) :: given)) usual key

            testCase "what the others look at they look at"
            <| fun () ->
                for name in ModelSpec.Registry.All.Keys do
                    if name <> "MetaPMF" then
                        Expect.isEmpty (idle (ExperimentSpec.Of name)) name

                let random = ExperimentSpec.Of("MetaPMF", struct ("startRounds", "0"))
                Expect.equal (idle random) [ "embeddingDim" ] "a random start has a scale"

            testCase "such a setting is refused where it is given, and its default is not"
            <| fun () ->
                let part = "embeddingDim has no effect with MetaPMF: its vectors are as long as factors says"
                refused part (fun () -> Experiment.spec "MetaPMF" [ "embeddingDim", "8" ] |> ignore)
                Experiment.spec "MetaPMF" [ "embeddingDim", "32" ] |> ignore
                refused part (fun () -> TuneCommand.study "MetaPMF" [ "keys", "embeddingDim" ] |> ignore)

            testCase "a search leaves it out"
            <| fun () ->
                let keys = Set.ofSeq (fst (TuneCommand.study "MetaPMF" [])).Methods[0].Tuned.Keys
                Expect.isFalse (keys.Contains "embeddingDim") "without effect"
                Expect.isTrue (keys.Contains "factors") "with effect"

            testCase "in a study what is meant for all models stays, and what is meant for this one is refused"
            <| fun () ->
                let study table = StudySample.altered "model = \"MeLU\"" $"model = \"MetaPMF\"{table}"
                let plain = (study "").Replace("embeddingDim = 4\nhiddenDim1 = 4\nhiddenDim2 = 4", "embeddingDim = 4")
                Expect.equal (StudySample.parse plain).Bases[0].Name "MeLU" "read"
                let own = plain.Replace("model = \"MetaPMF\"", "model = \"MetaPMF\"\nembeddingDim = 8")

                Expect.throwsC (fun () -> StudySample.parse own |> ignore) (fun error ->
                    Expect.stringContains error.Message "my.toml:" "place"
                    Expect.stringContains error.Message "[base.MeLU]: embeddingDim has no effect with MetaPMF" "what")

            testCase "a misspelt word beside a study is told by the words of its command"
            <| fun () ->
                let study = StudySample.parse StudySample.text

                for key, words, hint in
                    [
                        "wrokers", [| "workers"; "engine" |], "did you mean 'workers'?"
                        "engin", [| "engine" |], "did you mean 'engine'?"
                        "sedes", [||], "'seeds'?"
                    ] do
                    refused $"There is no setting '{key}'; did you mean" (fun () ->
                        StudyOverrides.With(study, [| struct (key, "3") |], words) |> ignore)

                    refused hint (fun () -> StudyOverrides.With(study, [| struct (key, "3") |], words) |> ignore)

            testCase "a name that differs from a model's in capital letters alone is told so"
            <| fun () ->
                refused "(MeLU: capital letters do not tell names apart, nor files on some systems)" (fun () ->
                    ExperimentSpec.Of("MetaPMF", struct ("method", "melu")) |> ignore)

                Expect.throwsC
                    (fun () -> ExperimentSpec.Of("MetaPMF", struct ("method", "MeLU")) |> ignore)
                    (fun error -> Expect.isFalse (error.Message.Contains "capital") "the very name")
        ]
