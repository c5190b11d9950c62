/// A private Slurm of two emulated nodes, for as long as a test takes.
module RobustMeta.Faults.Workers.Cluster

open System
open System.Diagnostics
open System.IO
open Expecto

let rec private above (folder: string) =
    let script = Path.Combine(folder, ".ci", "slurm")
    if File.Exists script then script else above (Path.GetDirectoryName folder)

let private script = lazy (above AppContext.BaseDirectory)

let private found (program: string) =
    Environment.GetEnvironmentVariable("PATH").Split(':')
    |> Seq.append [ "/usr/sbin" ]
    |> Seq.exists (fun folder -> File.Exists(Path.Combine(folder, program)))

/// Skips a test by name where a program is not installed.
let need (programs: string list) =
    for program in programs do
        if not (found program) then
            skiptest $"{program} is not installed"

/// A started cluster: its variables of the environment.
type Cluster(home: string) =
    let port = 20000 + Environment.ProcessId % 9000 * 4

    let run (word: string) (name: string list) =
        let info = ProcessStartInfo(script.Value, word :: name)
        info.Environment["SLURM_DEV_HOME"] <- home
        info.Environment["SLURM_DEV_PORT"] <- string port
        info.RedirectStandardOutput <- true
        use started = Process.Start info
        let text = started.StandardOutput.ReadToEnd()
        started.WaitForExit()
        started.ExitCode, text

    do
        let code, text = run "start" []
        Expect.equal code 0 $"the cluster does not start: {text}"

    member _.Variables = [ "SLURM_CONF", Path.Combine(home, "etc", "slurm.conf") ]

    /// Ends a daemon as a crash does; a node (n1, n2) with all that it runs.
    member _.Kill(name: string) = run "kill" [ name ] |> ignore

    /// Starts a daemon again.
    member _.Revive(name: string) =
        let code, text = run "revive" [ name ]
        Expect.equal code 0 $"{name} does not start again: {text}"

    /// What waits, runs and has run.
    member _.Status = run "status" [] |> snd

    interface IDisposable with
        member _.Dispose() =
            run "stop" [] |> ignore

            if Directory.Exists home then
                Directory.Delete(home, true)

/// Starts a cluster, or skips the test where it cannot be.
let start () =
    need [ "sbatch"; "slurmctld"; "slurmd"; "munged" ]
    // A socket is in it, whose path may have 108 letters.
    new Cluster(Path.Combine(Path.GetTempPath(), $"sl{Environment.ProcessId}"))
