module RobustMeta.Tests.Data.ChunkedRatingsTests

open System.IO
open Expecto
open RobustMeta.Tests.Properties
open FsCheck.FSharp
open RobustMeta.Data
open RobustMeta.Data.Reading
open RobustMeta.Tests.ReadRatings
open RobustMeta.Tests.TempFolder

// A file read in chunks on several threads: the oracle is the same file read from beginning to end

let private spec header =
    DelimitedSpec(
        Ratings = "r.csv",
        User = (if header then "user" else "1"),
        Item = (if header then "item" else "2"),
        Rating = (if header then "rating" else "3"),
        Time = (if header then "time" else "4"),
        NotRated = [| -1.0 |],
        Dialect = FileDialect(Separator = ",", Header = System.Nullable header, LineBreaks = true)
    )

/// All that a reader made of a file, or its first error.
let private outcome limits rule (spec: DelimitedSpec) folder (chunks: ReadChunks) =
    try
        let path = Path.Combine(folder, "r.csv")
        let read = RatingsBuilder(rule, null, limits)
        let r = DelimitedFiles.ReadRatings(path, spec, read, limits, chunks).Build("r")
        Ok(rows r, times r, List.ofSeq r.Users.Tokens, List.ofSeq r.Items.Tokens, r.Report)
    with :? DataFormatException as e ->
        Error(e.Message, e.Line, e.Column)

let private sameWith limits rule spec (text: string) (chunks: ReadChunks list) =
    within (fun folder ->
        write text (Path.Combine(folder, "r.csv"))
        let expected = outcome limits rule spec folder null

        for c in chunks do
            let found = outcome limits rule spec folder c
            Expect.equal found expected $"{c.Threads} threads, chunks of {c.Bytes} bytes")

let private same = sameWith ReadLimits.Default DuplicateRule.KeepLast

let private sizes =
    [
        for bytes in [ 1L; 2L; 3L; 5L; 8L; 13L; 17L; 21L; 29L; 40L; 57L; 100L; 1000L ] ->
            ReadChunks(1 + int bytes % 3, bytes)
    ]

// Mostly whole records; some of them quoted, over several lines, or malformed
let private line =
    let user = Gen.elements [ "a"; "b"; "ü"; "user-3"; "\"c,d\""; "\"say \"\"no\"\"\""; "in\"side" ]

    let item =
        Gen.frequency
            [
                8, Gen.elements [ "x"; "y"; "zz"; "\"p,q\"" ]
                2, Gen.elements [ "\"two\nlines\""; "\"q,1,2,3\nr,4,5,6\n\""; "\"\r\n\"" ]
            ]

    let rating = Gen.elements [ "1"; "2.5"; "-1"; "5"; "4" ]

    let time =
        Gen.frequency
            [
                30, Gen.elements [ "880000000"; "880000060"; "900000000" ]
                1, Gen.elements [ "880000000000"; "2001-02-03" ]
            ]

    let row =
        Gen.map4 (fun (u: string) (i: string) (r: string) (t: string) -> $"{u},{i},{r},{t}") user item rating time

    let wrong =
        Gen.elements [ "a,b"; "a,b,good,880000000"; ",b,1,880000000"; ""; "a,\"open,1,2"; "a,\"b\"c,1,2"; "a,b,1,2,3" ]

    Gen.frequency [ 60, row; 1, wrong ]

let private file =
    Gen.map3
        (fun lines (ending: string) last -> String.concat ending lines + last)
        (Gen.listOfLength 25 line)
        (Gen.elements [ "\n"; "\n"; "\r\n" ])
        (Gen.elements [ ""; "\n"; "\n\n"; "\n\n\n" ])

let private sizes3 =
    Gen.listOfLength
        3
        (Gen.map2 (fun threads bytes -> ReadChunks(threads, int64 bytes)) (Gen.choose (1, 3)) (Gen.choose (1, 150)))

let private chunked =
    testList
        "in chunks"
        [
            propertyOf
                300
                "any size of chunks and number of threads gives the table, or the first error, of reading in one go"
            <| fun header ->
                Prop.forAll (Arb.fromGen (Gen.zip file sizes3)) (fun (text, sizes) ->
                    same (spec header) ((if header then "user,item,rating,time\n" else "") + text) sizes)

            testCase "a mark of UTF-8, and chunks that begin with empty lines or end within a quoted field"
            <| fun () ->
                let rows = String.replicate 20 "a,x,1,880000000\nb,\"l\nm\n\nn\",2,880000060\n"
                same (spec true) ("\uFEFFuser,item,rating,time\n" + rows + "\n\n\n") sizes
                same (spec true) ("user,item,rating,time\n" + rows + "\n\nc,x,1,880000000\n") sizes
                same (spec false) ("\uFEFF" + rows) sizes

            testCase "the limit of users, items and rows is passed at the same line"
            <| fun () ->
                let text =
                    "user,item,rating,time\n"
                    + String.concat "" [ for i in 0..30 -> $"u{i},i{i / 2},3,{880000000 + i}\n" ]

                for limits in
                    [
                        ReadLimits(Users = 20L)
                        ReadLimits(Items = 9L)
                        ReadLimits(Rows = 30L)
                        ReadLimits(LineBytes = 18L)
                        ReadLimits(FieldBytes = 2L)
                        ReadLimits(FileBytes = 50L)
                    ] do
                    sameWith limits DuplicateRule.KeepLast (spec true) text sizes

            testCase "repeated pairs are refused at the same line, and resolved by the same rule"
            <| fun () ->
                let text =
                    "user,item,rating,time\n"
                    + String.concat "" [ for i in 0..30 -> $"u{i % 7},i{i % 3},{i % 5},{880000000 + i}\n" ]

                for rule in System.Enum.GetValues<DuplicateRule>() do
                    sameWith ReadLimits.Default rule (spec true) text sizes

            testCase "the time's form is that of the first time of the file"
            <| fun () ->
                let dates = String.replicate 10 "a,x,-1,never\nb,x,2,2001-02-03\n"
                same (spec true) ("user,item,rating,time\n" + dates + "c,x,1,880000000\n") sizes
                same (spec true) ("user,item,rating,time\n" + dates + "c,x,1,880000000000\n" + dates) sizes
        ]

[<Tests>]
let tests = testList "ChunkedRatings" [ chunked ]
