module RobustMeta.Tests.Data.ReaderFaultsTests

open System
open System.Globalization
open System.IO
open System.Text
open Expecto
open FsCheck
open RobustMeta.Tests.Properties
open RobustMeta.Data
open RobustMeta.Settings
open RobustMeta.Tests.ReadRatings
open RobustMeta.Tests.TempFolder

let private withItems =
    usual + "items = \"i.csv\"\nitemsId = \"item\"\nitemFeatures = [\"genre\", \"price:number\"]\n"

/// The place and text of the error of reading these files.
let private fault name columns (files: (string * byte[]) list) (file, line: int64, column) (parts: string list) =
    testCase name
    <| fun () ->
        within (fun root ->
            write (own columns) (Path.Combine(root, "catalog.toml"))

            for file, content in files do
                writeBytes content (Path.Combine(root, "own", file))

            malformed root "own" (file, line, column) parts)

let private r text = [ "r.csv", bytes text ]
let private ri ratings items = [ "r.csv", bytes ratings; "i.csv", bytes items ]
let private two = "user,item,rating\nu,a,5\nv,a,1\n"

let private lines =
    testList
        "lines"
        [
            fault
                "identifiers that are not UTF-8 are refused, not merged"
                usual
                (r "user,item,rating\ncaf\u00e9,a,5\ncaf\u00e8,a,1\n")
                ("r.csv", 2L, 1)
                [ "expected UTF-8"; "0xE9 as byte 4"; "'caf\u00e9'"; "encoding = \"latin1\"" ]

            fault
                "features that are not UTF-8 are refused"
                withItems
                (ri two "item,genre,price\na,caf\u00e9,1\n")
                ("i.csv", 2L, 2)
                [ "expected UTF-8" ]

            fault
                "a byte-order mark within a file is refused"
                usual
                [ "r.csv", Encoding.UTF8.GetBytes "user,item,rating\n\uFEFFu,a,5\n" ]
                ("r.csv", 2L, 1)
                [ "byte-order mark" ]

            fault
                "more fields than the header are refused"
                withItems
                (ri two "item,genre,price\na,Action, Inc,2\n")
                ("i.csv", 2L, 4)
                [ "expected 3 fields"; "found 4"; "'2'" ]

            fault
                "an unquoted decimal comma is a surplus field"
                usual
                (r "user,item,rating\nu,a,3,5\n")
                ("r.csv", 2L, 4)
                [ "unquoted comma"; "'5'" ]

            fault
                "a decimal comma under another separator names the setting"
                usual
                (r "user;item;rating\nu;a;3,5\n")
                ("r.csv", 2L, 3)
                [ "decimal = \",\""; "'3,5'" ]

            fault
                "fewer fields than the header are refused"
                "user = \"user\"\nitem = \"item\"\n"
                (r "user,item,rating\nu,a,1\nu,b\n")
                ("r.csv", 3L, 3)
                [ "after 2 fields" ]

            fault
                "an empty line between rows is refused"
                usual
                (r "user,item,rating\nu,a,1\n\nu,b,2\n")
                ("r.csv", 3L, 1)
                [ "empty line" ]

            fault
                "a header that occurs twice is refused"
                usual
                (r "user,item,rating,rating\nu,a,1,5\n")
                ("r.csv", 1L, 4)
                [ "'rating' occurs twice"; "3 and 4" ]

            fault
                "a rating beyond single precision is refused"
                usual
                (r "user,item,rating\nu,a,1e39\n")
                ("r.csv", 2L, 3)
                [ "below 3.4e38"; "'1e39'" ]

            fault
                "an infinite feature is refused"
                withItems
                (ri two "item,genre,price\na,x,1e300\n")
                ("i.csv", 2L, 3)
                [ "'1e300'" ]

            fault
                "a second row of an item is refused"
                withItems
                (ri two "item,genre,price\na,x,1\nb,y,2\na,z,3\n")
                ("i.csv", 4L, 0)
                [ "'a' has a second row"; "line 2"; "bag" ]

            fault
                "a time far away is refused"
                (usual + "time = \"time\"\n")
                (r "user,item,rating,time\nu,a,1,1000000000\nu,b,1,99999999999999\n")
                ("r.csv", 3L, 4)
                [ "between the years 1800 and 2200" ]

            fault
                "lines that end with CR alone are named"
                usual
                (r "user,item,rating\ru,a,1\r")
                ("r.csv", 1L, 0)
                [ "CR alone" ]

            fault
                "a long field is not repeated in the message"
                usual
                (r ("user,item,rating\nu,a," + String('x', 500_000) + "\n"))
                ("r.csv", 2L, 3)
                [ "(500,000 bytes)" ]

            fault
                "a field beyond the limit is refused"
                (usual)
                (r ("user,item,rating\nu," + String('x', 2_000_000) + ",1\n"))
                ("r.csv", 2L, 2)
                [ "field of at most 1,048,576 bytes"; "'fieldBytes'" ]
        ]

