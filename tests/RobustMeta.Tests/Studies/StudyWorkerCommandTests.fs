/// What `work`, `submit`, `retry`, `cancel` and `collect` print and refuse.
module RobustMeta.Tests.Studies.StudyWorkerCommandTests

open System
open System.IO
open System.Threading
open Expecto
open RobustMeta.Scripts
open RobustMeta.Studies
open RobustMeta.Studies.Workers
open RobustMeta.Tests
open RobustMeta.Tests.Studies.SmallStudy

/// Runs an action where these programs are found first.
let private withPrograms (folder: string) (programs: (string * string) list) (action: unit -> unit) =
    for name, text in programs do
        let path = Path.Combine(folder, name)
        File.WriteAllText(path, $"#!/bin/sh\n{text}\n")
        File.SetUnixFileMode(path, UnixFileMode.UserRead ||| UnixFileMode.UserWrite ||| UnixFileMode.UserExecute)

    let before = Environment.GetEnvironmentVariable "PATH"

    try
        Environment.SetEnvironmentVariable("PATH", $"{folder}:{before}")
        action ()
    finally
        Environment.SetEnvironmentVariable("PATH", before)

[<Tests>]
let tests =
    testList
        "Study commands of workers"
        [
            testCase "nothing is left to cancel of a finished study, and nothing is left behind"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let file, out = written folder "mine", Path.Combine(folder, "out")
                    ran [ file; "run"; "seeds"; "1"; "out"; out ] |> ignore
                    let cancel () = ran [ "cancel"; file; "out"; out ]
                    let mutable text = ""
                    let piece = StudyPiece("piece", (fun () -> text <- cancel ()))
                    let leases = StudyStore(out).Leases(StudyShard(0, 1))
                    leases.Share([ piece ], null, CancellationToken.None)
                    Expect.stringContains text "running workers end" "one holds a lease"
                    StudyCancellation(out).Withdraw()
                    let text = cancel ()
                    Expect.stringContains text "no worker is seen at work" "none holds a lease"
                    Expect.isFalse (text.Contains "running workers") "and nothing else is said"
                    let mark = StudyCancellation(out).Mark
                    Expect.stringContains text mark "what ends workers that start later"
                    let files () = Directory.GetFiles(out, "*", SearchOption.AllDirectories) |> Set.ofArray
                    let before = files ()
                    let text = ran [ "work"; file; "shard"; "0/1"; "out"; out ]

                    Expect.stringContains
                        text
                        $"nothing is done: the study was cancelled before, which {mark} says"
                        "why"

                    Expect.equal (files ()) before "nothing is done"
                    StudyCancellation(out).Withdraw()
                    ran [ file; "run"; "out"; out ] |> ignore
                    let text = ran [ "cancel"; file; "out"; out ]
                    Expect.stringContains text "nothing is left to cancel" "says so"
                    Expect.isFalse (text.Contains "retry") "and nothing of workers"
                    Expect.isFalse (StudyCancellation(out).IsAsked) "no mark")

            testCase "a worker without a part is told how it is given one"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let file = written folder "mine"

                    for words in [ []; [ "shard"; "" ] ] do
                        let text = refused ([ "work"; file; "out"; Path.Combine(folder, "out") ] @ words)
                        Expect.stringContains text $"e.g. study work {file} shard 0/4" text
                        Expect.isFalse (text.Contains "''") text)

            testCase "a word of a verb that is given twice is told so"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let file = written folder "mine"

                    for verb, word, one, other in
                        [
                            "submit", "workers", "2", "3"
                            "retry", "engine", "local", "slurm"
                            "work", "shard", "0/2", "1/2"
                            "collect", "to", "a", "b"
                        ] do
                        let text = refused [ verb; file; word; one; word; other; "out"; Path.Combine(folder, "out") ]
                        Expect.stringContains text $"error: {word} is given twice." text)

            testCase "collect says that runs of tuning are not among those it counts"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let file, out = written folder "mine", Path.Combine(folder, "out")
                    let collected () = ran [ "collect"; file; "out"; out ]
                    ran [ file; "run"; "out"; out ] |> ignore
                    let text = collected ()
                    Expect.stringContains text $"results.parquet: 4 runs; 'study {file} report'" "nothing is tuned"
                    let own = "tuned = \"regularization\"\nvalues = [1.0, 2.0]"

                    let tuned =
                        (File.ReadAllText file)
                            .Replace("model = \"itemMean\"", "model = \"itemMean\"\ntuned = \"none\"")
                            .Replace("model = \"bias\"", $"model = \"EASE\"\n{own}")

                    File.WriteAllText(file, "tuningSeed = 100\n" + tuned)
                    ran [ file; "run"; "out"; out ] |> ignore
                    let text = collected ()
                    Expect.stringContains text "4 runs, and the choices of tuning, whose runs are not counted" text)

            testCase "nothing is left to do of a finished study, and no worker is started"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let file, out = written folder "mine", Path.Combine(folder, "out")
                    ran [ file; "run"; "out"; out ] |> ignore
                    let files () = Directory.GetFileSystemEntries(out, "*", SearchOption.AllDirectories) |> Set.ofArray
                    let before = files ()

                    for verb in [ "submit"; "retry" ] do
                        let text = ran [ verb; file; "workers"; "2"; "out"; out ]
                        Expect.stringContains text "nothing is left to do" verb
                        Expect.isFalse (text.Contains "2 workers") "none is told of"

                    Expect.equal (files ()) before "nothing is written")

            testCase "a job that is still in the queue is told before another is submitted, and both are cancelled"
            <| fun () ->
                if OperatingSystem.IsWindows() then
                    skiptest "needs a shell"

                TempFolder.within (fun folder ->
                    let file, out = written folder "mine", Path.Combine(folder, "out")
                    let asked = Path.Combine(folder, "asked")
                    let jobs = Path.Combine(folder, "jobs")
                    let words = [ file; "engine"; "slurm"; "workers"; "3"; "out"; out ]
                    let queue = Path.Combine(folder, "queue")
                    File.WriteAllText(queue, "")

                    withPrograms
                        (Directory.CreateDirectory(Path.Combine(folder, "bin")).FullName)
                        [
                            "sbatch", $"echo x >> '{jobs}'; echo \"7$(wc -l < '{jobs}' | tr -d ' ')\""
                            "squeue", $"cat '{queue}'"
                            "scancel", $"echo \"$@\" > '{asked}'"
                        ]
                        (fun () ->
                            let first = ran ("submit" :: words)
                            Expect.stringContains first "job 71: 3 workers" "submitted"
                            Expect.isFalse (first.Contains "note:") "nothing waits"
                            File.WriteAllText(queue, "71 PENDING\n71 RUNNING\n71 PENDING\n5 PENDING\n")
                            let again = ran ("retry" :: words)
                            Expect.stringContains again "job 71 has 2 tasks in the queue and 1 running" "told"
                            Expect.stringContains again "no run is made twice" "what it means"
                            Expect.stringContains again "job 72" "and submitted"
                            ran [ "cancel"; file; "out"; out ] |> ignore
                            Expect.equal (File.ReadAllText asked) "--state=PENDING 71 72\n" "both"
                            File.WriteAllText(queue, "")
                            Expect.isFalse ((ran ("retry" :: words)).Contains "note:") "none waits any more"
                            ran [ "cancel"; file; "out"; out ] |> ignore
                            Expect.equal (File.ReadAllText asked) "--state=PENDING 73\n" "the last alone"))

            testCase "a wrong number is told in one line, with its name and what is expected"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let file = written folder "mine"

                    for verb, name, value in
                        [
                            "submit", "workers", "many"
                            "submit", "atOnce", "0"
                            "submit", "threads", "-1"
                            "submit", "memory", "2GB"
                            "simulate", "cores", "1.5"
                            "simulate", "nodes", "x"
                            "simulate", "runs", "0"
                        ] do
                        let text = refused [ verb; file; name; value; "out"; folder ]

                        let told =
                            text.TrimEnd().Split '\n' |> Array.filter (fun line -> not (line.StartsWith "'help'"))

                        Expect.hasLength told 1 text
                        Expect.stringContains told[0] $"{name} is '{value}'; expected a whole number from 1" text

                    // A number that is one, but too large, is told how large it may be.
                    for verb, name in [ "submit", "workers"; "submit", "minutes"; "simulate", "runs" ] do
                        let text = refused [ verb; file; name; "99999999999"; "out"; folder ]
                        Expect.stringContains text "2147483647" text)

            testCase "a time limit is read in minutes or with its unit"
            <| fun () ->
                if OperatingSystem.IsWindows() then
                    skiptest "needs a shell"

                TempFolder.within (fun folder ->
                    let file = written folder "mine"
                    let programs = Directory.CreateDirectory(Path.Combine(folder, "bin")).FullName

                    withPrograms programs [ "sbatch", "echo 7"; "squeue", "true" ] (fun () ->
                        for given, minutes in [ "1 hour", 60; "90", 90; "20 minutes", 20; "601 seconds", 11 ] do
                            let out = Path.Combine(folder, $"out {minutes}")

                            ran [ "submit"; file; "engine"; "slurm"; "workers"; "2"; "minutes"; given; "out"; out ]
                            |> ignore

                            let script = File.ReadAllText(Path.Combine(out, "workers.sbatch"))
                            Expect.stringContains script $"--time={minutes}\n" given))

            testCase "a misspelt verb before the study is named, with the nearest"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let file = written folder "mine"

                    for verb, nearest in [ "reprot", "report"; "stauts", "status"; "wrok", "work"; "cancle", "cancel" ] do
                        for study in [ file; "robustness" ] do
                            let text = refused [ verb; study; "out"; folder ]
                            Expect.stringContains text $"'{verb}' before '{study}' is no verb" text
                            Expect.stringContains text $"did you mean '{nearest}'" text)

            testCase "simulated numbers have their thousands apart"
            <| fun () ->
                let text = ConsoleTable.text (WorkTables.simulation (Seq.replicate 2000 60.0) [ 1000 ] 32 60)

                for part in [ "2,000 runs"; "1,000"; "32,000" ] do
                    Expect.stringContains text part part
        ]
