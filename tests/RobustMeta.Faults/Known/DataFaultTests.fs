/// Faults that users of similar software met, each as the smallest input that shows it, with the right outcome.
module RobustMeta.Faults.Known.DataFaultTests

open System
open System.IO
open System.IO.Compression
open System.Text
open Expecto
open RobustMeta.Data
open RobustMeta.Settings
open RobustMeta.Tasks
open RobustMeta.Faults.Known
open RobustMeta.Tests.TempFolder

let private refuses (parts: string list) (act: unit -> unit) =
    match Expect.throwsC act id with
    | :? DataFormatException
    | :? SettingException as error ->
        for part in parts do
            Expect.stringContains error.Message part "message"
    | other -> failtest $"{other.GetType().Name}: {other.Message}"

let private rows = Mini.rows Mini.stars

let private threshold =
    testCase "a rating equal to a threshold that no binary number holds is relevant"
    <| fun () ->
        within (fun root ->
            let rows = Mini.rows (fun random _ _ -> [| "3.1"; "3.3"; "4.7" |][random.Next 3])
            let data = Mini.load root (Mini.table "3.3" "") [ "r.csv", Mini.text rows ]
            let source = TaskSource(data.Ratings, LabelKind.Click, data.LabelThreshold)
            let relevant = Seq.init data.Ratings.Count source.IsRelevant |> Seq.filter id |> Seq.length

            Expect.equal
                relevant
                (rows |> List.filter (fun row -> decimal row.Rating >= 3.3m) |> List.length)
                "relevant")

let private latin1 =
    testCase "identifiers in Latin-1 are two users where the encoding is set, and refused where it is not"
    <| fun () ->
        within (fun root ->
            let text = "user,item,rating,time\ncaf\u00e9,a,5,1\ncaf\u00e8,a,4,1\n"
            let path = Path.Combine(root, "mini", "r.csv")
            write (Mini.table "4" "") (Path.Combine(root, "catalog.toml"))
            writeBytes (Encoding.Latin1.GetBytes text) path
            let load () = DatasetCatalog([ root ], null).Load("mini").Ratings
            refuses [ path; "line 2, column 1"; "0xE9"; "latin1" ] (fun () -> load () |> ignore)
            write (Mini.table "4" "encoding = \"latin1\"\n") (Path.Combine(root, "catalog.toml"))
            Expect.equal (load().Users.Count, load().Count) (2, 2) "users and ratings")

let private emptySeparator =
    testCase "an empty separator is refused, and ends"
    <| fun () ->
        within (fun root ->
            refuses [ "separator"; "not empty" ] (fun () ->
                Mini.load root (Mini.table "4" "separator = \"\"\n") [ "r.csv", Mini.text rows ] |> ignore))

let private cutGzip =
    testCase "a gzip file that ends before its time is refused wherever it is cut"
    <| fun () ->
        within (fun root ->
            let path = Path.Combine(root, "mini", "r.csv.gz")
            write (Mini.table "4" "") (Path.Combine(root, "catalog.toml"))
            writeGzip (Mini.text rows) path
            let whole = File.ReadAllBytes path
            let load () = DatasetCatalog([ root ], null).Load("mini").Ratings.Count
            Expect.equal (load ()) rows.Length "the whole file"

            for part in 1..24 do
                File.WriteAllBytes(path, whole[.. whole.Length * part / 25])
                refuses [ path; "gzip" ] (load >> ignore))

let private features = "items = \"i.csv\"\nitemsId = \"item\"\nitemFeatures = [\"genre\"]\n"

let private withItems root (items: string) =
    Mini.load root (Mini.table "4" features) [ "r.csv", Mini.text rows; "i.csv", items ]

let private surplus =
    testCase "a row of an item file with more fields than its header is refused with its line"
    <| fun () ->
        within (fun root ->
            let items =
                "item,title,genre\n"
                + String.concat
                    ""
                    [
                        for item in 0..59 ->
                            if item < 30 then
                                $"i{item},Title {item},drama\n"
                            else
                                $"i{item},Monsters, Inc {item},drama\n"
                    ]

            refuses [ "i.csv"; "line 32"; "found 4" ] (fun () -> withItems root items |> ignore))

