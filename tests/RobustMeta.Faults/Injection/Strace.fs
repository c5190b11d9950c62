/// Children of strace, which answers system calls of theirs with errors, or kills them there.
module RobustMeta.Faults.Injection.Strace

open System
open System.IO
open Expecto

let private isThere =
    lazy
        (Environment.GetEnvironmentVariable "PATH"
         |> nonNull
         |> _.Split(Path.PathSeparator)
         |> Array.exists (fun folder -> File.Exists(Path.Combine(folder, "strace"))))

/// Skips a test where strace is not installed.
let need () =
    if not isThere.Value then
        skiptest "strace is not installed"

/// The beginning of a command line: what happens to a system call the time `number` of a thread goes into the file `log`. All files
/// count: limited to a folder (`-P`) strace sees the calls that name the folder itself, and none that names a file in it.
let inject (log: string) (call: string) (what: string) (number: int) : string list =
    [ "strace"; "-f"; "-qq"; "-o"; log ] @ [ "-e"; $"trace={call}"; "-e"; $"inject={call}:{what}:when={number}" ]

/// What the runtime writes for itself is not ours: it is told to write nothing.
let variables = [ "DOTNET_EnableWriteXorExecute", "0"; "DOTNET_EnableDiagnostics", "0" ]

/// Whether a call was answered with an error, by the log.
let isInjected (log: string) : bool =
    File.ReadLines log |> Seq.exists _.Contains("(INJECTED)", StringComparison.Ordinal)
