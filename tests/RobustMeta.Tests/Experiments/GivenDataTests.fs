/// What is known of test data before anything is trained: that they changed, and which of their items are new.
module RobustMeta.Tests.Experiments.GivenDataTests

open System.IO
open Expecto
open RobustMeta.Data
open RobustMeta.Experiments
open RobustMeta.Shift
open RobustMeta.Tests.TempFolder

let private data = lazy DatasetCatalog.Default.Load "synthetic"

let private prepared model settings =
    PreparedExperiment.Of(RobustMeta.Scripts.Experiment.spec model settings, data.Value)

/// Each user rates twenty items, the rating of the first being `first`.
let private file (path: string) first =
    let ratings = data.Value.Ratings

    File.WriteAllLines(
        path,
        [
            "user,item,rating"
            for u in 0 .. ratings.Users.Count - 1 do
                for k in 0..29 do
                    let item = (7 * u + 11 * k) % ratings.Items.Count
                    $"{ratings.Users[u]},{ratings.Items[item]},{if u = 0 && k = 0 then first else 1 + (u + k) % 5}"
        ]
    )

[<Tests>]
let tests =
    testList
        "Test data"
        [
            testCase "ratings of a given file are a part of the fingerprint, and nothing of them in other runs"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "given.csv")

                    let fingerprint protocol key = (prepared "popularity" [ "shift", protocol; key, path ]).Fingerprint

                    let plain = (prepared "popularity" []).Fingerprint

                    for protocol, key in [ "givenTest", "testData"; "givenSupport", "supportData" ] do
                        file path 1
                        let first = fingerprint protocol key
                        Expect.equal (fingerprint protocol key) first "the same file"
                        Expect.notEqual first plain "the file counts"

                        // Every rating turned round: some of them are asked about.
                        let lines = File.ReadAllLines path

                        let turned =
                            lines
                            |> Array.map (fun line ->
                                if line.EndsWith ",5" then line[.. line.Length - 2] + "2" else line)

                        File.WriteAllLines(path, turned)
                        Expect.notEqual (fingerprint protocol key) first "another content"

                    Expect.equal
                        (DataFingerprint.Of (prepared "popularity" []).Dataset)
                        plain
                        "no file: that of the data")

            testCase
                "models of identity alone say before training that they cannot score cold items, those of content that they can"
            <| fun () ->
                let cold = [ "shift", "itemColdStart"; "coldItems", "0.4" ]

                let notice model settings =
                    let prepared = prepared model (cold @ settings)
                    ColdItems.Notice(prepared, prepared.Spec.Method)

                let alone = [ "itemFeatures", "none"; "itemId", "true" ]
                Expect.stringContains (nonNull (notice "MetaPMF" alone)) "cannot score them" "identity"
                Expect.stringContains (nonNull (notice "MeLU" [])) "by their features" "content"
                Expect.stringContains (nonNull (notice "EASE" [])) "cannot score them" "a baseline"
                Expect.isNull (ColdItems.Notice(prepared "EASE" [], Methods.Named "EASE")) "no cold items"

            testCase "tdro says before training where the data have one period"
            <| fun () ->
                let notices settings =
                    let prepared = prepared "MeLU" settings
                    [ for notice in AdvanceNotices.Of(prepared, prepared.Spec.Method) -> notice.Text ]

                match notices [ "preset", "tdro" ] with
                | [ notice ] ->
                    for words in [ "MeLU+tdro"; "one period"; "no times"; "periods is 3"; "s-dro" ] do
                        Expect.stringContains notice words "says it"
                | other -> failtest $"%A{other}"

                Expect.isEmpty (notices [ "preset", "s-dro" ]) "no trend"
                Expect.isEmpty (notices [ "preset", "tdro"; "periods", "1" ]) "as was asked for"

            testCase "cold items are counted by what training tasks hold"
            <| fun () ->
                let prepared = prepared "popularity" [ "shift", "itemColdStart" ]
                let items = prepared.Source.Ratings.ItemIndex

                let known =
                    Set
                        [
                            for t in prepared.Split.MetaTrain do
                                for row in Seq.append t.Support t.Query -> items[row]
                        ]

                for set in prepared.TestSets do
                    let asked = set.Tasks |> Seq.collect _.Query |> Seq.map (fun row -> items[row]) |> Set
                    let struct (cold, all) = ColdItems.Of(prepared, set)
                    Expect.equal (cold, all) ((asked - known).Count, asked.Count) $"set {set.Number}"
        ]
