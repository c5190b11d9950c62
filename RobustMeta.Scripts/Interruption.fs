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
        eprintfn $"{text}"
    with :? IOException ->
        ()

// Ends the process without its clean-up: an orderly exit would unload native libraries under the threads that compute in them.
[<DllImport("libc", EntryPoint = "_exit")>]
extern void private endNow(int code)

let private leave (code: int) = if OperatingSystem.IsWindows() then exit code else endNow code

/// Runs an action with a token that the first signal cancels.
let withCancellation (action: CancellationToken -> unit) =
    use source = new CancellationTokenSource()

    let onSignal code (context: PosixSignalContext) =
        lastCode <- code

        if source.IsCancellationRequested then
            // All files are written aside and renamed: nothing is torn by ending here.
            leave code
        else
            context.Cancel <- true
            say "\nstopping after this batch, saving what was learned; a second signal ends at once"
            source.Cancel()

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
