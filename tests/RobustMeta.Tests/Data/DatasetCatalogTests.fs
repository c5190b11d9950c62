module RobustMeta.Tests.Data.DatasetCatalogTests

open System
open System.IO
open System.IO.Compression
open System.Security.Cryptography
open System.Text
open Expecto
open RobustMeta.Data
open RobustMeta.Settings
open RobustMeta.Tests.ReadRatings
open RobustMeta.Tests.TempFolder

let private ratings = "u,i\na,x\nb,y\n"
let private items = "id,g\nx,red\ny,blue\n"
let private sum (text: string) = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes text))

/// A data set 'own' of two files, with given lines before its tables and given sums.
let private own (lines: string) ratingsSum itemsSum =
    $"[own]\ntitle = \"My own\"\npage = \"https://page.test\"\nreader = \"delimited\"\nlabelThreshold = 1\n{lines}\n"
    + $"[own.files]\n\"r.csv\" = \"{ratingsSum}\"\n\"i.csv\" = \"{itemsSum}\"\n"
    + "[own.columns]\nratings = \"r.csv\"\nuser = \"u\"\nitem = \"i\"\n"
    + "items = \"i.csv\"\nitemsId = \"id\"\nitemFeatures = [\"g\"]\n"

let private zipUrl = "url = \"https://data.test/set/own.zip\""
let private catalogOf folder text = write text (Path.Combine(folder, "catalog.toml"))
let private offline (folders: string list) = DatasetCatalog(folders, null)

let private refused (parts: string list) (act: unit -> unit) =
    match Expect.throwsC act id with
    | :? SettingException as e ->
        for part in parts do
            Expect.stringContains e.Message part "text"
    | other -> failtest $"expected a SettingException, found {other}"

let private locating =
    testList
        "locating"
        [
            for name, gzipped in [ "plain", []; "gzip", [ "r.csv"; "i.csv" ]; "mixed", [ "i.csv" ] ] do
                for place in [ 0; 1 ] do
                    testCase $"{name}, in folder {place + 1}"
                    <| fun () ->
                        within (fun root ->
                            let folders = [ Path.Combine(root, "one"); Path.Combine(root, "two") ]
                            catalogOf folders[1] (own "" (sum ratings) (sum items))

                            for file, text in [ "r.csv", ratings; "i.csv", items ] do
                                let path = Path.Combine(folders[place], "own", file)

                                if List.contains file gzipped then
                                    writeGzip text (path + ".gz")
                                else
                                    write text path

                            let catalog = offline folders
                            Expect.equal (catalog.TryLocate "own") (Path.Combine(folders[place], "own")) "folder"
                            let read = catalog.Load("own").Ratings
                            Expect.equal (rows read) [ "a", "x", 1.0; "b", "y", 1.0 ] "rows"
                            Expect.equal (ofItem read "g" "y") [ "blue" ] "feature"
                            Expect.isEmpty (catalog.Differing "own") "sums are those of the uncompressed files")

            testCase "the first folder goes before the second, unless it lacks a file"
            <| fun () ->
                within (fun root ->
                    let one, two = Path.Combine(root, "one"), Path.Combine(root, "two")
                    catalogOf one (own "" "" "")

                    for folder, user in [ one, "first"; two, "second" ] do
                        write $"u,i\n{user},x\n" (Path.Combine(folder, "own", "r.csv"))
                        write items (Path.Combine(folder, "own", "i.csv"))

                    let user () = (offline [ one; two ]).Load("own").Ratings.Users[0]
                    Expect.equal (user ()) "first" "both"
                    File.Delete(Path.Combine(one, "own", "i.csv"))
                    Expect.equal (user ()) "second" "the first lacks a file")

            testCase "files that differ from their sums are named"
            <| fun () ->
                within (fun root ->
                    catalogOf root (own "" (sum "other") ((sum items).ToUpperInvariant()))
                    write ratings (Path.Combine(root, "own", "r.csv"))
                    write items (Path.Combine(root, "own", "i.csv"))
                    Expect.equal (List.ofSeq ((offline [ root ]).Differing "own")) [ "r.csv" ] "names")

            testCase "an unknown name gives the nearest"
            <| fun () ->
                let catalog = offline []

                for act in
                    [ (fun () -> catalog.Load "ml-100" |> ignore); (fun () -> catalog.TryLocate "ml-100" |> ignore) ] do
                    refused [ "no data set 'ml-100'"; "did you mean 'ml-100k'"; "synthetic" ] act

            testCase "the synthetic world has no files"
            <| fun () ->
                let catalog = offline []
                Expect.isNull (catalog.Find "synthetic") "entry"
                Expect.isNull (catalog.TryLocate "synthetic") "folder"

                for name in [ "synthetic"; "ml-100k"; "ml-1m"; "jester-1"; "anime-5k"; "book-crossing" ] do
                    Expect.contains catalog.Names name "built in"
        ]

