module RobustMeta.Tests.Evaluation.ResultTableTests

open System
open System.IO
open Expecto
open FsCheck
open RobustMeta.Data
open RobustMeta.Evaluation
open RobustMeta.Tests.Properties

let private inFile test = RobustMeta.Tests.TempFolder.within (fun folder -> test (Path.Combine(folder, "users.csv")))

let private row = UserResult("MeLU", 1, "u1", "NDCG@10", 0.25)

let private refuses (text: string) (parts: string list) =
    inFile (fun path ->
        File.WriteAllText(path, text)

        Expect.throwsC (fun () -> ResultTable.Read path |> ignore) (fun error ->
            Expect.isTrue (error :? DataFormatException) $"{error}"

            for part in path :: parts do
                Expect.stringContains error.Message part text))

[<Tests>]
let tests =
    testList
        "ResultTable"
        [
            testCase "the layout"
            <| fun () ->
                inFile (fun path ->
                    ResultTable.Write(path, [ row; UserResult("a,b", 2, "say \"hi\"", "MAE", 1e-7) ])

                    Expect.equal
                        (File.ReadAllText path)
                        "method,testset,user,metric,value\nMeLU,1,u1,NDCG@10,0.25\n\"a,b\",2,\"say \"\"hi\"\"\",MAE,1E-07\n"
                        "text"

                    Expect.equal (Directory.GetFiles(Path.GetDirectoryName path)).Length 1 "no partial file stays")

            testCase "names with separators, quotes and line breaks come back"
            <| fun () ->
                inFile (fun path ->
                    let rows =
                        [
                            for name in
                                [ "plain"; "a,b"; "\"quoted\""; "\""; "two\nlines"; "cr\rlf\r\n"; " blanks "; ""; "ü" ] do
                                UserResult(name, 0, name, name, 1.0)
                        ]

                    ResultTable.Write(path, rows)
                    Expect.equal (List.ofSeq (ResultTable.Read path)) rows "rows")

            property "values come back exactly"
            <| fun (values: NormalFloat list) (testSet: uint16) ->
                inFile (fun path ->
                    let rows = [ for x in values -> UserResult("m", int testSet, "u", "MAE", float x) ]
                    ResultTable.Write(path, rows)
                    let bits (rows: UserResult seq) = [ for r in rows -> BitConverter.DoubleToInt64Bits r.Value ]
                    Expect.equal (bits (ResultTable.Read path)) (bits rows) "bits")

            testCase "a damaged file is refused, with the place"
            <| fun () ->
                let header = ResultTable.Header + "\n"
                refuses "" [ "header" ]
                refuses "method,testset,user,value\n" [ "header" ]
                refuses (header + "MeLU,1,u1,MAE,0.5\nMeLU,1,u1,MAE\n") [ "3"; "5 fields, found 4" ]
                refuses (header + "MeLU,one,u1,MAE,0.5\n") [ "2"; "'one'" ]
                refuses (header + "MeLU,1,u1,MAE,\n") [ "2"; "a number" ]
                refuses (header + "\"a\nb\",1,u,MAE,1\nMeLU,1,u1,MAE,x\n") [ "4"; "'x'" ]

            testCase "values that are not finite are neither written nor read"
            <| fun () ->
                for text in [ "NaN"; "Infinity"; "-Infinity"; "1e999" ] do
                    refuses $"{ResultTable.Header}\nMeLU,1,u1,MAE,{text}\n" [ "2"; text ]

                for value in [ nan; infinity; -infinity ] do
                    inFile (fun path ->
                        Expect.throwsC
                            (fun () -> ResultTable.Write(path, [ row; UserResult("m", 3, "u7", "MAE", value) ]))
                            (fun error ->
                                Expect.isTrue (error :? InvalidDataException) "kind"

                                for part in [ "MAE"; "u7"; "test set 3" ] do
                                    Expect.stringContains error.Message part "message")

                        Expect.isFalse (File.Exists path) "nothing written")

            testCase "a file that is cut short is refused wherever the cut is"
            <| fun () ->
                inFile (fun path ->
                    ResultTable.Write(path, [ row; UserResult("a\n\"b\"", 2, "u", "MAE", 0.125) ])
                    let text = File.ReadAllText path

                    let ends =
                        [
                            for i in 0 .. text.Length - 1 do
                                if text[i] = '\n' then
                                    i + 1
                        ]
                    // The second line break stands in a quoted name.
                    let whole = [ ends[0]; ends[1]; text.Length ]

                    for length in 0 .. text.Length do
                        if not (List.contains length whole) then
                            refuses text[.. length - 1] [])
        ]
