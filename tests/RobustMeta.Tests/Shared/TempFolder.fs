/// A folder of data files that is gone after the test.
module RobustMeta.Tests.TempFolder

open System
open System.IO
open System.IO.Compression
open System.Text

/// Runs a test in a new folder.
let within (test: string -> unit) =
    let folder = Directory.CreateTempSubdirectory "robustmeta-"

    try
        test folder.FullName
    finally
        folder.Delete true

/// A new folder for what many tests share; it is gone with the process.
let untilExit () : string =
    let folder = Directory.CreateTempSubdirectory "robustmeta-"
    AppDomain.CurrentDomain.ProcessExit.Add(fun _ -> folder.Delete true)
    folder.FullName

/// Writes a file, and makes its folder.
let writeBytes (bytes: byte[]) (path: string) =
    Directory.CreateDirectory(Path.GetDirectoryName path) |> ignore
    File.WriteAllBytes(path, bytes)

/// Writes a text in ISO-8859-1.
let writeLatin1 (text: string) = writeBytes (Encoding.Latin1.GetBytes text)

/// Writes a text in UTF-8 without a byte-order mark.
let write (text: string) = writeBytes (UTF8Encoding(false).GetBytes text)

/// Writes a text, gzip-compressed.
let writeGzip (text: string) (path: string) =
    use target = new MemoryStream()

    do
        use zipped = new GZipStream(target, CompressionMode.Compress)
        zipped.Write(UTF8Encoding(false).GetBytes text)

    writeBytes (target.ToArray()) path
