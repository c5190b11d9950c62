/// `data check` tells a decimal comma where numbers can be nothing else, and asks where they can.
module RobustMeta.Tests.Data.DecimalCommaTests

open System.IO
open Expecto
open FsCheck
open RobustMeta.Data
open RobustMeta.Data.Reading
open RobustMeta.Tests
open RobustMeta.Tests.Properties
open RobustMeta.Tests.TempFolder

let private checkOf (text: string) (test: string -> FileCheck -> unit) =
    within (fun root ->
        let path = Path.Combine(root, "own", "own.csv")
        write text path
        test root (FileCheck.Of path))

let private ratings (r: Ratings) =
    [ for row in 0 .. r.Count - 1 -> r.Users[r.UserIndex[row]], r.Items[r.ItemIndex[row]], float r.Values[row] ]

let private detected (check: FileCheck) =
    [
        for struct (what, value) in check.Detected do
            if what = "decimal" then
                value
    ]

let private columns =
    testList
        "columns"
        [
            for values, expected in
                [
                    [ "3,5"; "4"; "1,25" ], CommaUse.Decimal
                    [ "3,5" ], CommaUse.Decimal
                    [ "-0,5"; "" ], CommaUse.Decimal
                    [ ",5"; "1,5e3" ], CommaUse.Decimal
                    [ "0,500"; "1,234" ], CommaUse.Decimal
                    [ "1,234"; "3,5" ], CommaUse.Decimal
                    [ "1,234"; "5" ], CommaUse.Unclear
                    [ "12,345,678"; "5" ], CommaUse.Unclear
                    [ "12,345,678"; "3,5" ], CommaUse.Unclear
                    [ "3.5"; "4" ], CommaUse.None
                    [ "3,5"; "4.5" ], CommaUse.None
                    [ "1.234,5" ], CommaUse.None
                    [ "3,5"; "good" ], CommaUse.None
                    [ "1,2,3"; "4,5" ], CommaUse.None
                    [ "" ], CommaUse.None
                    [], CommaUse.None
                ] do
                let shown = String.concat " " values

                testCase $"what commas are in {values.Length} values: '{shown}'"
                <| fun () -> Expect.equal (DecimalComma.Of values) expected "use"

            property
                "numbers written with a decimal comma are never taken for others"
                (fun (numbers: NormalFloat list) ->
                    let written =
                        [
                            for x in numbers ->
                                (round (x.Get * 100.0) / 100.0)
                                    .ToString("0.##", System.Globalization.CultureInfo.InvariantCulture)
                                    .Replace('.', ',')
                        ]

                    let short = written |> List.filter (fun text -> text.Length < 12)
                    let hasComma = short |> List.exists _.Contains(',')
                    DecimalComma.Of short = (if hasComma then CommaUse.Decimal else CommaUse.None))
        ]

