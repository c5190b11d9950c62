/// What compressed files may do wrong: cut short, of another kind, larger than they say.
module RobustMeta.Tests.Data.ArchiveFaultsTests

open System
open System.Diagnostics
open System.IO
open System.IO.Compression
open Expecto
open RobustMeta.Data
open RobustMeta.Tests.ReadRatings
open RobustMeta.Tests.TempFolder

let private gzip (text: string) =
    use target = new MemoryStream()

    do
        use zipped = new GZipStream(target, CompressionMode.Compress)
        zipped.Write(bytes text)

    target.ToArray()

[<Tests>]
let tests =
    let many = "user,item,rating\n" + String.concat "" [ for k in 1..3000 -> $"u{k % 70},a{k},{k % 5}\n" ]

    let load (root: string) (file: string) (content: byte[]) =
        write (own usual) (Path.Combine(root, "catalog.toml"))
        writeBytes content (Path.Combine(root, "own", file))
        load root "own"

    let refused root (content: byte[]) part =
        match Expect.throwsC (fun () -> load root "r.csv.gz" content |> ignore) id with
        | :? DataFormatException as e -> Expect.stringContains e.Message part "text"
        | other -> failtest $"expected a DataFormatException, found {other}"

    testList
        "archive faults"
        [
            testCase "a gzip file cut anywhere is refused"
            <| fun () ->
                within (fun root ->
                    let whole = gzip many
                    Expect.equal (load root "r.csv.gz" whole).Count 3000 "whole"

                    for cut in 1..13 do
                        refused root whole[.. whole.Length * cut / 14] "gzip")

            testCase "a gzip file of several members is read whole"
            <| fun () ->
                within (fun root ->
                    let members = Array.append (gzip "user,item,rating\nu,a,1\n") (gzip "v,a,2\n")
                    Expect.equal (rows (load root "r.csv.gz" members)) [ "u", "a", 1.0; "v", "a", 2.0 ] "rows"
                    refused root members[.. members.Length - 4] "cut short")

            testCase "a gzip file with a wrong CRC is refused"
            <| fun () ->
                within (fun root ->
                    let whole = gzip many
                    whole[whole.Length - 7] <- whole[whole.Length - 7] ^^^ 1uy
                    refused root whole "damaged")

            testCase "a text named .gz is refused"
            <| fun () -> within (fun root -> refused root (bytes many) "whole gzip file")

            testCase "a long line in a small gzip file is refused before it fills the memory"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "own", "r.csv.gz")
                    write (own usual) (Path.Combine(root, "catalog.toml"))
                    Directory.CreateDirectory(Path.GetDirectoryName path) |> ignore

                    do
                        use zipped = new GZipStream(File.Create path, CompressionLevel.Fastest)
                        let block = Array.create (1 <<< 20) 'x'B

                        for _ in 1..100 do
                            zipped.Write block

                    malformed root "own" ("r.csv.gz", 1L, 0) [ "line of at most" ])

            testCase "content out of proportion to its file is refused"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "own", "r.csv.gz")
                    write (own usual) (Path.Combine(root, "catalog.toml"))
                    Directory.CreateDirectory(Path.GetDirectoryName path) |> ignore

                    do
                        use zipped = new GZipStream(File.Create path, CompressionLevel.Optimal)
                        zipped.Write "user,item,rating\n"B
                        let block = Array.replicate (1 <<< 17) "u,a,1\n"B |> Array.concat

                        for _ in 1..120 do
                            zipped.Write block

                    malformed root "own" ("r.csv.gz", 0L, 0) [ "more than 200 times"; "'ratio'" ])

            testCase "another content than the catalog's sum is refused when reading, unless any copy will do"
            <| fun () ->
                within (fun root ->
                    let sum = String('0', 64)
                    let catalog line = $"[own]\n{line}\n" + (own usual)[6..] + $"[own.files]\n\"r.csv\" = \"{sum}\"\n"
                    write "user,item,rating\nu,a,5\nv,a,1\n" (Path.Combine(root, "own", "r.csv"))
                    write (catalog "") (Path.Combine(root, "catalog.toml"))
                    malformed root "own" ("r.csv", 0L, 0) [ sum; "anyCopy = true" ]
                    write (catalog "anyCopy = true") (Path.Combine(root, "catalog.toml"))
                    let read = DatasetCatalog([ root ], null).Load "own"
                    Expect.equal (List.ofSeq read.Differing) [ "r.csv" ] "said"
                    Expect.stringContains read.Notes[0] "r.csv" "in a note")

            if not (OperatingSystem.IsWindows()) then
                testCase "a pipe in place of a file is refused and does not block"
                <| fun () ->
                    within (fun root ->
                        write (own usual) (Path.Combine(root, "catalog.toml"))
                        let path = Path.Combine(root, "own", "r.csv")
                        Directory.CreateDirectory(Path.GetDirectoryName path) |> ignore
                        use made = Process.Start("mkfifo", path)
                        made.WaitForExit()
                        malformed root "own" ("r.csv", 0L, 0) [ "pipe" ])
        ]
