/// System calls that fail, and the order in which they reach the disk, by strace. Skipped by name where it is not installed.
module RobustMeta.Faults.Injection.StraceTests

open System
open System.Collections.Generic
open System.IO
open System.Text.RegularExpressions
open Expecto
open RobustMeta.Faults
open RobustMeta.Tests.TempFolder

let private words out = [ "run"; "MeLU" ] @ Command.small @ [ "out"; out ]

/// Calls, errors and the number of the call of a thread that fails.
let private faults =
    [
        for call in [ "fsync"; "rename" ] do
            for error in [ "EIO"; "ENOSPC"; "EACCES" ] do
                for number in (if Extent.isLong then [ 1..5 ] else [ 1 + (call + error).Length % 4 ]) do
                    call, error, number
        for error in [ "EIO"; "ENOSPC"; "EDQUOT" ] do
            "pwrite64", error, (if Extent.isLong then 3 else 2)
    ]

/// What the command leaves where nothing fails.
let private expected =
    lazy
        (let mutable results = []

         within (fun whole ->
             let code, text = Command.run [] (words whole)
             Expect.equal code 0 text
             results <- Command.results whole)

         results)

let private errors =
    testList
        "system calls that fail"
        [
            for call, error, number in faults do
                testCase $"{call} answers {error} the time {number}"
                <| fun () ->
                    Strace.need ()

                    within (fun folder ->
                        let torn, log = Path.Combine(folder, "torn"), Path.Combine(folder, "log")
                        let inject = Strace.inject log call $"error={error}" number
                        let command = Command.startUnder inject Strace.variables (words torn)
                        let code = command.Wait()
                        Expect.isTrue (Strace.isInjected log) "a call failed"
                        Expect.isFalse (command.Text.Contains "   at ") $"a stack trace: {command.Text}"
                        Expect.isTrue (code = 0 || code = 1) $"exit {code}: {command.Text}"

                        if code = 1 then
                            Expect.stringContains command.Text "error: " "said"

                        let code, text = Command.run [] (words torn)
                        Expect.equal code 0 text
                        Expect.equal (Command.results torn) expected.Value "results once the disk works")
        ]

/// What a power cut at this moment would leave of a file: nothing is known of bytes that were not synced.
type private Disk() =
    let dirty = HashSet<string>()
    member _.Written path = dirty.Add path |> ignore
    member _.Synced path = dirty.Remove path |> ignore
    member _.IsDirty path = dirty.Contains path

    member _.Renamed (from: string) (target: string) =
        if dirty.Remove from then
            dirty.Add target |> ignore
        else
            dirty.Remove target |> ignore

let private written = Regex(@"^\d+ +(?:write|pwrite64|ftruncate)\(\d+<([^>]+)>")
let private synced = Regex(@"^\d+ +fsync\(\d+<([^>]+)>\) += 0")
let private renamed = Regex("^\\d+ +rename\\(\"([^\"]+)\", \"([^\"]+)\"\\) += 0")

/// Files that were renamed into place, or listed as finished, before their bytes were on the disk.
let private early (out: string) (log: string seq) =
    let disk = Disk()

    [
        for line in log do
            let w, s, r = written.Match line, synced.Match line, renamed.Match line

            if w.Success then
                disk.Written w.Groups[1].Value
            elif s.Success then
                disk.Synced s.Groups[1].Value
            elif r.Success then
                let from, target = r.Groups[1].Value, r.Groups[2].Value

                if
                    target.StartsWith(out, StringComparison.Ordinal)
                    && disk.IsDirty from
                    && Path.GetExtension target = ""
                then
                    $"{target} was renamed before it was synced"

                disk.Renamed from target

                if Path.GetFileName target = "done" then
                    for file in Directory.GetFiles(Path.GetDirectoryName target |> nonNull) do
                        if disk.IsDirty file && Path.GetFileName file <> "timing.csv" then
                            $"done was there before {file} was synced"
    ]

let private order =
    testCase "power cut: whatever 'done' lists is on the disk before it, by the order of system calls"
    <| fun () ->
        Strace.need ()

        within (fun folder ->
            let out, log = Path.Combine(folder, "out"), Path.Combine(folder, "log")

            let command =
                Command.startUnder
                    [ "strace"; "-f"; "-qq"; "-y"; "-o"; log; "-e"; "trace=write,pwrite64,ftruncate,fsync,rename" ]
                    []
                    (words out)

            Expect.equal (command.Wait()) 0 command.Text
            let lines = File.ReadAllLines log
            let count (pattern: Regex) = lines |> Array.filter pattern.IsMatch |> Array.length
            printfn $"system calls: {count written} writes, {count synced} fsyncs, {count renamed} renames"
            Expect.isGreaterThan (count synced) 10 "fsyncs were seen"
            Expect.isTrue (lines |> Array.exists (fun line -> line.Contains "/done\"")) "done was seen"
            Expect.isEmpty (early out lines) "too early")

[<Tests>]
let tests = testList "strace" [ errors; order ]
