/// Inputs made of others: bits and bytes changed, pieces taken out, doubled, moved between two inputs, numbers and words that
/// readers trip over put in.
module RobustMeta.Faults.Fuzz.Mutator

open System
open System.Text

let private words =
    [|
        "\""
        ","
        "\n"
        "\r\n"
        "\t"
        "::"
        "NaN"
        "-1e999"
        "99999999999999999999"
        "\u0000"
        "\uFEFF"
        "é"
        "="
        "["
        "]]"
        "{"
        "\\u"
        "'''"
        "\"\"\""
        "true"
        "1979-05-27"
        "none"
    |]
    |> Array.map Encoding.UTF8.GetBytes

let private insert (at: int) (piece: byte[]) (bytes: byte[]) = Array.concat [ bytes[.. at - 1]; piece; bytes[at..] ]

let private once (random: Random) (other: byte[]) (bytes: byte[]) : byte[] =
    let place () = random.Next(bytes.Length + 1)

    let piece (from: byte[]) =
        let start = random.Next(from.Length + 1)
        from[start .. min (from.Length - 1) (start + random.Next 24)]

    match random.Next 9 with
    | 0
    | 1 when bytes.Length > 0 ->
        let copy = Array.copy bytes
        let at = random.Next bytes.Length
        copy[at] <- copy[at] ^^^ (1uy <<< random.Next 8)
        copy
    | 2 when bytes.Length > 0 ->
        let copy = Array.copy bytes
        copy[random.Next bytes.Length] <- byte (random.Next 256)
        copy
    | 3 ->
        let at = place ()
        Array.append bytes[.. at - 1] bytes[min bytes.Length (at + random.Next 16) ..]
    | 4 -> insert (place ()) (piece bytes) bytes
    | 5 -> insert (place ()) (piece other) bytes
    | 6 -> bytes[.. place () - 1]
    | 7 when bytes.Length > 8 ->
        let copy = Array.copy bytes
        let odd = [| 0L; -1L; Int64.MaxValue; int64 Int32.MaxValue + 1L; 255L |]
        BitConverter.TryWriteBytes(Span(copy, random.Next(copy.Length - 8), 8), odd[random.Next odd.Length]) |> ignore
        copy
    | _ -> insert (place ()) words[random.Next words.Length] bytes

/// A new input from some.
let next (random: Random) (pool: byte[] list) : byte[] =
    let pick () = pool[random.Next pool.Length]
    let mutable bytes = pick ()

    for _ in 0 .. random.Next 5 do
        bytes <- once random (pick ()) bytes

    bytes
