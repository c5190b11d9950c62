/// Downloads from a server on this machine that answers as real ones do when things go wrong, and limits of what is read.
module RobustMeta.Tests.Data.DownloadTests

open System
open System.IO
open System.IO.Compression
open System.Net
open System.Net.Sockets
open System.Text
open System.Threading
open System.Threading.Tasks
open Expecto
open RobustMeta.Data
open RobustMeta.Data.Reading
open RobustMeta.Tests.ReadRatings
open RobustMeta.Tests.TempFolder

let private ratings = "u,i\na,x\nb,y\n"

/// A server that answers each path by writing to the connection; the test gets its port.
let private serving (answer: int -> string -> Stream -> unit) (test: int -> unit) =
    use stop = new CancellationTokenSource()
    let listener = new TcpListener(IPAddress.Loopback, 0)
    listener.Start()
    let port = (listener.LocalEndpoint :?> IPEndPoint).Port

    let loop =
        Task.Run(fun () ->
            try
                while not stop.IsCancellationRequested do
                    use client = listener.AcceptTcpClient()
                    use stream = client.GetStream()
                    use reader = new StreamReader(stream, Encoding.ASCII, false, 1024, leaveOpen = true)
                    let request = reader.ReadLine() |> Option.ofObj |> Option.defaultValue ""

                    while not (String.IsNullOrEmpty(reader.ReadLine())) do
                        ()

                    answer port (request.Split(' ') |> Array.item 1) stream
            with
            | :? SocketException
            | :? IOException
            | :? ObjectDisposedException -> ())

    try
        test port
    finally
        stop.Cancel()
        listener.Stop()
        loop.Wait(TimeSpan.FromSeconds 5.0) |> ignore

let private send (stream: Stream) (text: string) =
    stream.Write(Encoding.ASCII.GetBytes text)
    stream.Flush()

let private http = Func<Uri, Download>(fun address -> HttpDownloads.Open address)

let private ok (length: int) = $"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"

/// A catalog of a data set 'own' of one file at an address.
let private catalogOf root (url: string) (insecure: bool) (opened: Func<Uri, Download> | null) =
    let allowed = if insecure then "insecure = true\n" else ""

    write
        ($"[own]\nformat = \"delimited\"\nlabelThreshold = 1\nurl = \"{url}\"\n{allowed}"
         + "[own.columns]\nratings = \"r.csv\"\nuser = \"u\"\nitem = \"i\"\n")
        (Path.Combine(root, "catalog.toml"))

    DatasetCatalog([ root ], opened)

/// Fetching fails with these words, and leaves nothing behind but the catalog.
let private fails root (parts: string list) (act: unit -> unit) =
    match Expect.throwsC act id with
    | :? IOException as error ->
        for part in parts do
            Expect.stringContains error.Message part "message"
    | other -> failtest $"expected an IOException, found {other}"

    Expect.equal (Directory.GetFileSystemEntries root).Length 1 "nothing is left behind"

type private Reports() =
    member val Hosts = ResizeArray<string>()

    interface IProgress<DownloadProgress> with
        member this.Report value = this.Hosts.Add(Option.ofObj value.RedirectedTo |> Option.defaultValue "")

