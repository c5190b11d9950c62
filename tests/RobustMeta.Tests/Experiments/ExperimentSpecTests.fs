module RobustMeta.Tests.Experiments.ExperimentSpecTests

open System
open System.IO
open System.Security.Cryptography
open System.Text
open Expecto
open RobustMeta.Experiments
open RobustMeta.Models
open RobustMeta.Settings
open RobustMeta.Shift
open RobustMeta.Tasks
open RobustMeta.Tests.Properties

let private specOf model settings = ExperimentSpec.Of(model, [| for k, v in settings -> struct (k, v) |])
let private melu settings = specOf "MeLU" settings

let private refuses model settings (parts: string list) =
    Expect.throwsC (fun () -> specOf model settings |> ignore) (fun error ->
        Expect.isTrue (error :? SettingException) $"%A{settings}: {error}"

        for part in parts do
            Expect.stringContains error.Message part $"%A{settings}")

let private everyModel test =
    testList "every model" [ for name in ModelSpec.Registry.All.Keys -> testCase name (fun () -> test name) ]

let private refusals =
    testList
        "refused"
        [
            testCase "unknown names, with the nearest"
            <| fun () ->
                refuses "MeLU" [ "epohc", "3" ] [ "'epohc'"; "did you mean"; "'epoch'" ]
                refuses "MeLU" [ "hidden", "3" ] [ "'hiddenDim1'"; "'hiddenDim2'" ]
                refuses "MeLU" [ "LR", "3" ] [ "'LR'"; "'lr'" ]
                refuses "MeLUU" [] [ "'MeLUU'"; "'MeLU'" ]
                refuses "MeLU" [ "model", "MeLU" ] [ "'model'" ]

            testCase "numbers out of range or of the wrong kind, with the range"
            <| fun () ->
                refuses "MeLU" [ "lr", "-1" ] [ "lr is -1"; "number, 0 to 100" ]
                refuses "MeLU" [ "lr", "fast" ] [ "lr is 'fast'"; "number, 0 to 100" ]
                refuses "MeLU" [ "lr", "NaN" ] [ "lr is NaN"; "0 to 100" ]
                refuses "MeLU" [ "lr", "1,5" ] [ "lr is '1,5'" ]
                refuses "MeLU" [ "batchSize", "0" ] [ "batchSize is 0"; "integer, 1 to 1000000" ]
                refuses "MeLU" [ "batchSize", "1.5" ] [ "'1.5'"; "integer" ]
                refuses "MeLU" [ "batchSize", "99999999999" ] [ "integer" ]
                refuses "MeLU" [ "betas", "0,11" ] [ "betas is 11"; "-10 to 10" ]
                refuses "MeLU" [ "betas", "0,x" ] [ "'0,x'"; "numbers, comma-separated" ]
                refuses "MeLU" [ "itemId", "yes" ] [ "'yes'"; "true | false" ]

            testCase "values of choices, with the choices"
            <| fun () ->
                refuses "MeLU" [ "optimizer", "adamm" ] [ "'adamm'"; "sgd | adam"; "did you mean 'adam'" ]
                refuses "MeLU" [ "optimizer", "1" ] [ "sgd | adam" ]
                refuses "MeLU" [ "label", "" ] [ "click | rating" ]

            testCase "texts with a grammar of their own"
            <| fun () ->
                refuses "MeLU" [ "candidates", "sampled 0" ] [ "sampled 0"; "N ≥ 1" ]
                refuses "MeLU" [ "metrics", "NDCG@10,ACU" ] [ "'ACU'"; "'AUC'" ]
                refuses "MeLU" [ "selection", "NDCG" ] [ "cut-off" ]
                refuses "MeLU" [ "set", "simplx" ] [ "simplx" ]
                refuses "MeLU" [ "reference", "crossfit"; "referenceModel", "MeLUU" ] [ "'MeLU'" ]

            testCase "errors of items without a label"
            <| fun () ->
                for candidates in [ "all"; "sampled 50" ] do
                    refuses "MeLU" [ "metrics", "NDCG@10,LogLoss"; "candidates", candidates ] [ "LogLoss"; candidates ]

                    refuses
                        "MeLU"
                        [ "candidates", candidates; "label", "rating"; "metrics", "MAE" ]
                        [ "MAE"; "labelled" ]

                    let auto = melu [ "candidates", candidates ]
                    let names = auto.Evaluation.MetricsFor LabelKind.Click |> Seq.map _.Name |> List.ofSeq
                    Expect.contains names "NDCG@10" "auto ranks"
                    Expect.contains names "AUC" "auto ranks"
                    Expect.isFalse (List.contains "LogLoss" names) "and measures no error"

            testCase "errors of other labels"
            <| fun () ->
                refuses "MeLU" [ "metrics", "MAE,NDCG@10" ] [ "MAE"; "logits of a click"; "label rating" ]
                refuses "MeLU" [ "label", "rating"; "metrics", "LogLoss" ] [ "LogLoss"; "scores are ratings" ]
                refuses "MeLU" [ "selection", "RMSE" ] [ "selection is RMSE" ]

            testCase "a setting given twice"
            <| fun () -> refuses "MeLU" [ "lr", "1"; "lr", "2" ] [ "lr is given twice" ]
        ]

