/// `tune`: the study that a search is.
module RobustMeta.Tests.Studies.TuneCommandTests

open System
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

            testCase "a grid is tried whole unless a budget is given, which has to hold it"
            <| fun () ->
                let budget given = (nonNull (fst (TuneCommand.study "MeLU" given)).Methods[0].Tuned.Search).Budget.Runs
                // 4 × 7 values of the paper; the defaults 0.05 and 0.01 are among them.
                let grid = [ "tuner", "grid"; "keys", "lr,taskWeightLr" ]
                Expect.equal (budget grid) (Nullable 28) "whole"
                Expect.equal (budget (("budget", "40") :: grid)) (Nullable 40) "given"

            testCase "what is given is not searched, and a budget has to go with the tuner before anything begins"
            <| fun () ->
                for given, part in
                    [
                        [ "keys", "lr,localLr"; "lr", "0.05" ], "lr is searched (keys) and given as '0.05'"
                        [ "seed", "9223372036854775807" ], "expected smaller ones"
                        [ "seed", "1,9223372036854775807" ], "expected smaller ones"
                        [ "keys", "nokey" ], "There is no setting 'nokey'. Settings with a range: localLr, innerSteps, "
                        [ "tuner", "grid" ], "The grid of "
                        [ "tuner", "grid"; "keys", "lr,localLr"; "budget", "3" ], "expected at least 16 runs"
                        [ "tuner", "grid"; "keys", "lr,localLr"; "budget", "300 epochs" ], "expected at least "
                        [ "tuner", "halving"; "keys", "lr"; "budget", "5" ], "budget of at least"
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
