module RobustMeta.Tests.Studies.SimulationTests

open System
open Expecto
open RobustMeta.Settings
open RobustMeta.Studies.Workers

let private seconds (simulated: SimulatedStudy) = simulated.Makespan.TotalSeconds

[<Tests>]
let tests =
    testList
        "Study simulation"
        [
            testCase "makespans are those computed by hand"
            <| fun () ->
                // One worker: the sum, its start, and the overhead of each run.
                let alone = StudySimulation(1, StartSeconds = 5.0, RunSeconds = 1.0).Of([| 10.0; 20.0; 30.0 |])
                Expect.equal (seconds alone) (5.0 + 60.0 + 3.0) "one worker"
                Expect.floatClose Accuracy.high alone.Efficiency (60.0 / 68.0) "busy"

                // Two: worker 0 has runs 0, 2 and 4 (10 each), worker 1 runs 1 and 3 (40, 10). At 30 worker 0 has done its own and takes
                // run 3, which worker 1 has not begun: 40 in all.
                let two = StudySimulation(2).Of([| 10.0; 40.0; 10.0; 10.0; 10.0 |])
                Expect.equal (seconds two) 40.0 "two workers"
                Expect.equal two.Efficiency 1.0 "nobody waits"

                // More workers than runs: the longest run.
                Expect.equal (seconds (StudySimulation(8).Of([| 3.0; 7.0; 5.0 |]))) 7.0 "eight workers"

            testCase "a time limit stops a worker, which goes on with its run after the queue"
            <| fun () ->
                // Start 2, then 8 of a run of 25 before the limit of 10; 60 in the queue, start 2, 8 more; again; the last 9 need two more.
                let limited =
                    StudySimulation(1, StartSeconds = 2.0, LimitSeconds = 10.0, QueueSeconds = 60.0).Of([| 25.0 |])

                // 10 + 60 + 10 + 60 + 10 + 60 + 2 + 1
                Expect.equal (seconds limited) 213.0 "makespan"
                Expect.equal limited.Restarts 3 "restarts"

            testCase "equal runs divide by the number of workers, however many there are"
            <| fun () ->
                for workers in [ 1; 7; 64 ] do
                    let runs = Array.create 1000 2.0
                    let expected = 2.0 * ceil (1000.0 / float workers)
                    Expect.equal (seconds (StudySimulation(workers).Of(runs))) expected $"{workers} workers"

            testCase "150,000 runs on 32,000 workers are simulated, each once, in seconds"
            <| fun () ->
                let runs = StudySimulation.Repeat([| 5.0; 60.0; 600.0 |], 150000)
                Expect.hasLength runs 150000 "runs"
                let clock = Diagnostics.Stopwatch.StartNew()
                let simulated = StudySimulation(32000).Of(runs)
                Expect.isLessThan clock.Elapsed (TimeSpan.FromSeconds 20.0) "time"
                // No shorter than an even division, no longer than that and one run more.
                let even = Seq.sum runs / 32000.0
                Expect.isGreaterThanOrEqual (seconds simulated) even "not below"
                Expect.isLessThanOrEqual (seconds simulated) (even + 600.0) "a list schedule"

            testCase "what cannot be simulated is refused"
            <| fun () ->
                let refused: (unit -> obj) list =
                    [
                        fun () -> box (StudySimulation(0).Of([| 1.0 |]))
                        fun () -> box (StudySimulation(1).Of([||]))
                        fun () -> box (StudySimulation(1, StartSeconds = 9.0, LimitSeconds = 9.0).Of([| 1.0 |]))
                        fun () -> box (StudySimulation.Repeat([||], 5))
                    ]

                for action in refused do
                    Expect.throwsT<SettingException> (fun () -> action () |> ignore) "refused"
        ]
