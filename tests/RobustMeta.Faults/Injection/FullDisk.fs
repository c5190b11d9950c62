/// Small file systems that fill up.
module RobustMeta.Faults.Injection.FullDisk

open System.ComponentModel
open System.Diagnostics
open System.IO
open Expecto

/// Whether a program is there and ends well.
let succeeds (program: string) (words: string list) =
    try
        use started = Process.Start(ProcessStartInfo(program, words, RedirectStandardError = true))
        started.WaitForExit()
        started.ExitCode = 0
    with :? Win32Exception ->
        false

/// Runs a test on a file system in memory of a given size, e.g. `64k`, which is mounted in a folder and gone afterwards.
let on (folder: string) (size: string) (test: string -> unit) =
    let disk = Path.Combine(folder, "disk")
    Directory.CreateDirectory disk |> ignore

    if not (succeeds "mount" [ "-t"; "tmpfs"; "-o"; $"size={size}"; "tmpfs"; disk ]) then
        skiptest "mounting a file system needs root"

    try
        test disk
    finally
        succeeds "umount" [ disk ] |> ignore

/// Makes room on it.
let grow (disk: string) (size: string) = Expect.isTrue (succeeds "mount" [ "-o"; $"remount,size={size}"; disk ]) "room"
