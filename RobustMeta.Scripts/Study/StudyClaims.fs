/// Several processes at one study: each piece of work is claimed by a file that its process holds locked, so that nobody
/// does it twice. The lock goes with the process, however that ends.
module RobustMeta.Scripts.StudyClaims

open System
open System.IO
open System.Threading

/// A piece of work: a name that all processes know it by, and what to do. Doing it again when it is done costs little.
type Piece = { Name: string; Work: unit -> unit }

// What the system says of a file that another process holds: Linux, macOS, Windows.
let private heldCodes = [ 11; 35; 0x80070020 ]

// The claim, or None where another holds it.
let private tryClaim (file: string) =
    try
        Some(new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
    with :? IOException as error when List.contains error.HResult heldCodes ->
        None

// False: another process is at it.
let private tryWork (folder: string) (piece: Piece) =
    let file = Path.Combine(folder, piece.Name)

    match tryClaim file with
    | None -> false
    | Some claim ->
        use _ = claim
        piece.Work()
        // While still held. Whoever opened the file just before finds the work done.
        File.Delete file
        true

let private waitAndWork (folder: string) (cancellation: CancellationToken) (piece: Piece) =
    let mutable isTold = false

    while not (tryWork folder piece) do
        if not isTold then
            printfn $"waiting for another process: {piece.Name}"
            isTold <- true

        if cancellation.WaitHandle.WaitOne(TimeSpan.FromSeconds 1.0) then
            raise (OperationCanceledException cancellation)

/// Sees to it that every piece is done when it returns: does what nobody is at, then waits for what others are at, and does
/// what they have left unfinished.
/// <param name="folder">Where the claims are; made when missing.</param>
/// <param name="cancellation">Ends the waiting.</param>
/// <param name="pieces">The work, in the order to do it.</param>
let share (folder: string) (cancellation: CancellationToken) (pieces: Piece list) =
    Directory.CreateDirectory folder |> ignore
    let others = pieces |> List.filter (tryWork folder >> not)

    for piece in others do
        waitAndWork folder cancellation piece
