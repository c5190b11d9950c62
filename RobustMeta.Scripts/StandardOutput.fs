/// Standard output whose errors say that they are its own, and not those of a folder for results; and standard error, whose errors
/// nobody can be told of.
module RobustMeta.Scripts.StandardOutput

open System
open System.IO

/// A stream that can only be written; `failed` is given the errors of writing.
type private Guarded(inner: Stream, failed: exn -> unit) =
    inherit Stream()

    let guardedly (act: unit -> unit) =
        try
            act ()
        with
        | :? UnauthorizedAccessException
        | :? IOException as error -> failed error

    override _.CanRead = false
    override _.CanSeek = false
    override _.CanWrite = true
    override _.Length = inner.Length

    override _.Position
        with get () = inner.Position
        and set value = inner.Position <- value

    override _.Flush() = guardedly inner.Flush
    override _.Read(buffer: byte[], offset: int, count: int) = inner.Read(buffer, offset, count)
    override _.Seek(offset, origin) = inner.Seek(offset, origin)
    override _.SetLength value = inner.SetLength value
    override _.Write(buffer: byte[], offset: int, count: int) = guardedly (fun () -> inner.Write(buffer, offset, count))

let private say (error: exn) =
    match error with
    // What the system says of a descriptor that is closed.
    | :? UnauthorizedAccessException -> raise (IOException("standard output is closed; nothing can be printed", error))
    | _ -> raise (IOException($"standard output takes nothing more: {error.Message.TrimEnd '.'}", error))

/// Text onto a stream: a line is one write. `failed` is given the errors of writing.
let writer (stream: Stream) (failed: exn -> unit) =
    // The system does not mix a write of up to 4096 bytes with those of other processes.
    let text = new StreamWriter(new Guarded(stream, failed), Console.Out.Encoding, 4096)
    text.AutoFlush <- true
    text

/// Puts them in the place of the console's.
let check () =
    Console.SetOut(writer (Console.OpenStandardOutput()) say)
    // The exit code still says how the command ended.
    Console.SetError(writer (Console.OpenStandardError()) ignore)

/// Prints a line in one write: workers share the output of the command that started them, and their lines stay whole.
let line (text: string) = Console.WriteLine text

/// The same to standard error.
let errorLine (text: string) = Console.Error.WriteLine text
