module RobustMeta.Tests.Training.SafetensorsFileTests

open System.IO
open Expecto
open RobustMeta.Training

[<Tests>]
let tests =
    testList
        "SafetensorsFile"
        [
            testCase "arrays and texts come back"
            <| fun () ->
                RobustMeta.Tests.TempFolder.within (fun folder ->
                    let path = Path.Combine(folder, "a.safetensors")
                    let file = SafetensorsFile()
                    file.Metadata["note"] <- "zwölf \"quoted\""
                    file.Add("b.weight", [| 1.5f; -2.0f; System.Single.Epsilon |], 3, 1)
                    file.Add("a", [| System.Double.Pi; 1e300 |], 2)
                    file.Save path
                    let back = SafetensorsFile.Load path
                    Expect.equal (List.ofSeq back.Names) [ "a"; "b.weight" ] "names"
                    Expect.equal (back.Double "a") [| System.Double.Pi; 1e300 |] "doubles"
                    Expect.equal (back.Single "b.weight") [| 1.5f; -2.0f; System.Single.Epsilon |] "singles"
                    Expect.equal back.Metadata["note"] "zwölf \"quoted\"" "text"
                    Expect.equal (Directory.GetFiles folder).Length 1 "no partial file stays")

            testCase "the layout is that of the format"
            <| fun () ->
                RobustMeta.Tests.TempFolder.within (fun folder ->
                    let path = Path.Combine(folder, "a.safetensors")
                    let file = SafetensorsFile()
                    file.Add("x", [| 1.0f |], 1)
                    file.Save path
                    let bytes = File.ReadAllBytes path
                    let length = System.BitConverter.ToInt64(bytes, 0)
                    let header = System.Text.Encoding.UTF8.GetString(bytes, 8, int length)
                    Expect.equal (length % 8L) 0L "aligned"

                    Expect.stringContains
                        header
                        "\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}"
                        "header"

                    Expect.equal bytes[8 + int length ..] (System.BitConverter.GetBytes 1.0f) "data")

            testCase "a damaged file is refused"
            <| fun () ->
                RobustMeta.Tests.TempFolder.within (fun folder ->
                    let path = Path.Combine(folder, "a.safetensors")
                    let file = SafetensorsFile()
                    file.Add("x", Array.zeroCreate<float32> 100, 100)
                    file.Save path
                    let bytes = File.ReadAllBytes path
                    File.WriteAllBytes(path, bytes[.. bytes.Length - 9])
                    Expect.throwsT<InvalidDataException> (fun () -> SafetensorsFile.Load path |> ignore) "cut short"
                    File.WriteAllBytes(path, [| 255uy; 255uy |])
                    Expect.throwsT<InvalidDataException> (fun () -> SafetensorsFile.Load path |> ignore) "no header")
        ]
