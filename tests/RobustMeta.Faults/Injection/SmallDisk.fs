/// A file system in a file: what the file holds at a moment is what a power cut at that moment would leave on the disk.
module RobustMeta.Faults.Injection.SmallDisk

open System
open System.IO
open Expecto

[<Literal>]
let private Bytes = 67_108_864L

// The least that a file system may do unasked: names reach the disk each second, bytes half a minute after they were written, and
// a rename brings no bytes with it.
[<Literal>]
let private Options = "loop,commit=1,noauto_da_alloc"

/// The bytes of a file at one moment, while others may write it: read until two readings in turn are the same.
let rec private steady (path: string) (before: byte[]) =
    let now = File.ReadAllBytes path

    if now.AsSpan().SequenceEqual(ReadOnlySpan before) then now else steady path now

/// A mounted ext4 file system whose image lies in a folder; a test is skipped where it cannot be mounted.
type SmallDisk(folder: string) =
    let image, place = Path.Combine(folder, "disk.img"), Path.Combine(folder, "disk")
    let copy, copyPlace = Path.Combine(folder, "cut.img"), Path.Combine(folder, "cut")

    do
        Directory.CreateDirectory place |> ignore
        Directory.CreateDirectory copyPlace |> ignore

        do
            use file = File.Create image
            file.SetLength Bytes

        let isMounted =
            FullDisk.succeeds "mkfs.ext4" [ "-q"; "-F"; "-b"; "4096"; "-J"; "size=4"; image ]
            && FullDisk.succeeds "mount" [ "-o"; Options; image; place ]

        if not isMounted then
            skiptest "mounting a file system in a file needs root, ext4 and a loop device"

    /// Where the file system is mounted.
    member _.Place = place

    /// Looks at what a power cut at this moment would leave, mounted as after the restart; changes to it are lost.
    member _.Cut(look: string -> 'a) : 'a =
        File.WriteAllBytes(copy, steady image [||])

        if not (FullDisk.succeeds "mount" [ "-o"; "loop"; copy; copyPlace ]) then
            failtest "the copy of the file system cannot be mounted"

        try
            look copyPlace
        finally
            FullDisk.succeeds "umount" [ copyPlace ] |> ignore

    interface IDisposable with
        member _.Dispose() = FullDisk.succeeds "umount" [ place ] |> ignore
