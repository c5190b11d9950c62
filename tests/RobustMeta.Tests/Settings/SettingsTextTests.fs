/// Files of settings: what is no text of settings is refused before it is read.
module RobustMeta.Tests.Settings.SettingsTextTests

open System
open System.Diagnostics
open System.IO
open Expecto
open RobustMeta.Data
open RobustMeta.Experiments
open RobustMeta.Settings
open RobustMeta.Studies
open RobustMeta.Tests
open RobustMeta.Tests.TempFolder

let private refusal (action: unit -> unit) =
    try
        action ()
        failtest "is not refused"
    with :? SettingException as error ->
        error.Message

let private readers: (string * (string -> unit)) list =
    [
        "a spec", (SpecFile.Read >> ignore)
        "a study", (fun path -> StudyFile.Read path |> ignore)
        "a text", (fun path -> SettingsText.Read(path, "a text") |> ignore)
    ]

[<Tests>]
let tests =
    testList
        "SettingsText"
        [
            for name, read in readers do
                testCase $"{name} that is a folder, missing, too large or in another encoding is refused by its name"
                <| fun () ->
                    within (fun root ->
                        let file = Path.Combine(root, "a.toml")
                        let refused part = Expect.stringContains (refusal (fun () -> read file)) $"{file}: {part}" part
                        refused "there is no such file"
                        writeBytes (Array.create 2_000_000 (byte 'x')) file
                        refused "2000000 bytes"
                        writeBytes [| byte 'a'; 0xFFuy |] file
                        refused "byte 1 is not valid UTF-8"
                        File.Delete file
                        Directory.CreateDirectory file |> ignore
                        refused "this is a folder")

                testCase $"{name} that is a pipe is refused and not waited for"
                <| fun () ->
                    if OperatingSystem.IsWindows() then
                        skiptest "no pipes in folders"

                    within (fun root ->
                        let file = Path.Combine(root, "a.toml")
                        Process.Start("mkfifo", [| file |]).WaitForExit()
                        Expect.stringContains (refusal (fun () -> read file)) "this is a pipe or device" "message")

            testCase "a byte-order mark is no part of a study"
            <| fun () ->
                within (fun root ->
                    let file = Path.Combine(root, "a.toml")
                    write ("\uFEFF" + StudySample.text) file
                    Expect.equal (StudyFile.Read(file).Text) StudySample.text "text")

            testCase "an unknown data set names the catalog of one's own where there is none"
            <| fun () ->
                within (fun root ->
                    let message () =
                        try
                            DatasetCatalog([ root ], null).Find "my-shop" |> ignore
                            ""
                        with :? SettingException as error ->
                            error.Message

                    let file = Path.Combine(root, "catalog.toml")
                    Expect.stringEnds (message ()) $"Your own stand in {file}, and there is no such file" "no catalog"
                    write "[mine]\nformat = \"delimited\"\nlabelThreshold = 4\n" file
                    Expect.isFalse ((message ()).Contains file) "a catalog without it")

            testCase "a catalog that is a pipe takes away no other data set"
            <| fun () ->
                if OperatingSystem.IsWindows() then
                    skiptest "no pipes in folders"

                within (fun root ->
                    let file = Path.Combine(root, "catalog.toml")
                    Process.Start("mkfifo", [| file |]).WaitForExit()
                    let catalog = DatasetCatalog([ root ], null)
                    Expect.stringContains catalog.Problems[file] "this is a pipe or device" "problem"
                    Expect.contains catalog.Names "ml-100k" "others")
        ]
