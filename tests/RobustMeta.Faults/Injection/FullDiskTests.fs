/// A disk that is full: an error that says so, nothing torn, and the same result once there is room.
module RobustMeta.Faults.Injection.FullDiskTests

open System
open System.IO
open System.Threading
open Expecto
open RobustMeta.Studies
open RobustMeta.Studies.Workers
open RobustMeta.Tests.TempFolder

[<Tests>]
let tests =
    testList
        "full disk"
        [
            testCase "a run on a full disk fails in one line and ends the same once there is room"
            <| fun () ->
                within (fun folder ->
                    let whole = Path.Combine(folder, "whole")

                    FullDisk.on folder "64k" (fun disk ->
                        let words out = [ "run"; "MeLU" ] @ Command.small @ [ "out"; out ]
                        let code, text = Command.run [] (words disk)
                        Expect.equal code 1 text
                        Expect.isFalse (text.Contains "   at ") $"a stack trace: {text}"

                        Expect.isFalse
                            (File.Exists(Path.Combine(disk, "performance.csv")))
                            "no row of a run that is not done"

                        FullDisk.grow disk "20m"
                        let code, text = Command.run [] (words disk)
                        Expect.equal code 0 text
                        Command.run [] (words whole) |> ignore
                        Expect.equal (Command.results disk) (Command.results whole) "results"))

            testCase "a worker that can write no lease says so and leaves none"
            <| fun () ->
                within (fun folder ->
                    FullDisk.on folder "64k" (fun disk ->
                        File.WriteAllBytes(Path.Combine(disk, "all"), Array.zeroCreate 65536)
                        let leases = Path.Combine(disk, "leases")
                        use source = new CancellationTokenSource(TimeSpan.FromSeconds 20.0)

                        Expect.throwsC
                            (fun () ->
                                StudyLeases(leases, StudyShard(0, 1), TimeSpan.FromSeconds 1.0)
                                    .Share([ StudyPiece("piece", ignore) ], null, source.Token))
                            (fun error ->
                                Expect.isTrue (error :? IOException) $"{error}"
                                Expect.stringContains error.Message "No space left on device" "why"
                                Expect.stringContains error.Message "piece.lease" "where")

                        Expect.isEmpty (Directory.GetFiles leases) "no lease is left"))
        ]