let private accepted =
    testList
        "accepted"
        [
            testCase "the ends of a range"
            <| fun () ->
                Expect.equal (melu [ "lr", "0" ]).Meta.Training.Lr 0.0 "low"
                Expect.equal (melu [ "lr", "100" ]).Meta.Training.Lr 100.0 "high"

            testCase "choices in any case, and flags"
            <| fun () ->
                Expect.equal (melu [ "label", "RATING" ]).Split.Label LabelKind.Rating "case"
                Expect.equal (melu [ "levels", "none" ]).MethodName "MeLU" "plain"
                Expect.equal (melu [ "levels", "both" ]).MethodName "MeLU+paper" "robust"

            testCase "lists, empty ones included"
            <| fun () ->
                Expect.sequenceEqual
                    ((melu [ "betas", "-1, 0.5" ]).Shift :?> ExponentialTilt).Betas
                    [ -1.0; 0.5 ]
                    "numbers"

                Expect.isEmpty (melu [ "userFeatures", "none" ]).Meta.Features.UserFeatures "none"

            testCase "other settings stay, and so does the spec that is copied"
            <| fun () ->
                let spec = melu [ "lr", "0.5" ]
                let changed = spec.With(struct ("epoch", "7"))
                Expect.equal (changed.Meta.Training.Lr, changed.Meta.Training.Epoch) (0.5, 7) "both"
                Expect.equal spec.Meta.Training.Epoch 200 "unchanged"

            testCase "defaults that are a model's own, which settings overrule"
            <| fun () ->
                let tanp, melu = specOf "TaNP" [], melu []

                Expect.equal
                    (tanp.Meta.Features.EmbeddingScale, melu.Meta.Features.EmbeddingScale)
                    (1.0, 0.1)
                    "embeddingScale"

                Expect.equal (tanp.Meta.Training.Bucketed, melu.Meta.Training.Bucketed) (true, false) "bucketed"
                let given = specOf "TaNP" [ "embeddingScale", "0.3"; "bucketed", "false" ]
                Expect.equal (given.Meta.Features.EmbeddingScale, given.Meta.Training.Bucketed) (0.3, false) "as given"

            testCase "models with starts and inputs of their own share data"
            <| fun () ->
                Expect.equal (specOf "TaNP" []).DataHash (melu []).DataHash "other defaults, the same tasks"
                Expect.equal (melu [ "embeddingDim", "8" ]).DataHash (melu []).DataHash "other inputs, the same tasks"
                Expect.notEqual (melu [ "supportSize", "8" ]).DataHash (melu []).DataHash "other tasks, another hash"

            testCase "a metric that is asked for twice is measured once"
            <| fun () ->
                let names settings = [ for m in (melu settings).Evaluation.MetricsFor LabelKind.Click -> m.Name ]
                let usual = names []
                Expect.contains usual "NDCG@10" "usual"
                Expect.equal (names [ "metrics", "auto,ndcg@10,auc" ]) usual "by whatever name"
        ]

let private keys =
    everyModel (fun name ->
        let spec = specOf name []
        let settings = List.ofSeq (SettingList.Of spec)
        let keys = settings |> List.map _.Key
        Expect.equal (List.distinct keys) keys "keys are unique"
        Expect.isFalse (List.contains ExperimentSpec.ModelKey keys) "model is the model's name"

        for setting in settings do
            Expect.isNotEmpty setting.Meaning setting.Key
            // Every value can be given as it is printed, and lies in its own range.
            Expect.equal (spec.With(struct (setting.Key, setting.Print spec))).Text spec.Text setting.Key

        let back = SpecFile.Parse spec.Text
        Expect.equal (back.GetType(), back.Method) (spec.GetType(), spec.Method) "model"
        Expect.equal back.Text spec.Text "text")

let private comesBack settings =
    let spec = melu settings
    let back = SpecFile.Parse spec.Text
    Expect.equal back.Text spec.Text $"%A{settings}"
    Expect.equal back.Hash spec.Hash $"%A{settings}"

