/// Files of arrays: each border cut, each length and place wrong.
module RobustMeta.Faults.Corpus.Safetensors

open System
open System.Text

let private file (length: int64) (header: string) (data: byte[]) =
    Array.concat [ BitConverter.GetBytes length; Encoding.UTF8.GetBytes header; data ]

let private exact (header: string) (data: byte[]) = file (int64 (Encoding.UTF8.GetByteCount header)) header data

let private one = "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}"
let private data = Array.zeroCreate<byte> 8
let private good = exact one data
let private replaced (a: string) (b: string) = exact (one.Replace(a, b)) data

/// A name, and bytes that must be refused as malformed.
let refused: (string * byte[]) list =
    [
        "nothing", [||]
        for n in [ 1; 7; 8; 9; good.Length / 2; good.Length - 8; good.Length - 1 ] do
            $"cut to {n} bytes", good[.. n - 1]
        "a byte too many", Array.append good [| 0uy |]
        "a length of 2^63 - 1", file Int64.MaxValue one data
        "a negative length", file -1L one data
        "a length of 2^40", file (1L <<< 40) one data
        "a length one too small", file (int64 one.Length - 1L) one data
        "a length one too large", file (int64 one.Length + 1L) one data
        "a header that is a list", exact "[]" [||]
        "a header that is a number", exact "1" [||]
        "a header that is empty", exact "" [||]
        "a header that is no JSON", exact "{x}" [||]
        "a header of 10,000 levels", exact (String('[', 10_000)) [||]
        "an entry that is a number", replaced one "{\"x\":1}"
        "an entry without a type", replaced "\"dtype\":\"F32\"," ""
        "an entry without a shape", replaced "\"shape\":[2]," ""
        "an entry without a place", replaced ",\"data_offsets\":[0,8]" ""
        "an unknown type", replaced "F32" "U8"
        "a type that is a number", replaced "\"F32\"" "1"
        "a shape too large", replaced "[2]" "[3]"
        "a shape too small", replaced "[2]" "[1]"
        "a shape that is negative", replaced "[2]" "[-2]"
        "a shape of two negatives", replaced "[2]" "[-1,-2]"
        "a shape that overflows", replaced "[2]" "[2147483647,2147483647,2147483647]"
        "a shape beyond an integer", replaced "[2]" "[4294967298]"
        "a shape of texts", replaced "[2]" "[\"2\"]"
        "a place that is negative", replaced "[0,8]" "[-8,0]"
        "a place that goes backwards", replaced "[0,8]" "[8,0]"
        "a place past the end", replaced "[0,8]" "[8,16]"
        "a place of three numbers", replaced "[0,8]" "[0,4,8]"
        "a place beyond a long", replaced "[0,8]" "[0,18446744073709551624]"
        "a hole", exact one (Array.zeroCreate 16)

        "two arrays that overlap",
        exact
            "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"y\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}"
            data

        "two arrays of one name",
        exact
            "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}"
            data

        "metadata that is a number", exact "{\"__metadata__\":1}" [||]
        "metadata of numbers", exact "{\"__metadata__\":{\"a\":1}}" [||]
        "bytes that are not UTF-8", Array.concat [ BitConverter.GetBytes 3L; [| 0x7Buy; 0xFFuy; 0x7Duy |] ]
    ]
