/// Power cuts, by copies of a file system at many moments: a folder that says that it is finished is whole in every copy, and the
/// same command ends with the same bytes on what is left.
module RobustMeta.Faults.Injection.PowerCutTests

open System
open System.Diagnostics
open System.IO
open System.Security.Cryptography
open System.Threading
open Expecto
open RobustMeta.Faults
open RobustMeta.Faults.Workers
open RobustMeta.Tests.TempFolder

/// Whether all that a list of files names is there, by size and SHA-256, and the list has its end.
let private isWhole (list: string) =
    let folder = Path.GetDirectoryName list
    let lines = File.ReadAllLines list

    let isAsListed (line: string) =
        match line.Split ',' with
        | [| name; bytes; hash |] when File.Exists(Path.Combine(folder, name)) ->
            let content = File.ReadAllBytes(Path.Combine(folder, name))
            string content.Length = bytes && Convert.ToHexStringLower(SHA256.HashData content) = hash
        | _ -> false

    lines.Length > 2
    && lines[lines.Length - 1] = $"end,{lines.Length - 2},"
    && Array.forall isAsListed lines[1 .. lines.Length - 2]

let private files (root: string) (name: string) =
    if Directory.Exists root then
        Directory.GetFiles(root, name, SearchOption.AllDirectories)
    else
        [||]

/// What is wrong after a power cut: finished folders that are not whole, rows of results of runs that are not there.
let private damage (root: string) =
    [
        for list in files root "done" do
            if not (isWhole list) then
                $"{Path.GetRelativePath(root, list)} is there, and not all that it names"

        for table in files root "performance.csv" do
            let lines = File.ReadAllText(table).Split('\n', StringSplitOptions.RemoveEmptyEntries)

            if lines.Length = 0 then
                "performance.csv is empty"

            for row in lines[1..] do
                let run = row.Split(',') |> Array.last

                if not (File.Exists(Path.Combine(Path.GetDirectoryName table, run, "done"))) then
                    $"performance.csv has the row '{row}' of a run that is not there"
    ]

/// What was seen over all power cuts: how many there were, how many finished folders in them, what was damaged.
type private Seen() =
    member val Cuts = 0 with get, set
    member val Finished = 0 with get, set
    member val Ended = 0 with get, set
    member val Damage: string list = [] with get, set

/// Cuts the power at random moments while commands work, and for seconds after their end. After every `resumed`-th cut `goOn` is
/// called with what is left.
let private watch (disk: SmallDisk.SmallDisk) (commands: Command.Running list) seconds resumed (goOn: string -> unit) =
    let random, seen = Random 29, Seen()
    let atWork () = commands |> List.filter (fun command -> not command.HasExited)

    let look left =
        let out = Path.Combine(left, "out")
        seen.Cuts <- seen.Cuts + 1
        seen.Finished <- seen.Finished + (files out "done").Length
        seen.Damage <- seen.Damage @ damage out

        if seen.Cuts % resumed = 0 then
            goOn out
            seen.Ended <- seen.Ended + 1

    // The commands rest meanwhile, as if all were over.
    let cut () =
        let resting = atWork ()

        for command in resting do
            command.Signal "STOP"

        try
            disk.Cut look
        finally
            for command in resting do
                command.Signal "CONT"

    try
        while not (atWork ()).IsEmpty do
            Thread.Sleep(random.Next 300)
            cut ()
    with _ ->
        // The disk could not be unmounted otherwise.
        for command in commands do
            command.Kill()

        reraise ()

    let clock = Stopwatch.StartNew()

    while clock.Elapsed.TotalSeconds < seconds do
        cut ()
        Thread.Sleep 500

    seen

let private runWords (out: string) = [ "run"; "MeLU" ] @ Command.small @ [ "out"; out ]
let private outOf (disk: SmallDisk.SmallDisk) = Path.Combine(disk.Place, "out")

let private expectSame found expected =
    // A process writes them that lives on beside the copy of its disk.
    let found = found |> List.filter (fun (name: string, _) -> not (name.EndsWith(".part", StringComparison.Ordinal)))
    let names files = files |> List.map fst |> String.concat ", "
    Expect.equal (names (List.except found expected)) "" "files that are missing or differ after the same command"
    Expect.equal (names (List.except expected found)) "" "files that are too many after the same command"

let private run =
    testCase "a run"
    <| fun () ->
        within (fun folder ->
            use disk = new SmallDisk.SmallDisk(folder)
            let whole = Path.Combine(folder, "whole")
            let code, text = Command.run [] (runWords whole)
            Expect.equal code 0 text
            let expected = Command.results whole

            let goOn out =
                let code, text = Command.run [] (runWords out)
                Expect.equal code 0 text
                expectSame (Command.results out) expected

            let command = Command.start [] (runWords (outOf disk))
            let seen = watch disk [ command ] (float (Extent.either 3 30)) (Extent.either 5 3) goOn
            Expect.equal (command.Wait()) 0 command.Text
            Expect.isEmpty seen.Damage "after a power cut"
            Expect.isGreaterThan seen.Finished 0 "the end was seen"
            printfn $"power cuts: a run, {seen.Cuts} cuts, {seen.Finished} finished folders in them, 0 damaged"
            printfn $"power cuts: {seen.Ended} times the same command came to the same bytes on what was left")

let private study =
    testCase "a study of two processes"
    <| fun () ->
        if not Extent.isLong then
            skiptest "in the long form alone"

        within (fun folder ->
            use disk = new SmallDisk.SmallDisk(folder)
            let file = SmallStudy.write folder 2
            let expected = SmallStudy.undisturbed folder file

            let goOn out =
                SmallStudy.run [] [ file; "run"; "out"; out ] |> ignore
                expectSame (SmallStudy.results out) expected

            let words = [ file; "run"; "out"; outOf disk ]
            let both = [ SmallStudy.start [] words; SmallStudy.start [] words ]
            let seen = watch disk both 5.0 5 goOn

            for command in both do
                Expect.equal (command.Wait()) 0 command.Text

            Expect.isEmpty seen.Damage "after a power cut"
            printfn $"power cuts: a study, {seen.Cuts} cuts, {seen.Finished} finished folders in them, 0 damaged"
            printfn $"power cuts: {seen.Ended} times the same command came to the same bytes on what was left")

let private unsynced =
    testCase "without fsync the same test finds damage"
    <| fun () ->
        if not Extent.isLong then
            skiptest "in the long form alone"

        Cluster.need [ "strace" ]

        within (fun folder ->
            use disk = new SmallDisk.SmallDisk(folder)
            // Every fsync answers that all went well, and does nothing.
            let deaf = [ "strace"; "-f"; "-qq"; "-o"; "/dev/null"; "-e"; "trace=fsync"; "-e"; "inject=fsync:retval=0" ]
            let command = Command.startUnder deaf [] (runWords (outOf disk))
            let seen = watch disk [ command ] 10.0 Int32.MaxValue ignore
            Expect.equal (command.Wait()) 0 command.Text
            Expect.isNonEmpty seen.Damage "nothing was flushed, and nothing seen"

            printfn
                $"power cuts without fsync: {seen.Damage.Length} damages in {seen.Cuts} cuts, such as {seen.Damage.Head}")

[<Tests>]
let tests = testList "power cuts, by copies of a file system" [ run; study; unsynced ]
