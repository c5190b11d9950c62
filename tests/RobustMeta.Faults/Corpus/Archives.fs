/// Compressed files: cut, damaged, out of proportion.
module RobustMeta.Faults.Corpus.Archives

open System.IO
open System.IO.Compression
open RobustMeta.Faults.Corpus.BadInput

let private gzip (content: byte[]) =
    use target = new MemoryStream()

    do
        use zipped = new GZipStream(target, CompressionLevel.Optimal)
        zipped.Write content

    target.ToArray()

let private many =
    utf8 (
        "user,item,rating\n"
        + String.concat
            ""
            [
                for k in 1..3000 do
                    $"u{k % 70},a{k},{k % 5}\n"
            ]
    )

let private whole = gzip many

let private flipped (at: int) =
    let bytes = Array.copy whole
    bytes[at] <- bytes[at] ^^^ 0x10uy
    bytes

let private gz name content outcome = raw "archives" name usual "r.csv.gz" content outcome

let cases =
    [
        gz "whole" whole (Reads(3000, 70, 3000))

        gz
            "two members"
            (Array.append (gzip (utf8 "user,item,rating\nu,a,1\n")) (gzip (utf8 "v,b,1\n")))
            (Reads(2, 2, 2))

        for tenth in 1..9 do
            gz $"cut after {tenth} tenths" whole[.. whole.Length * tenth / 10] (Refused(0, 0, "gzip"))
        for missing in [ 1; 4; 8 ] do
            gz $"without its last {missing} bytes" whole[.. whole.Length - 1 - missing] (Refused(0, 0, "gzip"))
        gz "a wrong CRC" (flipped (whole.Length - 6)) (Refused(0, 0, "gzip"))
        gz "a wrong size" (flipped (whole.Length - 3)) (Refused(0, 0, "gzip"))
        gz "a text named .gz" many (Refused(0, 0, "whole gzip file"))
        gz "a zip named .gz" (utf8 "PK\003\004xxxxxxxxxxxx") (Refused(0, 0, "whole gzip file"))
        gz "two bytes" whole[..1] (Refused(0, 0, "gzip"))
        raw "archives" "gzip named .csv" usual "r.csv" whole (Refused(0, 0, "found a gzip file; rename it to r.csv.gz"))
        raw "archives" "zip named .csv" usual "r.csv" (utf8 "PK\003\004xxxx") (Refused(0, 0, "found a zip archive"))
    ]
