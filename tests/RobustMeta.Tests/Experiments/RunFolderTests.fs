/// A finished run is what its manifest says; damaged results are set aside, never read.
module RobustMeta.Tests.Experiments.RunFolderTests

open System
open System.IO
open Expecto
open RobustMeta.Data
open RobustMeta.Experiments
open RobustMeta.Settings
open RobustMeta.Tests.TempFolder
open RobustMeta.Tests.TinyRun

let private result = lazy ExperimentRunner.Run(prepared.Value, spec)

/// A finished run in a new folder.
let private finished root =
    let folder = RunFolder(root, spec)
    folder.Write(prepared.Value, result.Value)
    folder

let private anew root = RunFolder(root, spec)

let private cutAtLineEnd (path: string) =
    let lines = File.ReadAllLines path
    File.WriteAllText(path, String.Join('\n', lines[.. lines.Length / 2]) + "\n")

let private keepHeader (path: string) = File.WriteAllText(path, File.ReadAllLines(path)[0] + "\n")

let private flipBit (path: string) =
    let bytes = File.ReadAllBytes path
    bytes[bytes.Length / 2] <- bytes[bytes.Length / 2] ^^^ 1uy
    File.WriteAllBytes(path, bytes)

let private empty (path: string) = File.WriteAllText(path, "")

let private damages =
    [
        for file in
            [
                "users.csv"
                "selection.csv"
                "spec.toml"
                "history.csv"
                "weights.csv"
                "testsets.csv"
                "model.safetensors"
            ] do
            file, "one bit", flipBit
            file, "emptied", empty
            file, "deleted", File.Delete
        "users.csv", "cut at a line end", cutAtLineEnd
        "users.csv", "a header only", keepHeader
        "selection.csv", "a header only", keepHeader
        "done", "emptied", empty
        "done", "cut at a line end", cutAtLineEnd
        "done", "one bit", flipBit
    ]

