/// Small file systems that fill up.
module RobustMeta.Faults.Injection.FullDisk

open System.ComponentModel
open System.Diagnostics

/// Whether a program is there and ends well.
let succeeds (program: string) (words: string list) =
    try
        use started = Process.Start(ProcessStartInfo(program, words, RedirectStandardError = true))
        started.WaitForExit()
        started.ExitCode = 0
    with :? Win32Exception ->
        false
