/// 24 small runs by each engine: the stores are the same bytes.
module RobustMeta.Faults.Workers.EngineTests

open System
open System.Diagnostics
open System.IO
open System.Threading
open Expecto
open RobustMeta.Tests.TempFolder
open RobustMeta.Faults.Workers

let private submit engine variables file out (more: string list) =
    SmallStudy.run variables ([ "submit"; file; "engine"; engine; "workers"; "2"; "out"; out ] @ more)

/// Waits until a Slurm job array is gone from the queue; tells what it printed where it is not after some minutes.
let waitFor (cluster: Cluster.Cluster) (minutes: float) =
    let clock = Stopwatch.StartNew()

    while cluster.Status.Contains "robustme" && clock.Elapsed.TotalMinutes < minutes do
        Thread.Sleep 500

    Expect.isFalse (cluster.Status.Contains "robustme") $"the job has not ended: {cluster.Status}"

[<Tests>]
let tests =
    testList
        "engines"
        [
            testCase "local workers leave the bytes of one process, and so do double submission and two collectors"
            <| fun () ->
                within (fun folder ->
                    let file = SmallStudy.write folder 2
                    let expected = SmallStudy.undisturbed folder file
                    let out = Path.Combine(folder, "local")

                    let submits =
                        [
                            for _ in 1..2 ->
                                SmallStudy.start [] [ "submit"; file; "engine"; "local"; "workers"; "2"; "out"; out ]
                        ]

                    for command in submits do
                        Expect.equal (command.Wait()) 0 command.Text

                    SmallStudy.expectWhole expected out "submitted twice at once"

                    let trained =
                        submits
                        |> List.sumBy (fun c ->
                            c.Text.Split('\n') |> Seq.filter (fun l -> l.Contains " on validation;") |> Seq.length)

                    Expect.equal trained SmallStudy.runs "each run was trained once"

                    let collectors = [ for _ in 1..2 -> SmallStudy.start [] [ "collect"; file; "out"; out ] ]

                    for command in collectors do
                        Expect.equal (command.Wait()) 0 command.Text

                    Expect.isEmpty (Directory.GetFiles(out, "*.part")) "no half file")

            testCase "GNU parallel leaves the bytes of one process"
            <| fun () ->
                Cluster.need [ "parallel" ]

                within (fun folder ->
                    let file = SmallStudy.write folder 2
                    let expected = SmallStudy.undisturbed folder file
                    let out = Path.Combine(folder, "par{#}x {}")
                    submit "parallel" [] file out [] |> ignore
                    SmallStudy.expectWhole expected out "GNU parallel")

            testCase "GNU parallel over ssh on two hosts leaves the bytes of one process"
            <| fun () ->
                Cluster.need [ "parallel" ]

                within (fun folder ->
                    use hosts = SshHosts.start (Path.Combine(folder, "ssh"))
                    let file = SmallStudy.write folder 2
                    let expected = SmallStudy.undisturbed folder file
                    let out = Path.Combine(folder, "over ssh")
                    submit "parallel" [] file out [ "hosts"; hosts.File ] |> ignore
                    SmallStudy.expectWhole expected out "GNU parallel over ssh"
                    let log = File.ReadAllText(Path.Combine(out, "parallel.log"))

                    for host in [ "one"; "two" ] do
                        Expect.stringContains log $" {host}\t" "each host had a worker")

            testCase "Slurm on two nodes leaves the bytes of one process"
            <| fun () ->
                within (fun folder ->
                    use cluster = Cluster.start ()
                    let file = SmallStudy.write folder 2
                    let expected = SmallStudy.undisturbed folder file
                    let out = Path.Combine(folder, "50%a {#} x")
                    submit "slurm" cluster.Variables file out [] |> ignore
                    waitFor cluster 3.0
                    SmallStudy.expectWhole expected out "Slurm"

                    let logs =
                        Directory.GetFiles(Path.Combine(out, "logs"))
                        |> Array.sumBy (fun f -> File.ReadAllText(f).Length)

                    Expect.isGreaterThan logs 0 "what workers say is kept")

            testCase "cancel ends local workers, which save; retry goes on to the same bytes"
            <| fun () ->
                within (fun folder ->
                    let file = SmallStudy.write folder 600
                    let expected = SmallStudy.undisturbed folder file
                    let out = Path.Combine(folder, "cancelled")
                    let words = [ file; "engine"; "local"; "workers"; "2"; "out"; out ]
                    let submitted = SmallStudy.start [] ("submit" :: words)
                    Expect.isTrue (submitted.Prints " on validation;") submitted.Text
                    SmallStudy.run [] [ "cancel"; file; "out"; out ] |> ignore
                    Expect.equal (submitted.Wait()) 0 submitted.Text
                    Expect.stringContains submitted.Text "cancelled; 'study retry'" "told"

                    Expect.isLessThan
                        (Directory.GetFiles(out, "done", SearchOption.AllDirectories).Length)
                        SmallStudy.runs
                        "before the end"

                    SmallStudy.run [] ("retry" :: words) |> ignore
                    SmallStudy.expectWhole expected out "cancelled and gone on")
        ]
