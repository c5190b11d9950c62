module RobustMeta.Tests.Docs.TomlBlockTests

open System.IO
open Expecto
open RobustMeta.Data
open RobustMeta.Tests
open RobustMeta.Tests.MarkdownBlocks

/// What reads a block, by its marker.
let private readers: Map<string, string -> unit> =
    Map
        [
            "catalog",
            fun folder ->
                let catalog = DatasetCatalog([ folder ], null)
                Expect.contains catalog.Names "my-shop" "data set"
            "study",
            fun folder ->
                let study = RobustMeta.Studies.StudyFile.Read(Path.Combine(folder, "study.toml"))
                Expect.isNonEmpty study.Methods "methods"
        ]

[<Tests>]
let tests =
    testList
        "TOML blocks"
        [
            for block in inLanguage "toml" do
                testCase $"{block.Place} is read"
                <| fun () ->
                    TempFolder.within (fun folder ->
                        match readers.TryFind block.Marker with
                        | Some read ->
                            TempFolder.write block.Text (Path.Combine(folder, block.Marker + ".toml"))
                            read folder
                        | None ->
                            let kinds = String.concat ", " readers.Keys
                            failtest $"A line <!-- test: KIND --> must stand before the block; kinds: {kinds}")
        ]
