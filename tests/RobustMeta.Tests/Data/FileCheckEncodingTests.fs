/// `data check` of files that are compressed, packed or in another encoding.
module RobustMeta.Tests.Data.FileCheckEncodingTests

open System.IO
open System.Text
open Expecto
open RobustMeta.Data
open RobustMeta.Scripts.Data
open RobustMeta.Tests.ReadRatings
open RobustMeta.Tests.TempFolder

[<Tests>]
let tests =
    testList
        "data check of other encodings"
        [
            testCase "a gzip file under a plain name is told to be one"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "own", "x.csv")
                    writeGzip "user,item,rating\nu,a,5\nu,b,1\n" path
                    let remedy = "x.csv: expected text, found a gzip file; rename it to x.csv.gz"
                    Expect.stringEnds (nonNull (FileCheck.Of path).Problem) remedy "check"

                    write
                        "[own]\nformat = \"delimited\"\nlabelThreshold = 4\n[own.columns]\nratings = \"x.csv\"\n"
                        (Path.Combine(root, "catalog.toml"))

                    Expect.throwsC (fun () -> load root "own" |> ignore) (fun error ->
                        Expect.stringEnds error.Message remedy "reader"))

            testCase "what is packed otherwise than by gzip is told to be that"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "x.csv")

                    for head, found in
                        [
                            "PK\003\004\020\000", "a zip archive or spreadsheet; unpack it, or save it as CSV"
                            "PAR1\021\004\021", "a Parquet file; let its name end with .parquet"
                            "BZh91AY&SY", "a bzip2 file; unpack it"
                            "\2537zXZ\000\000", "an xz file; unpack it"
                            "\040\181\047\253\004", "a Zstandard file; unpack it"
                            "\000u\000,\000i", "a zero before each character, as in UTF-16; convert it to UTF-8"
                        ] do
                        File.WriteAllBytes(path, Encoding.Latin1.GetBytes(head + "\nu,a,5\n"))
                        let problem = nonNull (FileCheck.Of path).Problem
                        Expect.stringEnds problem $"x.csv: expected text, found {found}" found)

            for name, encoding, table in
                [
                    "UTF-16 without a mark", UnicodeEncoding(false, false) :> Encoding, "encoding = \"utf16\""
                    "UTF-16", UnicodeEncoding(false, true), "encoding = \"utf16\""
                    "UTF-32", UTF32Encoding(false, true), "header = true"
                    "UTF-32, the largest byte first", UTF32Encoding(true, true), "header = true"
                ] do
                testCase $"the table that it prints reads the file: {name}"
                <| fun () ->
                    within (fun root ->
                        let path = Path.Combine(root, "wide", "wide.csv")
                        write "" path
                        File.WriteAllText(path, "user,item,rating\nü1,a,5\nü2,b,1\n", encoding)
                        let check = FileCheck.Of path
                        Expect.isNull check.Problem "read"
                        Expect.stringContains check.CatalogTable table "table"
                        write check.CatalogTable (Path.Combine(root, "catalog.toml"))
                        Expect.equal (rows (load root "wide")).Head ("ü1", "a", 5.0) "first row")

            testCase "UTF-16 without a mark that is read as other text is told so"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "wide", "wide.csv")
                    write "" path
                    File.WriteAllText(path, "user,item,rating\nu,a,5\nu,b,1\n", UnicodeEncoding(false, false))

                    write
                        "[wide]\nformat = \"delimited\"\nlabelThreshold = 4\n[wide.columns]\nratings = \"wide.csv\"\n"
                        (Path.Combine(root, "catalog.toml"))

                    Expect.throwsC (fun () -> load root "wide" |> ignore) (fun error ->
                        Expect.stringEnds error.Message "as in UTF-16; its encoding is utf16" "reader"))

            testCase "the table of a compressed file names the file that is read"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "ok", "ok.csv.gz")
                    let toml = Path.Combine(root, "catalog.toml")
                    writeGzip "user,item,rating\nu,a,5\nu,b,1\n" path
                    let alone = FileCheck.Of path
                    Expect.stringContains alone.CatalogTable "[ok]" "name"
                    Expect.stringContains alone.CatalogTable "ratings = \"ok.csv\"" "found by the plain name"
                    write alone.CatalogTable toml
                    Expect.equal (rows (load root "ok")) (rows alone.Ratings) "as checked"
                    write "user,item,rating\nv,c,2\nv,d,3\n" (Path.Combine(root, "ok", "ok.csv"))
                    let beside = FileCheck.Of path
                    Expect.equal (rows beside.Ratings) (rows alone.Ratings) "not the file beside it"
                    write beside.CatalogTable toml
                    Expect.equal (rows (load root "ok")) (rows alone.Ratings) "as checked")
        ]