let private files =
    testList
        "spec files"
        [
            testCase "every kind of value comes back"
            <| fun () ->
                comesBack [ "lr", "1e-5"; "weightDecay", "1E-17"; "gamma", "0.30000000000000004"; "clip", "1e9" ]
                comesBack [ "seed", string Int64.MaxValue ]
                comesBack [ "seed", string Int64.MinValue ]
                comesBack [ "labelThreshold", "NaN"; "label", "rating"; "userId", "true" ]
                comesBack [ "betas", "none"; "userFeatures", "none"; "itemFeatures", "genre,year" ]
                comesBack [ "betas", "1"; "metrics", "auc" ]
                comesBack [ "betas", "-0" ]

            testCase "names that look like something else come back"
            <| fun () ->
                for name in
                    [
                        "007"
                        "1e5"
                        "-0"
                        "+5"
                        "1_000"
                        ".5"
                        "5."
                        "0x10"
                        "nan"
                        "inf"
                        "true"
                        "2024-01-01"
                        ""
                        " "
                    ] do
                    Expect.equal (SpecFile.Parse (melu [ "dataset", name ]).Text).Dataset name name

            property "any name comes back"
            <| fun (name: Guid) (odd: char list) ->
                let odd = odd |> List.filter (Char.IsSurrogate >> not) |> List.toArray |> String
                let name = $"{odd}{name}\\\"\n\t{odd}"
                Expect.equal (SpecFile.Parse (melu [ "dataset", name ]).Text).Dataset name "name"

            testCase "numbers and arrays as TOML writes them"
            <| fun () ->
                let parsed =
                    SpecFile.Parse
                        "# a comment\nepoch = 1_0\nlr = 5e-2\nbetas = [-1, 0.5]\nuserId = true\nuserFeatures = []\n"

                let given =
                    melu [ "epoch", "10"; "lr", "0.05"; "betas", "-1,0.5"; "userId", "true"; "userFeatures", "none" ]

                Expect.equal parsed.Text given.Text "text"

            testCase "an empty file is the default"
            <| fun () -> Expect.equal (SpecFile.Parse "").Text (ExperimentSpec()).Text "text"

            testCase "what is no spec is refused, with the file"
            <| fun () ->
                let path = Path.GetTempFileName()

                try
                    for text, part in
                        [
                            "lr = ", ""
                            "lr = 1\nlr = 2", ""
                            "[training]\nlr = 1", "flat"
                            "lrr = 1", "'lr'"
                            "model = \"MeLUU\"", "'MeLU'"
                            "lr = 1000", "0 to 100"
                        ] do
                        File.WriteAllText(path, text)

                        Expect.throwsC (fun () -> SpecFile.Read path |> ignore) (fun error ->
                            Expect.isTrue (error :? SettingException) $"{text}: {error}"
                            Expect.stringContains error.Message path text
                            Expect.stringContains error.Message part text)
                finally
                    File.Delete path
        ]

let private hashes =
    testList
        "hash"
        [
            testCase "is that of the text"
            <| fun () ->
                let spec = melu [ "lr", "0.05" ]
                let bytes = SHA256.HashData(Encoding.UTF8.GetBytes spec.Text)
                Expect.equal spec.Hash (Convert.ToHexString(bytes).ToLowerInvariant().Substring(0, 12)) "twelve digits"

            testCase "does not depend on how the spec was made"
            <| fun () ->
                let a = melu [ "lr", "0.05"; "epoch", "3" ]
                let b = (melu [ "epoch", "3" ]).With(struct ("lr", "5e-2"))
                Expect.equal b.Hash a.Hash "order and form"
                Expect.equal (a.With(struct ("epoch", "200"), struct ("lr", "0.1"))).Hash (melu []).Hash "and back"

            testCase "differs after any change"
            <| fun () ->
                let changes =
                    [
                        "lr", "0.05"
                        "seed", "1"
                        "dataset", "ml-100k"
                        "levels", "none"
                        "label", "rating"
                        "betas", "0"
                        "set", "chi2 0.5"
                        "itemId", "false"
                        "metrics", "auc"
                        "labelThreshold", "3"
                    ]

                let all =
                    (melu []).Hash :: (specOf "ANIL" []).Hash :: [ for change in changes -> (melu [ change ]).Hash ]

                Expect.equal (List.distinct all) all "all differ"
        ]

[<Tests>]
let tests = testList "ExperimentSpec" [ refusals; accepted; keys; files; hashes ]
