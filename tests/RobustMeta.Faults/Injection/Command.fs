/// The command line as a child process: this program again, with a word that says so.
module RobustMeta.Faults.Injection.Command

open System
open System.Diagnostics
open System.IO
open System.Security.Cryptography
open System.Threading

/// First argument of a child.
[<Literal>]
let Marker = "--command"

/// A running command, with what it has printed so far.
type Running(child: Process) =
    let text = Text.StringBuilder()

    let keep (line: string) =
        if not (isNull line) then
            lock text (fun () -> text.AppendLine line |> ignore)

    do
        child.OutputDataReceived.Add(fun e -> keep e.Data)
        child.ErrorDataReceived.Add(fun e -> keep e.Data)
        child.BeginOutputReadLine()
        child.BeginErrorReadLine()

    member _.Id = child.Id
    member _.HasExited = child.HasExited
    member _.Text = lock text (fun () -> string text)

    /// Waits until a text is printed; false where the command ended before, or did not print it within three minutes.
    member this.Prints(part: string) =
        let clock = Stopwatch.StartNew()

        while not (this.Text.Contains part || child.HasExited) && clock.Elapsed.TotalMinutes < 3.0 do
            Thread.Sleep 5

        this.Text.Contains part

    /// Ends the process as a loss of power would: it is not asked.
    member _.Kill() =
        try
            child.Kill()
        with :? InvalidOperationException ->
            ()

        child.WaitForExit()

    /// Sends a signal by its name.
    member _.Signal(name: string) =
        use sent = Process.Start("kill", [ $"-{name}"; string child.Id ])
        sent.WaitForExit()

    /// The exit code, after all output has arrived.
    member _.Wait() =
        if not (child.WaitForExit 180_000) then
            child.Kill()
            failwith "the command did not end within three minutes"

        child.WaitForExit()
        child.ExitCode

let private program = Path.Combine(AppContext.BaseDirectory, "RobustMeta.Faults.dll")

let private startWords (before: string list) (variables: (string * string) list) (words: string list) =
    // A parent in the background, or under nohup, leaves signals ignored to its children; `env` puts them back.
    let info = ProcessStartInfo("env", "--default-signal=INT,HUP,TERM" :: before @ words)

    info.RedirectStandardOutput <- true
    info.RedirectStandardError <- true
    info.Environment["ROBUSTMETA_OFFLINE"] <- "1"

    for name, value in variables do
        info.Environment[name] <- value

    Running(Process.Start info)

/// The whole command line of a command.
let line (words: string list) = "dotnet" :: program :: Marker :: words

/// Starts a command as the child of another program, with variables of the environment.
let startUnder (parent: string list) variables words = startWords parent variables (line words)

/// Starts another program of this folder with variables of the environment.
let startProgram (program: string) variables words = startWords [ "dotnet"; program ] variables words

/// Starts a program that can write no file longer than some kilobytes, as if its disk were full.
let startLimited (kilobytes: int) (program: string) words =
    let limit = $"trap '' XFSZ; ulimit -f {kilobytes}; exec dotnet \"$@\""
    startWords [ "bash"; "-c"; limit; "bash"; program ] [ "DOTNET_EnableWriteXorExecute", "0" ] words

/// Starts a command with variables of the environment.
let start variables words = startUnder [] variables words

/// Runs a command to its end: exit code and text.
let run variables words =
    let command = start variables words
    let code = command.Wait()
    code, command.Text

/// Settings of a training of a second or two.
let small = [ "userNum"; "120"; "epoch"; "12"; "shiftDraws"; "1"; "baselines"; "none" ]

/// SHA-256 of all result files below a folder, by name, but for those that hold times.
let results (root: string) =
    [
        for file in Directory.GetFiles(root, "*", SearchOption.AllDirectories) |> Array.sort do
            if Path.GetFileName file <> "timing.csv" then
                Path.GetRelativePath(root, file), Convert.ToHexString(SHA256.HashData(File.ReadAllBytes file))
    ]
