/// Standard output whose errors say that they are its own, and not those of a folder for results.
module RobustMeta.Scripts.StandardOutput

open System
open System.IO

type private Checked(inner: Stream) =
    inherit Stream()

    let checkedly (act: unit -> unit) =
        try
            act ()
        with
        // What the system says of a descriptor that is closed.
        | :? UnauthorizedAccessException as error ->
            raise (IOException("standard output is closed; nothing can be printed", error))
        | :? IOException as error ->
            raise (IOException($"standard output takes nothing more: {error.Message.TrimEnd '.'}", error))

    override _.CanRead = false
    override _.CanSeek = false
    override _.CanWrite = true
    override _.Length = inner.Length

    override _.Position
        with get () = inner.Position
        and set value = inner.Position <- value

    override _.Flush() = checkedly inner.Flush
    override _.Read(buffer: byte[], offset: int, count: int) = inner.Read(buffer, offset, count)
    override _.Seek(offset, origin) = inner.Seek(offset, origin)
    override _.SetLength value = inner.SetLength value
    override _.Write(buffer: byte[], offset: int, count: int) = checkedly (fun () -> inner.Write(buffer, offset, count))

/// Puts it in the place of the console's.
let check () =
    let output = new StreamWriter(new Checked(Console.OpenStandardOutput()), Console.Out.Encoding)
    output.AutoFlush <- true
    Console.SetOut output