let private files =
    testList
        "files"
        [
            for name, text in
                [
                    "separated by semicolons", "user;item;rating\nu;a;3,5\nu;b;1\nv;a;4,25\n"
                    "without a header", "u;a;3,5\nu;b;1\nv;a;4,25\n"
                    "in quotes between commas", "user,item,rating\nu,a,\"3,5\"\nu,b,1\nv,a,\"4,25\"\n"
                    "in quotes without a header", "\"u\",\"a\",\"3,5\"\n\"u\",\"b\",\"1\"\n\"v\",\"a\",\"4,25\"\n"
                    "separated by tabs", "user\titem\trating\nu\ta\t3,5\nu\tb\t1\nv\ta\t4,25\n"
                ] do
                testCase $"a decimal comma is detected, and the table that is printed reads it: {name}"
                <| fun () ->
                    checkOf text (fun root check ->
                        Expect.isNull check.Problem "read"
                        Expect.equal (detected check) [ "comma: 3,5 is read as 3.5" ] "said"
                        Expect.stringContains check.CatalogTable "decimal = \",\"\n" "entry"
                        let expected = [ "u", "a", 3.5; "u", "b", 1.0; "v", "a", 4.25 ]
                        Expect.equal (ratings check.Ratings) expected "ratings"
                        write check.CatalogTable (Path.Combine(root, "catalog.toml"))

                        Expect.equal
                            (ratings (DatasetCatalog([ root ], null).Load("own").Ratings))
                            expected
                            "by the table")

            testCase "a decimal comma that comes late in the file is found"
            <| fun () ->
                let rows = String.concat "" [ for i in 1..200 -> $"u{i};a;4\n" ]

                checkOf ("user;item;rating\n" + rows + "v;b;2,5\n") (fun _ check ->
                    Expect.isNull check.Problem "read"
                    Expect.contains (ratings check.Ratings) ("v", "b", 2.5) "the last")

            for name, text in [ "header", "user;item;plays\nu;a;1,234\nu;b;5\n"; "no header", "u;a;1,234\nu;b;5\n" ] do
                testCase $"commas that may divide thousands are not guessed: {name}"
                <| fun () ->
                    checkOf text (fun _ check ->
                        Expect.isNull check.Ratings "not read"
                        Expect.isEmpty (detected check) "nothing said"
                        Expect.stringContains check.Problem "'1,234'" "what"
                        Expect.stringContains check.Problem "for a decimal comma set decimal = \",\"" "remedy")

            testCase "the table to complete asks what the commas are"
            <| fun () ->
                checkOf "user;item;plays\nu;a;1,234\nu;b;5\n" (fun _ check ->
                    Expect.stringContains
                        check.Draft
                        "decimal = \",\"  # if 1,234 in plays is 1.234; if commas divide thousands, take them out of the file\n"
                        "line")

                checkOf "Reader;Note\nu1;4,5\nu2;3\n" (fun _ check ->
                    Expect.stringContains check.Draft "decimal = \",\"  # Note: 4,5 is 4.5\n" "line")

            testCase "points are refused where commas are said to be decimal"
            <| fun () ->
                within (fun root ->
                    write "user;item;rating\nu;a;3,5\nu;b;1.234\n" (Path.Combine(root, "own", "own.csv"))

                    write
                        "[own]\nformat = \"delimited\"\nlabelThreshold = 4\n[own.columns]\nratings = \"own.csv\"\ndecimal = \",\"\n"
                        (Path.Combine(root, "catalog.toml"))

                    Expect.throwsC (fun () -> DatasetCatalog([ root ], null).Load "own" |> ignore) (fun error ->
                        Expect.stringContains error.Message "line 3, column 3" "place"
                        Expect.stringContains error.Message "set decimal = \".\"" "remedy"
                        Expect.stringContains error.Message "'1.234'" "what"))

            testCase "numbers of features with a decimal comma are numbers, by lines that read them"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "own", "items.csv")
                    write "item;price;tag\na;3,5;x\nb;4;y\n" path
                    let lines = (FileCheck.Of path).FeatureLines
                    Expect.stringContains lines "\"price:number\"" "kind"
                    Expect.stringContains lines "itemsDialect = { decimal = \",\" }  # 3,5 is 3.5 in price" "dialect"
                    write "user,item,rating\nu,a,4.5\nu,b,1\n" (Path.Combine(root, "own", "r.csv"))

                    write
                        ("[own]\nformat = \"delimited\"\nlabelThreshold = 4\n[own.columns]\nratings = \"r.csv\"\n"
                         + lines)
                        (Path.Combine(root, "catalog.toml"))

                    let read = DatasetCatalog([ root ], null).Load("own").Ratings
                    Expect.equal (ratings read) [ "u", "a", 4.5; "u", "b", 1.0 ] "ratings with points"

                    let price =
                        read.ItemFeatures.Columns |> Seq.find (fun column -> column.Name = "price") :?> FloatColumn

                    Expect.equal [ price.Values[0]; price.Values[1] ] [ 3.5f; 4f ] "prices with commas")

            testCase "the encoding of a file of features stands in its lines"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "items.csv")
                    writeLatin1 "item,name\na,Ä\nb,y\n" path

                    Expect.stringContains
                        (FileCheck.Of path).FeatureLines
                        "itemsDialect = { encoding = \"latin1\" }"
                        "line")
        ]

[<Tests>]
let tests = testList "Decimal comma" [ columns; files ]
