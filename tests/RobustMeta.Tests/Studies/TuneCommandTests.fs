/// `tune`: the study that a search is.
module RobustMeta.Tests.Studies.TuneCommandTests

open Expecto
open RobustMeta.Scripts

let private nameOf model given = (fst (TuneCommand.study model given)).Methods[0].Name

[<Tests>]
let tests =
    testList
        "Tune command"
        [
            testCase "a method is searched under a name that fits all its candidates"
            <| fun () ->
                Expect.equal (nameOf "MeLU" []) "MeLU tuned" "a model"
                Expect.equal (nameOf "EASE" []) "EASE tuned" "a baseline"

            testCase "what is given is not searched, and a grid belongs into a study file"
            <| fun () ->
                for given, part in
                    [
                        [ "keys", "lr,localLr"; "lr", "0.05" ], "lr is searched (keys) and given as '0.05'"
                        [ "seed", "9223372036854775807" ], "expected smaller ones"
                        [ "seed", "1,9223372036854775807" ], "expected smaller ones"
                        [ "tuner", "grid" ], "the values that a study file lists"
                    ] do
                    Expect.throwsC (fun () -> TuneCommand.study "MeLU" given |> ignore) (fun error ->
                        Expect.stringContains error.Message part "message")

            testCase "settings without effect beside the preset are not searched"
            <| fun () ->
                let keys preset = Set.ofSeq (fst (TuneCommand.study "MeLU" [ "preset", preset ])).Methods[0].Tuned.Keys

                Expect.isTrue (keys "paper" |> Set.contains "taskWeightLr") "the paper's ascent has a rate"
                Expect.isFalse (keys "robustmeta" |> Set.contains "taskWeightLr") "a best response has none"
                Expect.isFalse (keys "plain" |> Set.contains "taskWeightLr") "plain training has none"
                Expect.isTrue (keys "robustmeta" |> Set.contains "localLr") "what all have"
        ]