let private userCatalog =
    testList
        "a user's catalog"
        [
            testCase "adds and replaces entries"
            <| fun () ->
                within (fun root ->
                    catalogOf
                        root
                        (own "" "" ""
                         + "[ml-1m]\ntitle = \"Mine\"\nreader = \"jester\"\nlabelThreshold = 2.5\nfiles = {}\n")

                    let catalog = offline [ root ]
                    Expect.equal (catalog.Find "own").Title "My own" "added"
                    let entry = catalog.Find "ml-1m"
                    Expect.equal (entry.Title, entry.Format, entry.LabelThreshold) ("Mine", "jester", 2.5) "replaced"
                    Expect.equal (catalog.Find "ml-100k").Format "movielens-100k" "kept"

                    Expect.equal
                        (List.ofSeq catalog.Names)
                        (List.ofSeq (offline []).Names @ [ "own" ] |> List.sortBy (fun n -> n <> "synthetic", n))
                        "names")

            testCase "a reader that does not exist gives the nearest"
            <| fun () ->
                within (fun root ->
                    catalogOf root "[mine]\nreader = \"movielens1m\"\nlabelThreshold = 4\nfiles = {}\n"

                    refused [ "no reader 'movielens1m'"; "did you mean 'movielens-1m'" ] (fun () ->
                        (offline [ root ]).Load "mine" |> ignore))

            for name, text, parts in
                [
                    "an unknown key",
                    own "labelThreshhold = 3" "" "",
                    [ "own"; "no key 'labelThreshhold'"; "did you mean 'labelThreshold'" ]
                    "an unknown key of the columns",
                    own "" "" "" + "seperator = \";\"\n",
                    [ "own.columns"; "no key 'seperator'"; "did you mean 'separator'" ]
                    "a missing key",
                    "[mine]\nlabelThreshold = 4\nfiles = {}\n",
                    [ "mine"; "'format' is missing"; "format = \"delimited\"" ]
                    "a key like none", own "quite = 3" "" "", [ "own"; "no key 'quite'; keys: "; "labelThreshold" ]
                    "a text for a number",
                    "[mine]\nreader = \"jester\"\nlabelThreshold = \"4\"\nfiles = {}\n",
                    [ "'labelThreshold' must be a finite number" ]
                    "a threshold that is no number",
                    "[mine]\nreader = \"jester\"\nlabelThreshold = nan\nfiles = {}\n",
                    [ "'labelThreshold' must be a finite number" ]
                    "an infinite threshold",
                    "[mine]\nreader = \"jester\"\nlabelThreshold = -inf\nfiles = {}\n",
                    [ "'labelThreshold' must be a finite number" ]
                    "an unknown rule", own "duplicates = \"latest\"" "" "", [ "'duplicates' must be one of KeepLast" ]
                    "a number for a rule", own "duplicates = \"9\"" "" "", [ "'duplicates' must be one of KeepLast" ]
                    "an address that is none", own "url = \"own.zip\"" "" "", [ "'url' must be an absolute address" ]
                    "a value outside a table", "reader = \"jester\"\n", [ "reader"; "expected a table" ]
                    "the generated world's name",
                    "[synthetic]\nreader = \"jester\"\nlabelThreshold = 4\nfiles = {}\n",
                    [ "'synthetic'"; "another one" ]
                    "broken TOML", "[own\n", []
                ] do
                testCase $"{name} is refused"
                <| fun () ->
                    within (fun root ->
                        catalogOf root text
                        let name = if text.Contains "[mine]" then "mine" else "own"
                        let name = if text.StartsWith "[synthetic]" then "other" else name
                        let name = if text.StartsWith "reader" then "reader" else name

                        refused (Path.Combine(root, "catalog.toml") :: parts) (fun () ->
                            (offline [ root ]).Load name |> ignore))
        ]

let private zip (files: (string * string) list) =
    use target = new MemoryStream()

    do
        use archive = new ZipArchive(target, ZipArchiveMode.Create)

        for name, text in files do
            use entry = archive.CreateEntry(name).Open()
            entry.Write(Encoding.UTF8.GetBytes text)

    target.ToArray()

type private Progress() =
    member val Reports = ResizeArray<DownloadProgress>()

    interface IProgress<DownloadProgress> with
        member this.Report value = this.Reports.Add value

/// A catalog whose downloads give these bytes; with the addresses asked for.
let private serving folder (bytes: byte[]) (length: int64 option) =
    let asked = ResizeArray<Uri>()

    let opened (address: Uri) =
        asked.Add address
        Download(new MemoryStream(bytes), Option.toNullable length, address)

    DatasetCatalog([ folder ], opened), asked

/// Loading fails, the message says what to put where, and the folder holds what it held before.
let private fails folder (catalog: DatasetCatalog) (parts: string list) =
    let content () = Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories) |> Array.sort
    let before = content ()

    match Expect.throwsC (fun () -> catalog.Load "own" |> ignore) id with
    | :? IOException as e ->
        for part in
            [ "own (My own)"; "r.csv, i.csv"; "https://page.test"; Path.Combine(folder, "own"); "ROBUSTMETA_DATA" ]
            @ parts do
            Expect.stringContains e.Message part "text"
    | other -> failtest $"expected an IOException, found {other}"

    Expect.equal (content ()) before "nothing is left behind"

