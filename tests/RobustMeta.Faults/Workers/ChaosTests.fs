/// Workers, daemons and disks that fail at random moments: nothing is lost, nothing doubled, the final files are those of an
/// undisturbed study. What was done is printed, as counts.
module RobustMeta.Faults.Workers.ChaosTests

open System
open System.Diagnostics
open System.IO
open System.Threading
open Expecto
open RobustMeta.Tests.TempFolder
open RobustMeta.Faults
open RobustMeta.Faults.Injection
open RobustMeta.Faults.Workers

let private startWorker variables file out index =
    SmallStudy.start variables [ "work"; file; "shard"; $"{index}/2"; "out"; out ]

/// Keeps two workers going until both end well, killing one at random moments until there were enough kills; gives their number.
let private disturb (random: Random) (most: int) file out =
    let workers = [| for index in 0..1 -> startWorker [] file out index |]
    let isEnded: bool[] = Array.zeroCreate workers.Length
    let mutable kills = 0

    while not (Array.forall id isEnded) do
        // From before its first lease to the middle of any run.
        Thread.Sleep(random.Next 2500)

        for index in 0 .. workers.Length - 1 do
            let worker = workers[index]

            if not isEnded[index] then
                if worker.HasExited then
                    Expect.equal (worker.Wait()) 0 worker.Text
                    isEnded[index] <- true
                elif kills < most && random.Next 2 = 0 then
                    worker.Kill()
                    kills <- kills + 1
                    workers[index] <- startWorker [] file out index

    kills

let private kills =
    testCase "workers that are killed at random moments lose nothing"
    <| fun () ->
        within (fun folder ->
            let file = SmallStudy.write folder 40
            let expected = SmallStudy.undisturbed folder file
            let wanted = Extent.either 8 200
            let random = Random 17
            let mutable kills = 0
            let mutable studies = 0

            while kills < wanted do
                studies <- studies + 1
                let out = Path.Combine(folder, $"killed-{studies}")
                kills <- kills + disturb random (wanted - kills) file out
                SmallStudy.expectWhole expected out $"after {kills} kills"
                Directory.Delete(out, true)

            printfn
                $"chaos: {kills} workers killed in {studies} studies of {SmallStudy.runs} runs: none lost, none doubled")

let private daemons =
    testCase "Slurm's daemons and a whole node are killed, and nothing is lost"
    <| fun () ->
        within (fun folder ->
            use cluster = Cluster.start ()
            let file = SmallStudy.write folder 60
            let expected = SmallStudy.undisturbed folder file

            for round in 1 .. Extent.either 1 5 do
                let out = Path.Combine(folder, $"slurm-{round}")
                let words = [ "submit"; file; "engine"; "slurm"; "workers"; "2"; "out"; out ]
                SmallStudy.run cluster.Variables words |> ignore
                let runs = Path.Combine(out, "runs")
                let clock = Stopwatch.StartNew()

                while not (Directory.Exists runs) && clock.Elapsed.TotalMinutes < 2.0 do
                    Thread.Sleep 200

                for daemon in [ "slurmctld"; "slurmd-n2"; "n1" ] do
                    cluster.Kill daemon
                    Thread.Sleep 1000
                    cluster.Revive daemon

                // Not until the queue is empty: Slurm takes minutes to miss a task of a node that came back, while others do its runs at once.
                SmallStudy.waitForRuns out 5.0
                SmallStudy.expectWhole expected out "after the loss of slurmctld, a slurmd and a node"

            let rounds = Extent.either 1 5

            printfn
                $"chaos: slurmctld, a slurmd and a node with its work killed {rounds} times each: none lost, none doubled")

let private fullDisk =
    testCase "a worker whose disk takes no more files does no harm, and a full disk is gone on from"
    <| fun () ->
        within (fun folder ->
            Cluster.need [ "mount"; "umount"; "bash" ]
            let file = SmallStudy.write folder 2
            let expected = SmallStudy.undisturbed folder file

            FullDisk.on folder "200k" (fun disk ->
                let out = Path.Combine(disk, "study")
                let words = [ file; "engine"; "local"; "workers"; "2"; "out"; out ]
                let full = SmallStudy.start [] ("submit" :: words)
                Expect.equal (full.Wait()) 1 full.Text
                FullDisk.grow disk "60m"
                SmallStudy.run [] ("retry" :: words) |> ignore
                SmallStudy.expectWhole expected out "after a full disk"
                printfn "chaos: full disk: the workers end with an error, 'retry' comes to the same bytes")

            // On one node alone: no file of it may grow beyond four kilobytes, which its tables and models do.
            let out = Path.Combine(folder, "one")
            let words = [ "work"; file; "shard"; "0/2"; "out"; out ]
            let limited = Command.startLimited 4 SmallStudy.program ("study" :: words)
            let healthy = startWorker [] file out 1
            Expect.equal (healthy.Wait()) 0 healthy.Text
            Expect.notEqual (limited.Wait()) 0 limited.Text
            SmallStudy.expectWhole expected out "beside a node whose disk is full"
            printfn "chaos: a node whose disk takes no more: the other does all runs, the same bytes")

let private clocks =
    testCase "clocks that jump change nothing"
    <| fun () ->
        let library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"

        if not (File.Exists library) then
            skiptest "libfaketime is not installed"

        within (fun folder ->
            let file = SmallStudy.write folder 20
            let expected = SmallStudy.undisturbed folder file
            let out = Path.Combine(folder, "jumping")
            let clock = Path.Combine(folder, "clock")
            File.WriteAllText(clock, "+0d")

            let variables =
                [
                    "LD_PRELOAD", library
                    "FAKETIME_TIMESTAMP_FILE", clock
                    "FAKETIME_NO_CACHE", "1"
                    "FAKETIME_DONT_FAKE_MONOTONIC", "1"
                    "DONT_FAKE_MONOTONIC", "1"
                ]

            let workers = [ startWorker variables file out 0; startWorker [] file out 1 ]
            let jumps = [ "+400d"; "-3650d"; "+1h"; "-1d"; "+0d" ]
            let mutable count = 0

            while workers |> List.exists (fun w -> not w.HasExited) do
                File.WriteAllText(clock, jumps[count % jumps.Length])
                count <- count + 1
                Thread.Sleep 500

            for worker in workers do
                Expect.equal (worker.Wait()) 0 worker.Text

            SmallStudy.expectWhole expected out $"after {count} jumps"
            printfn $"chaos: the clock of a worker jumped {count} times by hours to years: none lost, none doubled")

[<Tests>]
let tests = testList "chaos" [ kills; daemons; fullDisk; clocks ]
