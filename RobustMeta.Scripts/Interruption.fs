/// Ctrl-C, SIGTERM and SIGHUP. The first asks a command to stop: it finishes its batch, saves, and says what the same command will
/// do. A second one ends it at once.
module RobustMeta.Scripts.Interruption

open System
open System.IO
open System.Runtime.InteropServices
open System.Threading

let private signals = [ PosixSignal.SIGINT, 130; PosixSignal.SIGTERM, 143; PosixSignal.SIGHUP, 129 ]

/// The exit code that a shell expects of a process that a signal ended; that of Ctrl-C where there was none.
let mutable private lastCode = 130

let exitCode () = lastCode

// The terminal may be gone, which is what SIGHUP says.
let private say (text: string) =
    try
        StandardOutput.errorLine text
    with :? IOException ->
        ()

// Ends the process without its clean-up: an orderly exit would unload native libraries under the threads that compute in them.
[<DllImport("libc", EntryPoint = "_exit")>]
extern void private endNow(int code)

let private leave (code: int) = if OperatingSystem.IsWindows() then exit code else endNow code

/// Runs an action; the first signal does what is given, a second one ends at once.
let private handling (first: int -> CancellationTokenSource -> unit) (action: CancellationToken -> 'result) : 'result =
    use source = new CancellationTokenSource()

    let onSignal code (context: PosixSignalContext) =
        lastCode <- code

        if source.IsCancellationRequested then
            // All files are written aside and renamed: nothing is torn by ending here.
            leave code
        else
            context.Cancel <- true
            first code source

    let registrations =
        [
            for signal, code in signals ->
                PosixSignalRegistration.Create(signal, Action<PosixSignalContext>(onSignal code))
        ]

    try
        action source.Token
    finally
        for registration in registrations do
            registration.Dispose()

/// Runs an action with a token that the first signal cancels.
let withCancellation (action: CancellationToken -> unit) =
    handling
        (fun _ source ->
            say "\nstopping after this batch, saving what was learned; a second signal ends at once"
            source.Cancel())
        action

/// How long a command that saves nothing may take to put its things away.
[<Literal>]
let private Grace = 2000

/// Runs an action that keeps nothing before its end: the first signal cancels a download, and ends the rest within two seconds.
let withoutSaving (action: CancellationToken -> 'result) : 'result =
    handling
        (fun code source ->
            say "\nstopped; this command keeps nothing before its end, and begins anew the next time"
            source.Cancel()

            Thread(
                (fun () ->
                    Thread.Sleep Grace
                    leave code),
                IsBackground = true
            )
                .Start())
        action