let private quotes =
    let many from upto = String.concat "" [ for k in from..upto -> $"u{k},a{k},3,ok\n" ]

    testList
        "quotes"
        [
            fault
                "two stray quotes do not swallow the rows between them"
                usual
                (r ("user,item,rating,review\n" + many 1 3 + "u4,a4,3,\"so\n" + many 5 9 + "u10,a10,3,so\"\n"))
                ("r.csv", 5L, 0)
                [ "goes on to line 11"; "quoted = false"; "lineBreaks = true" ]

            fault
                "two stray quotes in neighbouring lines do not either"
                usual
                (r "user,item,rating,review\nu4,a4,3,\"so\nu10,a10,3,so\"\n")
                ("r.csv", 2L, 0)
                [ "goes on to line 3" ]

            fault
                "text after a closing quote is refused"
                usual
                (r "user,item,rating\n\"u\"x,a,1\n")
                ("r.csv", 2L, 1)
                [ "after its closing quote"; "'x,a,1'" ]

            testCase "line breaks that are meant are read"
            <| fun () ->
                within (fun root ->
                    write (own (usual + "lineBreaks = true\n")) (Path.Combine(root, "catalog.toml"))

                    write "user,item,rating,review\nu,a,3,\"so\nb,c,3,so\"\n" (Path.Combine(root, "own", "r.csv"))

                    Expect.equal (rows (load root "own")) [ "u", "a", 3.0 ] "one row")
        ]

let private refusedCatalog (parts: string list) root name =
    match Expect.throwsC (fun () -> DatasetCatalog([ root ], null).Load name |> ignore) id with
    | :? SettingException as e ->
        for part in parts do
            Expect.stringContains e.Message part "text"
    | other -> failtest $"expected a SettingException, found {other}"

