/// Several processes with one command, and with one folder.
module RobustMeta.Faults.Injection.ProcessesTests

open System.IO
open Expecto
open RobustMeta.Faults
open RobustMeta.Tests.TempFolder

let private rows (out: string) = File.ReadAllLines(Path.Combine(out, "performance.csv"))[1..]

[<Tests>]
let tests =
    testList
        "processes"
        [
            testCase "of equal commands at once one works, and each row stands once"
            <| fun () ->
                for _ in 1 .. Extent.either 1 20 do
                    within (fun folder ->
                        let words = [ "run"; "MeLU" ] @ Command.small @ [ "out"; folder ]

                        let commands =
                            [
                                for _ in 1..3 do
                                    Command.start [] words
                            ]

                        for command in commands do
                            Expect.equal (command.Wait()) 0 command.Text

                        let trained = commands |> List.filter (fun c -> c.Text.Contains "best epoch")
                        Expect.equal trained.Length 1 "trained once"
                        let found = rows folder
                        Expect.equal (Array.distinct found).Length found.Length "no row twice"
                        Expect.equal found.Length 5 "a row for each test set")

            testCase "8 processes with different runs share one performance.csv"
            <| fun () ->
                within (fun folder ->
                    let words seed =
                        [
                            "run"
                            "bias"
                            "userNum"
                            "120"
                            "shiftDraws"
                            "1"
                            "baselines"
                            "none"
                            "seed"
                            string seed
                        ]
                        @ [ "out"; folder ]

                    let commands =
                        [
                            for seed in 1..8 do
                                Command.start [] (words seed)
                        ]

                    for command in commands do
                        Expect.equal (command.Wait()) 0 command.Text

                    let found = rows folder
                    Expect.equal (Array.distinct found).Length found.Length "no row twice"
                    Expect.equal found.Length 40 "five rows each"
                    Expect.isEmpty (Directory.GetFiles(folder, "*.lock")) "no lock stays"
                    Expect.isEmpty (Directory.GetFiles(folder, "*.part")) "no half file stays")
        ]