let private overHttp =
    testList
        "over HTTP"
        [
            testCase "an address without encryption is refused, unless the catalog allows it"
            <| fun () ->
                within (fun root ->
                    serving (fun _ _ stream -> send stream (ok ratings.Length + ratings)) (fun port ->
                        let url = $"http://127.0.0.1:{port}/r.csv"
                        let refusing = catalogOf root url false http
                        fails root [ "is not https"; "insecure = true" ] (fun () -> refusing.Load "own" |> ignore)
                        let allowing = catalogOf root url true http
                        Expect.equal (rows (allowing.Load("own").Ratings)).Length 2 "read"))

            testCase "another host that a redirect leads to is told"
            <| fun () ->
                within (fun root ->
                    let answer (port: int) path stream =
                        if path = "/r.csv" then
                            send
                                stream
                                $"HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: http://localhost:{port}/away.csv\r\nContent-Length: 0\r\n\r\n"
                        else
                            send stream (ok ratings.Length + ratings)

                    serving answer (fun port ->
                        let catalog = catalogOf root $"http://127.0.0.1:{port}/r.csv" true http
                        let reports = Reports()
                        Expect.equal (rows (catalog.Load("own", reports).Ratings)).Length 2 "read"
                        Expect.isNonEmpty reports.Hosts "reports"
                        Expect.all reports.Hosts ((=) "localhost") "the host that answers"))

            testCase "redirects without end, errors and a cut body are refused"
            <| fun () ->
                for answer, part in
                    [
                        "HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: /r.csv\r\nContent-Length: 0\r\n\r\n",
                        "redirects more than"
                        "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", "404"
                        ok 1000 + ratings, "own"
                    ] do
                    within (fun root ->
                        serving (fun _ _ stream -> send stream answer) (fun port ->
                            let catalog = catalogOf root $"http://127.0.0.1:{port}/r.csv" true http
                            fails root [ part; "ROBUSTMETA_DATA" ] (fun () -> catalog.Load "own" |> ignore)))

            testCase "a server that falls silent is given up"
            <| fun () ->
                within (fun root ->
                    use silence = new ManualResetEventSlim false

                    let answer _ _ stream =
                        send stream (ok 1000 + ratings)
                        silence.Wait(TimeSpan.FromSeconds 20.0) |> ignore

                    serving answer (fun port ->
                        try
                            let url = $"http://127.0.0.1:{port}/r.csv"
                            let entry = nonNull ((catalogOf root url true null).Find "own")
                            let downloader = Downloader(http, Stall = TimeSpan.FromSeconds 0.3)

                            fails root [ "sent nothing for 0.3 seconds" ] (fun () ->
                                downloader.Fetch(entry, [| "r.csv" |], Path.Combine(root, "own"), null))
                        finally
                            silence.Set()))
        ]

let private content =
    testList
        "content"
        [
            testCase "a member of an archive whose bytes changed is refused by its CRC"
            <| fun () ->
                within (fun root ->
                    let text = "u,i\nsomebody,x\nb,y\n"
                    use target = new MemoryStream()

                    do
                        use archive = new ZipArchive(target, ZipArchiveMode.Create, true)
                        use entry = archive.CreateEntry("r.csv", CompressionLevel.NoCompression).Open()
                        entry.Write(Encoding.ASCII.GetBytes text)

                    let bytes = target.ToArray()
                    let place = bytes.AsSpan().IndexOf(ReadOnlySpan(Encoding.ASCII.GetBytes "somebody"))
                    bytes[place] <- byte 'S'

                    let opened =
                        Func<Uri, Download>(fun from -> Download(new MemoryStream(bytes), bytes.LongLength, from))

                    let catalog = catalogOf root "https://data.test/own.zip" false opened
                    // .NET checks it too, by a shorter message.
                    fails root [ "own"; "ROBUSTMETA_DATA" ] (fun () -> catalog.Load "own" |> ignore))

            for what, limit in [ "users", 1; "items", 1; "rows", 1 ] do
                testCase $"more {what} than the limits allow are refused"
                <| fun () ->
                    within (fun root ->
                        write
                            ("[own]\nformat = \"delimited\"\nlabelThreshold = 1\n"
                             + $"[own.limits]\n{what} = {limit}\n[own.columns]\nratings = \"r.csv\"\nuser = \"u\"\nitem = \"i\"\n")
                            (Path.Combine(root, "catalog.toml"))

                        write ratings (Path.Combine(root, "own", "r.csv"))

                        Expect.throwsC (fun () -> DatasetCatalog([ root ], null).Load "own" |> ignore) (fun error ->
                            Expect.isTrue (error :? DataFormatException) "a fault of the data"

                            for part in [ what; "limits" ] do
                                Expect.stringContains error.Message part "message"))
        ]

[<Tests>]
let tests = testList "Downloads" [ overHttp; content ]
