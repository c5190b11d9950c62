/// Files are replaced in one step, and what dead processes left half written goes.
module RobustMeta.Tests.Runtime.DurableFileTests

open System
open System.Diagnostics
open System.IO
open System.Threading
open System.Threading.Tasks
open Expecto
open RobustMeta.Runtime
open RobustMeta.Tests.TempFolder

/// Number of a process that has ended.
let private deadProcess () =
    use ended = Process.Start(ProcessStartInfo("dotnet", "--version", RedirectStandardOutput = true))
    ended.WaitForExit()
    ended.Id

[<Tests>]
let tests =
    testList
        "DurableFile"
        [
            testCase "a file is written and replaced, and nothing else stays"
            <| fun () ->
                within (fun folder ->
                    let path = Path.Combine(folder, "a.csv")
                    DurableFile.Write(path, "old")
                    DurableFile.Write(path, "naïve\n")
                    Expect.equal (File.ReadAllBytes path) (Text.Encoding.UTF8.GetBytes "naïve\n") "bytes"
                    Expect.equal (Directory.GetFileSystemEntries folder) [| path |] "files")

            testCase "a write that fails leaves the old file and no other"
            <| fun () ->
                within (fun folder ->
                    let path = Path.Combine(folder, "a.csv")
                    DurableFile.Write(path, "old")

                    let failing (stream: Stream) =
                        stream.Write(ReadOnlySpan<byte> [| 1uy |])
                        raise (IOException "No space left on device")

                    Expect.throwsT<IOException> (fun () -> DurableFile.Write(path, Action<Stream> failing)) "it fails"
                    Expect.equal (File.ReadAllText path) "old" "the old one"
                    Expect.equal (Directory.GetFileSystemEntries folder) [| path |] "files")

            testCase "a device, a pipe or a folder is not replaced"
            <| fun () ->
                if OperatingSystem.IsLinux() then
                    within (fun folder ->
                        let pipe = Path.Combine(folder, "pipe")
                        use made = Process.Start("mkfifo", pipe)
                        made.WaitForExit()

                        for path in [ pipe; folder ] do
                            Expect.throwsC (fun () -> DurableFile.Write(path, "x")) (fun error ->
                                Expect.isTrue (error :? IOException) "kind"
                                Expect.stringContains error.Message $"{path} is a folder, pipe or device" "message")

                        Expect.equal (Directory.GetFileSystemEntries folder) [| pipe |] "nothing beside it")

            testCase "a path that goes up from a folder that is not there is the shorter path, for the system too"
            <| fun () ->
                within (fun folder ->
                    let up = Path.Combine(folder, "nowhere", "..")
                    let path = Path.Combine(up, "a.csv")

                    for text in [ "old"; "new" ] do
                        DurableFile.Write(path, text)
                        DurableFile.FlushFolder up

                    Expect.equal (File.ReadAllText(Path.Combine(folder, "a.csv"))) "new" "text")

            testCase "an error of fsync is not hidden"
            <| fun () ->
                if OperatingSystem.IsLinux() then
                    // A pipe cannot be brought onto a disk: fsync answers EINVAL, which .NET's own call swallows.
                    let pipe = "/proc/self/fd/0"

                    if File.Exists "/dev/null" then
                        Expect.throwsT<IOException> (fun () -> DurableFile.Flush "/dev/null") pipe

            testCase "unfinished files of dead processes go, those of living ones and of other machines stay"
            <| fun () ->
                within (fun folder ->
                    let mine = TemporaryFile.Beside(Path.Combine(folder, "a.csv"))
                    let parts = Path.GetFileName(mine).Split '.'
                    let named origin (pid: int) = Path.Combine(folder, $"a.csv.{origin}.{pid}.{parts[4]}.part")
                    let dead = named parts[2] (deadProcess ())
                    let alive = named parts[2] Environment.ProcessId
                    let elsewhere = named "0123456789ab" 1
                    let old = Path.Combine(folder, $"b.csv.0123456789ab.4711.{parts[4]}.part")
                    let foreign = Path.Combine(folder, "film.1080.part")

                    for path in [ dead; alive; elsewhere; old; foreign ] do
                        File.WriteAllText(path, "half")

                    File.SetLastWriteTimeUtc(foreign, DateTime.UtcNow.AddDays -20.0)

                    File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddDays -2.0)
                    Expect.equal (TemporaryFile.Sweep folder) 2 "removed"
                    Expect.isFalse (File.Exists dead) "of a dead process"
                    Expect.isFalse (File.Exists old) "of long ago"
                    Expect.isTrue (File.Exists alive) "of this process"
                    Expect.isTrue (File.Exists elsewhere) "of another machine"
                    Expect.isTrue (File.Exists foreign) "of another program")

            testCase "beside a folder what was left of it goes, and of no other"
            <| fun () ->
                within (fun folder ->
                    let place = Path.Combine(folder, "own")
                    let parts = Path.GetFileName(TemporaryFile.Beside place).Split '.'
                    let left name = Path.Combine(folder, $"{name}.{parts[1]}.{deadProcess ()}.{parts[3]}.part")
                    let mine, other = left "own", left "own.2"
                    write "half" (Path.Combine(mine, "below", "a.csv"))
                    write "half" other
                    Expect.equal (TemporaryFile.SweepBeside place) 1 "removed"
                    Expect.equal (Directory.GetFileSystemEntries folder) [| other |] "what stays")

            testCase "an unfinished folder goes as a file does, and what other programs call .part stays"
            <| fun () ->
                within (fun folder ->
                    let mine = TemporaryFile.Beside(Path.Combine(folder, "ml-100k"))
                    let parts = Path.GetFileName(mine).Split '.'
                    let dead = Path.Combine(folder, $"ml-100k.{parts[1]}.{deadProcess ()}.{parts[3]}.part")
                    write "half" (Path.Combine(dead, "below", "u.data"))
                    let foreign = Path.Combine(folder, "film.mkv.part")
                    write "half" foreign
                    File.SetLastWriteTimeUtc(foreign, DateTime.UtcNow.AddDays -20.0)
                    Expect.equal (TemporaryFile.Sweep folder) 1 "removed"
                    Expect.equal (Directory.GetFileSystemEntries folder) [| foreign |] "what stays")

            testCase "a lock has one holder at a time, and its file goes with the last"
            <| fun () ->
                within (fun folder ->
                    let path = Path.Combine(folder, "run.lock")
                    let mutable inside = 0
                    let mutable most = 0
                    let mutable entered = 0

                    let work _ =
                        for _ in 1..20 do
                            use _ = FileLock.Take path
                            most <- max most (Interlocked.Increment &inside)
                            entered <- entered + 1
                            Thread.Sleep 1
                            Interlocked.Decrement &inside |> ignore

                    Parallel.For(0, 3, work) |> ignore
                    Expect.equal most 1 "at once"
                    Expect.equal entered 60 "in all"
                    Expect.isFalse (File.Exists path) "file")

            testCase "waiting for a lock is said once and ends when it is cancelled"
            <| fun () ->
                within (fun folder ->
                    let path = Path.Combine(folder, "run.lock")
                    use _ = FileLock.Take path
                    use source = new CancellationTokenSource(500)
                    let mutable told = 0

                    Expect.throwsT<OperationCanceledException>
                        (fun () -> FileLock.Take(path, (fun () -> told <- told + 1), source.Token) |> ignore)
                        "cancelled"

                    Expect.equal told 1 "told")
        ]
