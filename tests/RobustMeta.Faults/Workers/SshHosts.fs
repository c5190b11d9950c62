/// Two hosts that ssh reaches without a password: two ports of a private ssh server on this machine, for as long as a test takes.
module RobustMeta.Faults.Workers.SshHosts

open System
open System.Diagnostics
open System.IO
open Expecto

let private run (program: string) (words: string list) =
    use started = nonNull (Process.Start(ProcessStartInfo(program, words)))
    started.WaitForExit()
    Expect.equal started.ExitCode 0 program

/// A started server, its keys in a folder of its own.
type SshHosts(home: string) =
    let port = 30000 + Environment.ProcessId % 9000 * 2
    let within name = Path.Combine(home, name)

    let server =
        run "ssh-keygen" [ "-q"; "-t"; "ed25519"; "-N"; ""; "-f"; within "host" ]
        run "ssh-keygen" [ "-q"; "-t"; "ed25519"; "-N"; ""; "-f"; within "user" ]

        if Environment.IsPrivilegedProcess then
            // Where root's sshd separates its privileges.
            Directory.CreateDirectory "/run/sshd" |> ignore

        File.WriteAllText(
            within "sshd_config",
            $"ListenAddress 127.0.0.1\nPort {port}\nPort {port + 1}\nHostKey {home}/host\nAuthorizedKeysFile {home}/user.pub\n"
            + $"PidFile {home}/pid\nUsePAM no\nPasswordAuthentication no\nStrictModes no\n"
        )

        let hosts =
            [ for i, name in [ 0, "one"; 1, "two" ] -> $"Host {name}\n  HostName 127.0.0.1\n  Port {port + i}\n" ]

        File.WriteAllText(
            within "config",
            String.concat "" hosts
            + $"Host *\n  IdentityFile {home}/user\n  IdentitiesOnly yes\n  UserKnownHostsFile {home}/known\n  StrictHostKeyChecking accept-new\n  LogLevel ERROR\n"
        )

        File.WriteAllText(within "hosts", $"1/ssh -F {home}/config one\n1/ssh -F {home}/config two\n")
        // In the foreground, so that it ends with the test; an absolute path, as it asks for.
        nonNull (Process.Start("/usr/sbin/sshd", [ "-D"; "-f"; within "sshd_config"; "-E"; within "log" ]))

    do
        let clock = Stopwatch.StartNew()

        while not (File.Exists(within "pid")) && clock.Elapsed.TotalSeconds < 30.0 && not server.HasExited do
            Threading.Thread.Sleep 50

        Expect.isTrue (File.Exists(within "pid")) "the ssh server does not start"

    /// The file of hosts, as GNU parallel reads it.
    member _.File = within "hosts"

    /// What the server says, at which port each connection came in.
    member _.Log = File.ReadAllText(within "log")

    interface IDisposable with
        member _.Dispose() =
            server.Kill()
            server.WaitForExit()
            server.Dispose()

/// Starts it; skips the test where a program is not installed.
let start (home: string) =
    Cluster.need [ "sshd"; "ssh"; "ssh-keygen" ]
    Directory.CreateDirectory home |> ignore
    new SshHosts(home)