[<Tests>]
let tests =
    testList
        "RunFolder"
        [
            testCase "a finished run is done, whole and read back"
            <| fun () ->
                within (fun root ->
                    let folder = finished root
                    Expect.isTrue folder.IsDone "at once"
                    Expect.isTrue (anew root).IsDone "and by another object"
                    Expect.isNull ((anew root).SetAsideIfDamaged()) "nothing is damaged"
                    Expect.sequenceEqual ((anew root).ReadUsers()) result.Value.Users "users"
                    Expect.equal (RunFolder.Open(folder.Path).Spec.Text) spec.Text "its spec"
                    let manifest = File.ReadAllLines(Path.Combine(folder.Path, "done"))

                    for file in Directory.EnumerateFiles folder.Path |> Seq.map Path.GetFileName do
                        if file <> "done" && file <> "timing.csv" then
                            Expect.exists manifest (fun line -> line.StartsWith $"{file},") file)

            testList
                "damage is found, named and set aside"
                [
                    for file, how, damage in damages do
                        testCase $"{file}, {how}"
                        <| fun () ->
                            within (fun root ->
                                let folder = finished root
                                damage (Path.Combine(folder.Path, file))
                                let again = anew root
                                Expect.isFalse again.IsDone "not done"

                                match again.SetAsideIfDamaged() with
                                | null -> failtest "nothing was said"
                                | said ->
                                    Expect.stringContains said (if file = "done" then "" else file) "what"
                                    Expect.stringContains said ".damaged-1" "where it is now"

                                Expect.isFalse (Directory.Exists folder.Path) "moved"
                                Expect.isTrue (Directory.Exists $"{folder.Path}.damaged-1") "kept"
                                Expect.isTrue (finished root).IsDone "made again")
                ]

            testCase "results of other data are refused, with the remedy"
            <| fun () ->
                within (fun root ->
                    let folder = finished root
                    folder.RequireSameData prepared.Value
                    let data = DatasetCatalog.Default.Load "synthetic"
                    let ratings = data.Ratings
                    // One rating differs.
                    let values = ratings.Values.SetItem(17, (if ratings.Values[17] = 1.0f then 2.0f else 1.0f))

                    let edited =
                        Ratings(
                            ratings.Name,
                            ratings.Users,
                            ratings.Items,
                            ratings.UserIndex,
                            ratings.ItemIndex,
                            values,
                            ratings.Times,
                            ratings.UserFeatures,
                            ratings.ItemFeatures,
                            ratings.Report
                        )

                    for other in
                        [
                            Dataset(edited, 4.0, data.UserFeatures, data.ItemFeatures)
                            Dataset(ratings, 3.0, data.UserFeatures, data.ItemFeatures)
                            Dataset(ratings, 4.0, data.UserFeatures, [||])
                        ] do
                        Expect.throwsC
                            (fun () -> (anew root).RequireSameData(PreparedExperiment.Of(spec, other)))
                            (fun error ->
                                for part in [ folder.Path; "other data"; "out NAME" ] do
                                    Expect.stringContains error.Message part "message"))

            testCase "the fingerprint of data does not depend on the order of rows"
            <| fun () ->
                let data = DatasetCatalog.Default.Load "synthetic"
                let ratings = data.Ratings
                let rows = [| ratings.Count - 1 .. -1 .. 0 |]

                let pick (values: System.Collections.Immutable.ImmutableArray<'T>) =
                    System.Collections.Immutable.ImmutableArray.CreateRange(rows |> Seq.map (fun r -> values[r]))

                let backwards =
                    Ratings(
                        "other name",
                        ratings.Users,
                        ratings.Items,
                        pick ratings.UserIndex,
                        pick ratings.ItemIndex,
                        pick ratings.Values,
                        (if ratings.Times.IsEmpty then ratings.Times else pick ratings.Times),
                        ratings.UserFeatures,
                        ratings.ItemFeatures,
                        ratings.Report
                    )

                Expect.equal
                    (DataFingerprint.Of(Dataset(backwards, 4.0, data.UserFeatures, data.ItemFeatures)))
                    (DataFingerprint.Of(Dataset(ratings, 4.0, data.UserFeatures, data.ItemFeatures)))
                    "fingerprint"

            testCase
                "a folder of version 0.1.0: settings that act no more are refused by name, results by the empty done"
            <| fun () ->
                within (fun root ->
                    let old = Path.Combine(root, "synthetic-MeLU-0123456789ab")
                    Directory.CreateDirectory old |> ignore
                    let inOld name = Path.Combine(old, name)
                    File.WriteAllText(inOld "done", "")
                    File.WriteAllText(inOld "users.csv", "model,testset,user,metric,value\nMeLU,0,u1,NDCG@10,0.5\n")

                    for settings, expected in
                        [
                            "tableau = 0.1\nlevels = \"none\"\n", "no setting 'tableau'"
                            "levels = \"none\"\ntaskWeightLr = 0.1\n", "taskWeightLr has no effect"
                        ] do
                        File.WriteAllText(inOld "spec.toml", "model = \"MeLU\"\n" + settings)

                        Expect.throwsC (fun () -> RunFolder.Open old |> ignore) (fun error ->
                            Expect.isTrue (error :? SettingException) $"{error}"
                            Expect.stringContains error.Message (inOld "spec.toml") "the file"
                            Expect.stringContains error.Message expected "the setting")

                    // One whose settings all exist still: its results are set aside and made again.
                    File.WriteAllText(inOld "spec.toml", "model = \"MeLU\"\ntestShare = 0.1\n")
                    let folder = RunFolder.Open old
                    Expect.isFalse folder.IsDone "not read"
                    Expect.isFalse folder.IsDone "nor later"

                    match folder.SetAsideIfDamaged() with
                    | null -> failtest "nothing was said"
                    | said ->
                        Expect.stringContains said "version before 0.2" "why"
                        Expect.stringContains said ".damaged-1" "where it is now")
        ]
