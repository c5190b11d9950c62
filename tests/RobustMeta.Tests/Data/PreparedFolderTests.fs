/// Folders of preparations: when they are made again, and what is never written over.
module RobustMeta.Tests.Data.PreparedFolderTests

open System
open System.IO
open Expecto
open RobustMeta.Scripts.Preparation
open RobustMeta.Settings
open RobustMeta.Tests.Data.PreparedCatalog
open RobustMeta.Tests.ReadRatings
open RobustMeta.Tests.TempFolder

/// A data set of three ratings, by a catalog's entry with a threshold.
let private shop root threshold =
    write
        $"[shop]\nformat = \"delimited\"\nlabelThreshold = {threshold}\n[shop.columns]\nratings = \"ratings.csv\"\n"
        (Path.Combine(root, "catalog.toml"))

    write "user,item,rating\nu,a,5\nu,b,3\nv,a,2\n" (Path.Combine(root, "shop", "ratings.csv"))

let private again =
    testCase "a preparation is made again when its files, its table or the catalog's entry changed"
    <| fun () ->
        within (fun root ->
            shop root 4
            let folder = Path.Combine(root, "shop-prepared")
            let isMade () = (prepared root "shop" all |> fst).IsSome
            Expect.isTrue (isMade ()) "the first time"
            Expect.isFalse (isMade ()) "the same again"
            shop root 2
            Expect.isTrue (isMade ()) "another threshold"
            Expect.equal (catalog(root).Load "shop-prepared").LabelThreshold 2.0 "which the folder has"

            for file in [ "steps.csv"; "prepared.toml"; "ratings.bin"; "manifest.toml" ] do
                File.WriteAllText(Path.Combine(folder, file), "")
                Expect.isTrue (isMade ()) $"{file} was emptied"
                File.Delete(Path.Combine(folder, file))
                Expect.isTrue (isMade ()) $"{file} was deleted"

            Expect.isFalse (isMade ()) "whole")

let private folders =
    testCase "a preparation goes into no folder that holds something else, whatever its name"
    <| fun () ->
        within (fun root ->
            shop root 4
            let source = catalog(root).Open "shop"
            let into (folder: string) = Preparation.prepare source (Recipes.find source.Entry) all folder

            let refused (folder: string) (parts: string list) =
                let before = Directory.GetFiles(folder, "*", SearchOption.AllDirectories)

                Expect.throwsC (fun () -> into folder |> ignore) (fun error ->
                    Expect.isTrue (error :? SettingException) $"{error}"

                    for part in parts do
                        Expect.stringContains error.Message part "message")

                Expect.equal
                    (Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
                    before
                    "nothing was changed"

            for name in [ "notes.txt"; "steps.csv"; "ratings.parquet"; "sub/notes.txt" ] do
                let folder = Path.Combine(root, "own-" + name.Replace('/', '-'))
                write "mine" (Path.Combine(folder, name))
                refused folder [ $"holds other files ({name.Split('/')[0]})"; "new folder" ]
                Expect.equal (File.ReadAllText(Path.Combine(folder, name))) "mine" "as it was"

            refused (Path.Combine(root, "shop")) [ "ratings.csv" ]
            refused root [ "catalog.toml" ]

            let empty = Path.Combine(root, "a.b")
            Directory.CreateDirectory empty |> ignore
            Expect.isSome (into empty) "an empty folder"
            Expect.equal (catalog(root).Load "a.b").Ratings.Count 3 "is a data set of its name"
            // What a killed process leaves is no file of the user's.
            write "half" (Path.Combine(empty, "ratings.bin.0123456789ab.1." + Guid.NewGuid().ToString "N" + ".part"))
            File.Delete(Path.Combine(empty, "manifest.toml"))
            Expect.isSome (into empty) "and is made again"
            write "mine" (Path.Combine(empty, "notes.txt"))
            refused empty [ "notes.txt" ]

            Expect.throwsC (fun () -> into (Path.Combine(root, "a b")) |> ignore) (fun error ->
                Expect.stringContains error.Message "must be letters, digits" "name"))

[<Tests>]
let tests = testList "Prepared folders" [ again; folders ]
