/// Small Parquet files that are made to break readers.
module RobustMeta.Tests.HostileParquet

open System

/// 105 bytes: four rows of one column, whose page says in its first bytes that 2,147,483,647 lengths of texts follow, of no bits each.
/// Apache Arrow 25 (C++) makes room for all of them.
let manyLengths: byte[] =
    Convert.FromBase64String(
        "UEFSMRUAFSAVICwVCBUMFQYVBgAAgP///wcB/////wcAAAAAABUCGSxIAXIVAgAVDCUAGAFhABYIGRwZHCYIHBUMGTUABhAZGAFhFQAWCBZC"
        + "FkImCAAAFsgBFggAKAF4ADwAAABQQVIx"
    )

/// A number in Thrift's variable length: seven bits a byte, the lowest first.
let private number (value: int) : byte[] =
    [|
        let mutable left = value

        while left >= 128 do
            byte (left % 128 + 128)
            left <- left / 128

        byte left
    |]

/// A file without rows: the root with so many children, and elements behind it.
let private file (children: int) (count: int) (elements: byte seq) : byte[] =
    let footer =
        [|
            yield! [| 0x15uy; 0x02uy; 0x19uy; 0xFCuy |]
            yield! number (count + 1)
            yield! [| 0x48uy; 1uy; 'r'B; 0x15uy |]
            yield! number (2 * children)
            0uy
            yield! elements
            yield! [| 0x16uy; 0x00uy; 0x19uy; 0x0Cuy; 0uy |]
        |]

    [| yield! "PAR1"B; yield! footer; yield! BitConverter.GetBytes footer.Length; yield! "PAR1"B |]

/// A column `a` of whole numbers.
let private column = [| 0x15uy; 0x02uy; 0x25uy; 0x00uy; 0x18uy; 1uy; 'a'B; 0uy |]

/// A file without rows, whose one column lies in so many groups that each holds the next.
let nested (depth: int) : byte[] =
    let group = [| 0x35uy; 0x02uy; 0x18uy; 1uy; 'a'B; 0x15uy; 0x02uy; 0uy |]
    file 1 (depth + 1) (Seq.append (Seq.concat (Seq.replicate depth group)) column)

/// A file without rows, with so many columns.
let wide (columns: int) : byte[] = file columns columns (Seq.concat (Seq.replicate columns column))