let private both = [ "own/r.csv", ratings; "own/extra.txt", "no"; "own/i.csv", items ]

let private downloading =
    let failing name bytes length (lines, ratingsSum) parts =
        testCase name
        <| fun () ->
            within (fun root ->
                catalogOf root (own lines ratingsSum (sum items))
                fails root (fst (serving root bytes length)) parts)

    testList
        "downloading"
        [
            testCase "the files of an archive end up in place, with progress, once"
            <| fun () ->
                within (fun root ->
                    let bytes = zip both
                    let folder = Path.Combine(root, "data")
                    catalogOf folder (own zipUrl (sum ratings) (sum items))
                    let catalog, asked = serving folder bytes (Some bytes.LongLength)
                    let progress = Progress()
                    Expect.equal (rows (catalog.Load("own", progress).Ratings)) [ "a", "x", 1.0; "b", "y", 1.0 ] "rows"

                    Expect.equal
                        (Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories)
                         |> Array.map (fun p -> Path.GetRelativePath(folder, p))
                         |> Set)
                        (Set [ "catalog.toml"; "own"; Path.Combine("own", "r.csv"); Path.Combine("own", "i.csv") ])
                        "files"

                    Expect.equal
                        (Seq.last progress.Reports)
                        (DownloadProgress("own.zip", bytes.LongLength, bytes.LongLength))
                        "last report"

                    Expect.isTrue
                        (progress.Reports |> Seq.pairwise |> Seq.forall (fun (a, b) -> a.Bytes < b.Bytes))
                        "progress grows"

                    catalog.Load "own" |> ignore
                    Expect.equal (List.ofSeq asked) [ Uri "https://data.test/set/own.zip" ] "asked once")

            testCase "one file, of unknown length and compressed"
            <| fun () ->
                within (fun root ->
                    let url = "https://data.test/r.csv.gz"

                    catalogOf
                        root
                        ($"[own]\nreader = \"delimited\"\nlabelThreshold = 1\nurl = \"{url}\"\n[own.files]\n\"r.csv\" = \"{sum ratings}\"\n"
                         + "[own.columns]\nratings = \"r.csv\"\nuser = \"u\"\nitem = \"i\"\n")

                    let path = Path.Combine(root, "away", "r.csv.gz")
                    writeGzip ratings path
                    let progress = Progress()
                    let catalog, _ = serving root (File.ReadAllBytes path) None
                    Expect.equal (rows (catalog.Load("own", progress).Ratings)).Length 2 "rows"
                    Expect.isTrue (progress.Reports |> Seq.forall (fun p -> not p.Total.HasValue)) "unknown total")

            testCase "a folder that lacks a file is completed, and its own files stay"
            <| fun () ->
                within (fun root ->
                    catalogOf root (own zipUrl "" (sum items))
                    let path = Path.Combine(root, "own", "r.csv")
                    write "u,i\nmine,x\n" path
                    let catalog, _ = serving root (zip both) None
                    Expect.equal (rows (catalog.Load("own").Ratings)) [ "mine", "x", 1.0 ] "rows"
                    Expect.equal (Directory.GetDirectories root) [| Path.Combine(root, "own") |] "nothing aside")

            let bytes = zip both

            failing
                "another checksum"
                bytes
                None
                (zipUrl, sum "other")
                [ "r.csv has the SHA-256"; sum ratings; sum "other" ]

            failing "a missing member" (zip both[..1]) None (zipUrl, sum ratings) [ "holds no file i.csv" ]

            failing
                "short content"
                bytes
                (Some(bytes.LongLength + 1L))
                (zipUrl, sum ratings)
                [ $"ended after {bytes.Length} of {bytes.Length + 1} bytes" ]

            failing "no archive" (Encoding.UTF8.GetBytes "<html>gone</html>") None (zipUrl, sum ratings) []

            failing
                "one file for two"
                (Encoding.UTF8.GetBytes ratings)
                None
                ("url = \"https://data.test/r.csv\"", sum ratings)
                [ "holds no file i.csv" ]

            failing "no address" [||] None ("note = \"Ask me.\"", "") [ "not offered for download"; "Ask me." ]

            testCase "no downloads allowed"
            <| fun () ->
                within (fun root ->
                    catalogOf root (own zipUrl "" "")
                    fails root (offline [ root ]) [ "ROBUSTMETA_OFFLINE forbids downloads" ])

            testCase "an address that cannot be opened"
            <| fun () ->
                within (fun root ->
                    catalogOf root (own zipUrl "" "")
                    fails root (DatasetCatalog([ root ], (fun _ -> raise (IOException "no route")))) [ "no route" ])
        ]

[<Tests>]
let tests = testList "DatasetCatalog" [ locating; userCatalog; downloading ]
