module RobustMeta.Tests.Data.DatasetCatalogTests

open System
open System.IO
open System.IO.Compression
open System.Security.Cryptography
open System.Text
open Expecto
open RobustMeta.Data
open RobustMeta.Settings

let private inFolder (test: string -> unit) =
    let folder = Directory.CreateTempSubdirectory "robustmeta"

    try
        test folder.FullName
    finally
        folder.Delete true

let private content = Encoding.UTF8.GetBytes "user,item,stars\na,x,5\nb,x,1\n"
let private sum (bytes: byte[]) = Convert.ToHexStringLower(SHA256.HashData bytes)

let private archive (name: string) =
    use target = new MemoryStream()

    do
        use zip = new ZipArchive(target, ZipArchiveMode.Create, true)
        use entry = zip.CreateEntry("release/" + name).Open()
        entry.Write content

    target.ToArray()

/// A catalog with one downloadable data set.
let private catalogText (sha: string) =
    $"""[shop]
title = "A shop"
url = "https://example.org/shop.zip"
reader = "delimited"
labelThreshold = 4
[shop.files]
"r.csv" = "{sha}"
[shop.columns]
ratings = "r.csv"
user = "user"
item = "item"
rating = "stars"
"""

let private catalog (folder: string) (sha: string) (server: (Uri -> struct (Stream * Nullable<int64>)) option) =
    File.WriteAllText(Path.Combine(folder, "catalog.toml"), catalogText sha)

    match server with
    | Some f -> DatasetCatalog([ folder ], Func<_, _> f)
    | None -> DatasetCatalog([ folder ], null)

let private serve (bytes: byte[]) (length: int64) =
    Some(fun (_: Uri) -> struct (new MemoryStream(bytes) :> Stream, Nullable length))

/// The message of a load that must fail, after which nothing may be left but the catalog.
let private failure (folder: string) (catalog: DatasetCatalog) =
    let message =
        try
            catalog.Load "shop" |> ignore
            failtest "was loaded"
        with :? IOException as error ->
            error.Message

    Expect.equal
        (Directory.GetFileSystemEntries folder |> Array.map Path.GetFileName)
        [| "catalog.toml" |]
        "nothing left behind"

    Expect.stringContains message "r.csv" "says what to put"
    Expect.stringContains message (Path.Combine(folder, "shop")) "says where"
    message

[<Tests>]
let tests =
    testList
        "DatasetCatalog"
        [
            testCase "the built-in entries can all be named"
            <| fun () ->
                let names = DatasetCatalog([], null).Names

                for name in [ "synthetic"; "ml-100k"; "ml-1m"; "jester-1" ] do
                    Expect.contains names name name

            testCase "an unknown name is refused with the nearest"
            <| fun () ->
                let message =
                    try
                        DatasetCatalog([], null).Find "ml-10k" |> ignore
                        failtest "was found"
                    with :? SettingException as error ->
                        error.Message

                Expect.stringContains message "'ml-100k'" "hint"

            testCase "files are looked for in each folder in turn, and all of them must be there"
            <| fun () ->
                inFolder (fun first ->
                    inFolder (fun second ->
                        let catalog = DatasetCatalog([ first; second ], null)

                        let put root file =
                            File.WriteAllText(
                                Path.Combine(Directory.CreateDirectory(Path.Combine(root, "ml-1m")).FullName, file),
                                ""
                            )

                        put first "ratings.dat"
                        Expect.isNull (catalog.TryLocate "ml-1m") "two are missing"

                        for file in [ "ratings.dat.gz"; "users.dat"; "movies.dat" ] do
                            put second file

                        Expect.equal (catalog.TryLocate "ml-1m") (Path.Combine(second, "ml-1m")) "second folder"

                        for file in [ "users.dat"; "movies.dat" ] do
                            put first file

                        Expect.equal (catalog.TryLocate "ml-1m") (Path.Combine(first, "ml-1m")) "first folder wins"))

            testCase "a download is unpacked, checked, moved to its place and read"
            <| fun () ->
                inFolder (fun folder ->
                    let bytes = archive "r.csv"
                    let catalog = catalog folder (sum content) (serve bytes bytes.LongLength)
                    let told = ResizeArray<DownloadProgress>()

                    let progress =
                        { new IProgress<DownloadProgress> with
                            member _.Report p = told.Add p
                        }

                    let data = catalog.Load("shop", progress)
                    Expect.equal data.Ratings.Count 2 "read"
                    Expect.equal data.LabelThreshold 4.0 "threshold"
                    Expect.equal (Seq.last told).Bytes bytes.LongLength "progress"
                    Expect.equal (catalog.TryLocate "shop") (Path.Combine(folder, "shop")) "in its place"
                    Expect.isEmpty (catalog.Differing "shop") "as the catalog says"
                    Expect.hasLength (Directory.GetFileSystemEntries folder) 2 "nothing else")

            testCase "a wrong checksum is refused"
            <| fun () ->
                inFolder (fun folder ->
                    let bytes = archive "r.csv"
                    let message = failure folder (catalog folder (String('0', 64)) (serve bytes bytes.LongLength))
                    Expect.stringContains message (sum content) "the sum that was found")

            testCase "an archive without the file is refused"
            <| fun () ->
                inFolder (fun folder ->
                    let bytes = archive "other.csv"
                    failure folder (catalog folder "" (serve bytes bytes.LongLength)) |> ignore)

            testCase "a download that is cut short is refused"
            <| fun () ->
                inFolder (fun folder ->
                    let bytes = archive "r.csv"
                    let message = failure folder (catalog folder "" (serve bytes (bytes.LongLength + 1L)))
                    Expect.stringContains message $"after {bytes.Length} of {bytes.Length + 1} bytes" "how short")

            testCase "without leave to download the remedy is said"
            <| fun () ->
                inFolder (fun folder ->
                    Expect.stringContains (failure folder (catalog folder "" None)) "ROBUSTMETA_OFFLINE" "why")

            testCase "a folder's catalog replaces an entry; an unknown key is refused with the nearest"
            <| fun () ->
                inFolder (fun folder ->
                    let path = Path.Combine(folder, "catalog.toml")
                    File.WriteAllText(path, (catalogText "").Replace("shop", "ml-100k"))
                    Expect.equal (DatasetCatalog([ folder ], null).Find "ml-100k").Title "A ml-100k" "replaced"
                    File.WriteAllText(path, (catalogText "").Replace("labelThreshold", "labelTreshold"))

                    let message =
                        try
                            DatasetCatalog([ folder ], null) |> ignore
                            failtest "was accepted"
                        with :? SettingException as error ->
                            error.Message

                    Expect.stringContains message "'labelThreshold'" "hint"
                    Expect.stringContains message path "file")
        ]