let private repeatedHeader =
    testCase "a column that occurs twice is refused, and can be meant by its position"
    <| fun () ->
        within (fun root ->
            let file = "user,item,rating,rating,time\nu,a,1,5,1\nv,b,2,4,1\n"
            let load table = Mini.load root table [ "r.csv", file ]
            refuses [ "line 1, column 4"; "'rating'"; "occurs twice" ] (fun () -> load (Mini.table "4" "") |> ignore)
            let byPosition = (Mini.table "4" "").Replace("rating = \"rating\"", "rating = 4")
            Expect.equal (List.ofSeq (load byPosition).Ratings.Values) [ 5.0f; 4.0f ] "the second")

let private otherItems =
    testCase "an item file whose identifiers are others than those of the ratings is said"
    <| fun () ->
        within (fun root ->
            let items = "item,genre\n" + String.concat "" [ for item in 0..59 -> $"i{item} ,drama\n" ]
            let data = withItems root items
            Expect.equal data.Ratings.Report.ItemsWithoutFeatures 60 "rated items without features"

            Expect.exists
                data.Notes
                (fun note -> note.Contains "rated items are not in the file of item features")
                "a note that commands print")

let private recBole (inter: string) (item: string) (more: string) root =
    let files = if item = "" then [] else [ "x.item", item ]
    let features = if item = "" then "" else "itemFeatures = [\"price\"]\n"
    Mini.load root $"[mini]\nformat = \"recbole\"\nlabelThreshold = 4\n{features}{more}" ([ "x.inter", inter ] @ files)

let private otherIdentifier =
    testCase "a RecBole file whose item column has another name is read once the column is named"
    <| fun () ->
        within (fun root ->
            let inter = "user_id:token\tproduct_id:token\trating:float\nu1\tp1\t5\nu2\tp2\t3\n"

            match
                try
                    Choice1Of2 (recBole inter "" "" root).Ratings
                with error ->
                    Choice2Of2 error
            with
            | Choice1Of2 ratings -> Expect.equal ratings.Items.Count 2 "found by its own name"
            | Choice2Of2 error -> Expect.stringContains error.Message "product_id" "the message lists the columns"

            let read = recBole inter "" "[mini.columns]\nitem = \"product_id\"\n" root
            Expect.equal (read.Ratings.Count, read.Ratings.Items.Count) (2, 2) "read")

let private dash =
    testCase "what stands for a missing value can be named, a dash in a price of RecBole too"
    <| fun () ->
        within (fun root ->
            let inter = "user_id:token\titem_id:token\trating:float\nu1\ti1\t4\nu1\ti2\t3\n"
            let item = "item_id:token\tprice:float\ni1\t-\ni2\t3.5\n"
            refuses [ "x.item"; "line 2, column 2"; "'-'" ] (fun () -> recBole inter item "" root |> ignore)
            let read = recBole inter item "[mini.columns]\nmissing = [\"-\"]\n" root
            let prices = (read.Ratings.ItemFeatures.Find "price" |> nonNull) :?> FloatColumn
            Expect.equal (prices.Values |> Seq.filter Single.IsNaN |> Seq.length) 1 "one price is unknown")

let private members =
    testCase "a member of a zip archive whose CRC is wrong is refused"
    <| fun () ->
        use memory = new MemoryStream()

        do
            use archive = new ZipArchive(memory, ZipArchiveMode.Create, true)
            use entry = archive.CreateEntry("r.csv", CompressionLevel.NoCompression).Open()
            entry.Write(Encoding.ASCII.GetBytes "user,item\nu,a\n")

        let bytes = memory.ToArray()
        let at = Encoding.Latin1.GetString(bytes).IndexOf "u,a"
        bytes[at] <- byte 'w'

        within (fun root ->
            write
                "[mini]\nformat = \"delimited\"\nlabelThreshold = 1\nurl = \"https://example.org/d.zip\"\n[mini.columns]\nratings = \"r.csv\"\nuser = \"user\"\nitem = \"item\"\n"
                (Path.Combine(root, "catalog.toml"))

            let opened (address: Uri) = Download(new MemoryStream(bytes), Nullable(int64 bytes.Length), address)
            let catalog = DatasetCatalog([ root ], Func<Uri, Download> opened)
            let error = Expect.throwsC (fun () -> catalog.Load "mini" |> ignore) id
            Expect.isTrue (error :? IOException) (error.GetType().Name)
            Expect.equal (Directory.GetFileSystemEntries root).Length 1 "nothing is kept")

[<Tests>]
let tests =
    testList
        "faults that users met, in reading"
        [
            threshold
            latin1
            emptySeparator
            cutGzip
            surplus
            repeatedHeader
            otherItems
            otherIdentifier
            dash
            members
        ]