let private catalogs =
    testList
        "catalogs"
        [
            for title, text, name, parts in
                [
                    "an empty separator is refused",
                    own (usual + "separator = \"\"\n"),
                    "own",
                    [ "'separator' must be a text that is not empty" ]
                    "a key given twice is refused", own usual + "user = \"other\"\n", "own", [ "catalog.toml"; "user" ]
                    "a name that leads out of the folder is refused",
                    "[\"../../x/d\"]\nformat = \"delimited\"\nlabelThreshold = 4\n",
                    "../../x/d",
                    [ "must be letters, digits" ]
                    "an absolute name is refused",
                    "[\"/abs\"]\nformat = \"jester\"\nlabelThreshold = 4\n",
                    "/abs",
                    [ "must be letters" ]
                    "a folder that leads out is refused",
                    "[d]\nformat = \"jester\"\nfolder = \"..\"\nlabelThreshold = 4\n",
                    "d",
                    [ "'folder' must be letters" ]
                    "a file that leads out is refused",
                    "[d]\nformat = \"jester\"\nlabelThreshold = 4\n[d.files]\n\"../x\" = \"\"\n",
                    "d",
                    [ "a file below the data set's folder" ]
                    "a sum that is none is refused",
                    "[d]\nformat = \"jester\"\nlabelThreshold = 4\n[d.files]\n\"x\" = \"abc\"\n",
                    "d",
                    [ "64 hexadecimal digits" ]
                ] do
                testCase title
                <| fun () ->
                    within (fun root ->
                        write text (Path.Combine(root, "catalog.toml"))
                        refusedCatalog parts root name)

            testCase "a bad table leaves the other data sets and the generated one"
            <| fun () ->
                within (fun root ->
                    write ("[bad]\nreader = 3\n" + own usual) (Path.Combine(root, "catalog.toml"))
                    write two (Path.Combine(root, "own", "r.csv"))
                    let catalog = DatasetCatalog([ root ], null)
                    Expect.equal catalog.Problems.Count 1 "one problem"
                    Expect.equal (catalog.Load("own").Ratings.Count) 2 "the other table"
                    Expect.isGreaterThan (catalog.Load("synthetic").Ratings.Count) 0 "synthetic"
                    refusedCatalog [ "'reader' must be a text" ] root "bad")

            testCase "a catalog that is no TOML leaves the built-in data sets"
            <| fun () ->
                within (fun root ->
                    write "[own\n" (Path.Combine(root, "catalog.toml"))
                    let catalog = DatasetCatalog([ root ], null)
                    Expect.equal (catalog.Find "ml-100k").Format "movielens-100k" "built in"
                    refusedCatalog [ Path.Combine(root, "catalog.toml") ] root "own")
        ]

let private numbers =
    testList
        "numbers"
        [
            property "plain numbers are parsed as .NET does, bit for bit"
            <| fun (whole: int64) (places: byte) ->
                let text =
                    (decimal (whole % 1_000_000_000_000L) / pown 10m (int places % 9)).ToString
                        CultureInfo.InvariantCulture

                let mutable value = 0.0

                not (Reading.PlainNumber.TryParse(Encoding.UTF8.GetBytes text, &value))
                || BitConverter.DoubleToInt64Bits value =
                    BitConverter.DoubleToInt64Bits(Double.Parse(text, CultureInfo.InvariantCulture))

            testCase "what is no plain number is left to .NET"
            <| fun () ->
                for text in [ ""; "-"; "."; "1e5"; "+1"; "1.2.3"; "0x1"; "1,5"; "1234567890123456"; "-0"; " 1"; "NaN" ] do
                    let mutable value = 0.0
                    Expect.isFalse (Reading.PlainNumber.TryParse(Encoding.UTF8.GetBytes text, &value)) text

            property "a vocabulary of bytes numbers as one of texts does"
            <| fun (tokens: NonNull<string> list) ->
                let bytes = Reading.ByteVocabulary()
                let texts = Vocabulary.Builder()
                let tokens = tokens |> List.map (fun t -> String.filter Char.IsAscii t.Get)

                let many =
                    [
                        for t in tokens do
                            for k in 0..40 -> $"{t}{k}"
                    ]
                    @ tokens

                let numbers = [ for t in many @ many -> bytes.Add(Encoding.UTF8.GetBytes t) ]

                numbers = [ for t in many @ many -> texts.Add t ]
                && List.ofSeq (bytes.Build().Tokens) = List.ofSeq (texts.Build().Tokens)
        ]

let private notes =
    testCase "items whose identifiers do not match are said"
    <| fun () ->
        within (fun root ->
            write (own withItems) (Path.Combine(root, "catalog.toml"))
            write two (Path.Combine(root, "own", "r.csv"))
            write "item,genre,price\na ,x,1\n" (Path.Combine(root, "own", "i.csv"))
            let notes = DatasetCatalog([ root ], null).Load("own").Notes
            Expect.stringContains notes[0] "All 1 rated items are not in the file of item features" "note")

[<Tests>]
let tests = testList "reader faults" [ lines; quotes; catalogs; numbers; notes ]
