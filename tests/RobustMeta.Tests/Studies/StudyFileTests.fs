module RobustMeta.Tests.Studies.StudyFileTests

open System
open System.IO
open System.Text.RegularExpressions
open Expecto
open RobustMeta.Settings
open RobustMeta.Studies
open RobustMeta.Tests.StudySample

let private spec () = parse text
let private cellOf (spec: StudySpec) = spec.Cells[0]

/// What is put instead of what, and what the message must hold: the line, and the remedy.
let private refusals =
    [
        "seeds = [1, 100]", "seeds = [1, 2]", [ "my.toml:2:"; "tuningSeed 100" ]
        "[data.synthetic]\nseeds = [3, 100]", "[data.synthetic]", [ "tuningSeed 100" ]
        "values = [0.01, 0.02, 0.03]", "values = [0.01, 0.02]", [ "equal tuning budget" ]
        "[methods.x]", "[method.plain]", [ "my.toml:27:"; "method.NAME" ]
        "[[data]]", "[data.synthetic]", [ "my.toml:21:1: "; "expected [data.NAME]" ]
        "[[data.synthetic]]", "[data.synthetic]", [ "my.toml:21:1: "; "expected [data.synthetic]" ]
        "[data]", "[data.synthetic]", [ "my.toml:21:1: "; "[data] has no name"; "expected [data.NAME]" ]
        "[cell]\n[base.MeLU]", "[base.MeLU]", [ "my.toml:24:1: "; "expected [cell.DATA.BASE]" ]
        "[cell.synthetic.MeLO]\nseeds = [3]\n[base.MeLU]",
        "[base.MeLU]",
        [ "my.toml:24:"; "did you mean 'synthetic.MeLU'" ]
        "[cell.synthetic.MeLU]\nlr = 0.1\n[base.MeLU]", "[base.MeLU]", [ "my.toml:25:"; "'seeds' and nothing else" ]
        "[cell.synthetic.MeLU]\nseeds = [100]\n[base.MeLU]", "[base.MeLU]", [ "tuningSeed 100" ]
        "seeds = [\"a\"]", "seeds = [1, 2]", [ "my.toml:1:10: "; "integers"; "seeds = [1, 2, 3]" ]
        "seeds = [1, \"b\", \"c\"]", "seeds = [1, 2]", [ "my.toml:1:13: "; "holds text" ]
        "seeds = \"1\"", "seeds = [1, 2]", [ "my.toml:1:"; "without them, e.g. seeds = 1" ]
        "seeds = [\"1\", \"2\"]", "seeds = [1, 2]", [ "my.toml:1:"; "seeds = [1, 2]" ]
        "tuningSeed = \"100\"", "tuningSeed = 100", [ "my.toml:2:"; "tuningSeed = 100" ]
        "[method.same]\npreset = \"plain\"\ntuned = \"lr\"\nvalues = [0.01, 0.02]\n[method.robustmeta]",
        "[method.robustmeta]",
        [ "[method.same]"; "the same as [method.plain]" ]
        "[method.Plain]", "[method.robustmeta]", [ "[method.Plain]"; "[method.plain]"; "capital letters" ]
        "[method.\"plain \"]", "[method.robustmeta]", [ "[method.plain ]"; "[method.plain]"; "blanks at the end" ]
        "[data.Synthetic]\ndataset = \"synthetic\"\n[data.synthetic]",
        "[data.synthetic]",
        [ "[data.synthetic]"; "[data.Synthetic]"; "capital letters" ]
        "tuned = \"weightDecay\"\nvalues = []\n[method.early]\ntuned = \"lr\"\nvalues = []",
        "tuned = \"weightDecay\"\nvalues = [0.0, 0.001]",
        [ "my.toml:17:"; "[tuning]" ]
        "seeds = [1, 1]", "seeds = [1, 2]", [ "my.toml:1:"; "twice" ]
        "seed = [1, 2]", "seeds = [1, 2]", [ "my.toml:1:"; "did you mean 'seeds'" ]
        "[base.MeLU]\nmethods = [\"plain\", \"robustmetta\"]",
        "[base.MeLU]",
        [ "my.toml:25:"; "did you mean 'robustmeta'" ]
        "[base.MeLU]\nmethods = [\"robustmeta\"]", "[base.MeLU]", [ "leaves out 'plain'" ]
        "learned = \"lr\"", "tuned = \"lr\"", [ "'tuned'" ]
        "values = [\"0.01/0.001/0\", 0.02]", "values = [0.01, 0.02]", [ "my.toml:30:"; "'/' between" ]
        "epok = 3", "epoch = 3", [ "my.toml:5:"; "[shared]"; "did you mean 'epoch'" ]
        "epoch = \"many\"", "epoch = 3", [ "my.toml:5:"; "integer" ]
        "model = \"MeLO\"", "model = \"MeLU\"", [ "my.toml:25:"; "did you mean 'MeLU'" ]
        "preset = \"robustmetta\"", "preset = \"robustmeta\"", [ "my.toml:33:"; "did you mean 'robustmeta'" ]
        "values = [\"chi2 0.25\", \"chi3 0.5\"]", "values = [\"chi2 0.25\", \"chi2 0.5\"]", [ "my.toml:34:"; "chi3" ]
        "dataset = \"sinthetic\"", "dataset = \"synthetic\"", [ "my.toml:22:"; "did you mean 'synthetic'" ]
        "baselines = \"bias,EASEE\"", "baselines = \"bias,EASE\"", [ "my.toml:15:"; "did you mean 'EASE'" ]
        "seed = 3\nepoch = 3", "epoch = 3", [ "my.toml:5:"; "'seeds' above the tables" ]
        "tuned = \"none\"\n[sweep.x]\nlr = 0.1\n",
        "tuned = \"lr\"\nvalues = [0.01, 0.02]",
        [ "my.toml:31:"; "list of values" ]
        "[method.untuned]\npreset = \"plain\"\n[method.robustmeta]",
        "[method.robustmeta]",
        [ "my.toml:32:"; "tuned = \"none\"" ]
        "[data.synthetic", "[data.synthetic]", [ "my.toml:21:" ]
        "epoch = 3\nepoch = 4", "epoch = 3", [ "my.toml:6:" ]
        "[sweep.a]\nbases = [\"MeLO\"]\nbatchSize = [0.1]\n[base.MeLU]",
        "[base.MeLU]",
        [ "my.toml:25:1: "; "[base.MeLO]"; "did you mean 'MeLU'" ]
        "[sweep.a]\nbases = [\"x\"]\nbatchSize = [0.1]\n[base.MeLU]",
        "[base.MeLU]",
        [ "my.toml:25:1: "; "expected some of MeLU" ]
        "[sweep.a]\nbatchSize = 0.1\n[base.MeLU]", "[base.MeLU]", [ "my.toml:25:1: "; "batchSize = [...]" ]
        "[sweep.a]\nbases = [\"MeLU\"]\nbatchSize = [0.1]\n[shift.y]",
        "[base.MeLU]",
        [ "my.toml:25:1: "; "add one, or leave 'bases' out" ]
        "model = \"MeLU\"\nepoch = 3", "epoch = 3", [ "my.toml:5:1: [shared]: 'model'"; "[base.NAME]" ]
        "[base.MeLU]\nmethods = []", "[base.MeLU]", [ "my.toml:25:"; "leave 'methods' out for all" ]
        "tuned = \"none\"\n[sweep.x]\nlr = []\n",
        "tuned = \"lr\"\nvalues = [0.01, 0.02]",
        [ "my.toml:31:"; "has lr = []" ]
        "[data.\"a\\nb\"]", "[data.synthetic]", [ "my.toml:21:1: [data.a b]"; "a line break" ]
        "[data.\"a/b\"]", "[data.synthetic]", [ "my.toml:21:"; "file names" ]
        "lr 0.1", "lr = 0.01", [ "my.toml:7:4: "; "after the key 'lr' stands '0.1'"; "expected '='"; "lr = 0.1" ]
        "lr: 0.1", "lr = 0.01", [ "my.toml:7:3: "; "after the key 'lr' stands ':'" ]
        "lr =", "lr = 0.01", [ "my.toml:7:5: "; "'lr' has no value"; "text in quotes" ]
        "lr = 0,01", "lr = 0.01", [ "my.toml:7:7: "; "'0,01' is no number"; "lr = 0.01" ]
        "lr = .01", "lr = 0.01", [ "my.toml:7:6: "; "'.01' is no number" ]
        "lr = 5.", "lr = 0.01", [ "my.toml:7:6: "; "'5.' is no number" ]
        "epoch = 03", "epoch = 3", [ "my.toml:5:9: "; "'03' is no number"; "expected 3" ]
        "= 0.01", "lr = 0.01", [ "my.toml:7:1: "; "the key before '=' is missing" ]
        "# rates\n// comment\nlr = 0.01", "lr = 0.01", [ "my.toml:8:1: "; "'/' begins no comment; expected '#'" ]
        "optimizer = adam", "optimizer = \"adam\"", [ "my.toml:6:13: "; "expected optimizer = \"adam\"" ]
        "values = [chi2 0.25]",
        "values = [\"chi2 0.25\", \"chi2 0.5\"]",
        [ "my.toml:35:11: "; "'chi2' stands without quotes"; "\"chi2\"" ]
        "dataset = “synthetic”",
        "dataset = \"synthetic\"",
        [ "my.toml:22:11: "; "no quote of TOML"; "dataset = \"synthetic\"" ]
        "optimizer = \"adam", "optimizer = \"adam\"", [ "my.toml:6:"; "a quote where it begins and none where it ends" ]
        "lr = 0.01 0.02", "lr = 0.01", [ "my.toml:7:11: "; "after the value of 'lr' stands '0.02'"; "end of the line" ]
        "label = True", "lr = 0.01", [ "my.toml:7:9: "; "'True' is no value; expected true" ]
        "seeds = [1 2]", "seeds = [1, 2]", [ "my.toml:1:12: "; "stands '2'"; "expected ','" ]
        "seeds = [1, 2", "seeds = [1, 2]", [ "my.toml:2:1: "; "no end before 'tuningSeed'"; "expected ']'" ]
        "[base.MeLU", "[base.MeLU]", [ "my.toml:24:11: "; "the header '[base.MeLU' has no end"; "expected [base.MeLU]" ]
        "[base.My model]", "[base.MeLU]", [ "my.toml:24:10: "; "stands 'model'"; "in quotes" ]
        "[base.]", "[base.MeLU]", [ "my.toml:24:7: "; "a name is missing before ']'" ]
        "lr = 0.01\nlr = 0.02", "lr = 0.01", [ "my.toml:8:1: "; "'shared.lr' stands in line 7 already"; "delete one" ]
        "optimizer = \"a\\dam\"", "optimizer = \"adam\"", [ "my.toml:6:"; "a backslash before 'dam" ]
    ]

let private seedTests =
    testCase "a data set, a base model or a cell of both may have seeds of its own"
    <| fun () ->
        let seeded table text = (string text).Replace($"[{table}]", $"[{table}]\nseeds = [7]")
        let ofData = parse (seeded "data.synthetic" text)
        Expect.equal (List.ofSeq (ofData.SeedsOf(cellOf ofData))) [ 7L ] "the data set's"
        Expect.equal (List.ofSeq ofData.Seeds) [ 1L; 2L ] "of the others"

        let ofBase = parse ((seeded "data.synthetic" text).Replace("[base.MeLU]", "[base.MeLU]\nseeds = [8]"))

        Expect.equal (List.ofSeq (ofBase.SeedsOf(cellOf ofBase))) [ 8L ] "the base model's before the data set's"

        let ofCell = parse (ofBase.Text.Replace("[method.plain]", "[cell.synthetic.MeLU]\nseeds = [9]\n[method.plain]"))

        Expect.equal (List.ofSeq (ofCell.SeedsOf(cellOf ofCell))) [ 9L ] "the cell's before all others"

        for part in Seq.append ofBase.Data ofBase.Bases do
            Expect.isFalse (part.Settings |> Seq.exists (fun (struct (key, _)) -> key = "seeds")) "no setting of runs"

let private variantTests =
    testCase "a variant stands in place of the study's tables"
    <| fun () ->
        let file =
            text
            + "[cell.synthetic.MeLU]\nseeds = [5]\n[variant.tiny]\nseeds = [3]\n[variant.tiny.shared]\nepoch = 1\n"
            + "[variant.tiny.base.MAML]\nmodel = \"MAML\"\n"

        let tiny = StudyFile.Parse("my.toml", file, "tiny")
        Expect.equal tiny.Name "my-tiny" "name"
        Expect.equal (List.ofSeq tiny.Seeds) [ 3L ] "seeds of its own"
        Expect.equal [ for b in tiny.Bases -> b.Name ] [ "MAML" ] "its base models and no others"
        Expect.isEmpty tiny.CellSeeds "cells are those of the study's own base models"
        Expect.contains tiny.Shared (struct ("epoch", "1")) "a setting of its own"
        Expect.contains tiny.Shared (struct ("lr", "0.01")) "other settings are the study's"
        Expect.equal (parse file).Bases[0].Name "MeLU" "the study itself is as it was"

        Expect.throwsC (fun () -> StudyFile.Parse("my.toml", file, "tini") |> ignore) (fun error ->
            Expect.stringContains error.Message "did you mean 'tiny'" "hint")

let private overrideTests =
    testCase "changes in the grammar of the command line: parts, seeds and settings"
    <| fun () ->
        let change (pairs: (string * string) list) = (spec ()).With [| for key, value in pairs -> struct (key, value) |]
        let changed = change [ "epoch", "5"; "seeds", "8,9"; "data", "synthetic"; "base", "MeLU" ]
        Expect.equal (List.ofSeq changed.Seeds) [ 8L; 9L ] "seeds"
        let plan = StudyPlan.Of changed
        let run = plan.SharedTuning(cellOf changed) |> Seq.head
        Expect.stringContains (plan.Experiment run).Text "epoch = 5\n" "the setting wins over the file"

        for pairs, hint in
            [
                [ "epok", "5" ], "did you mean 'epoch'"
                [ "epoch", "x" ], "integer"
                [ "data", "sinthetic" ], "did you mean 'synthetic'"
                [ "base", "MeLO" ], "did you mean 'MeLU'"
                [ "methods", "plane" ], "did you mean 'plain'"
                [ "seeds", "one" ], "integers"
                [ "seeds", "100" ], "tuningSeed 100"
                [ "lr", "0.5" ], "tuned or swept"
            ] do
            Expect.throwsC (fun () -> change pairs |> ignore) (fun error ->
                Expect.isTrue (error :? SettingException) $"{error}"
                Expect.stringContains error.Message hint "hint")

        let only = change [ "methods", "robustmeta" ]
        Expect.equal [ for m in only.Methods -> m.Name ] [ "plain"; "robustmeta" ] "what others are compared with stays"

let private choiceTests =
    testCase "a tuned value gives all keys the same, or each its own"
    <| fun () ->
        let choice = StudyChoice([ "lr"; "weightDecay" ], [ "0.1"; "0.1 / 0.2" ])
        Expect.equal (List.ofSeq (choice.Settings "0.1")) [ struct ("lr", "0.1"); struct ("weightDecay", "0.1") ] "same"

        Expect.equal
            (List.ofSeq (choice.Settings "0.1 / 0.2"))
            [ struct ("lr", "0.1"); struct ("weightDecay", "0.2") ]
            "its own"

let private pointsOf (study: StudySpec) cell name =
    [ for p in study.PointsOf(cell, study.Methods |> Seq.find (fun m -> m.Name = name)) -> p.Text ]

let private sweepTests =
    testCase "sweeps are crossed within and united"
    <| fun () ->
        let sweeps =
            "[sweep.both]\ntaskWeightLr = [0.1, 0.2]\nsampleWeightLr = [0.3, 0.4, 0.5]\nmethods = [\"robustmeta\"]\n"
            + "[sweep.size]\nbatchSize = [8]\n"

        let paper = "preset = \"paper\"\ntuned = \"none\"\n"

        let study =
            parse (
                altered "preset = \"robustmeta\"\ntuned = \"set\"\nvalues = [\"chi2 0.25\", \"chi2 0.5\"]\n" paper
                + sweeps
            )

        let points name = pointsOf study (cellOf study) name

        Expect.equal
            (points "robustmeta")
            [
                "taskWeightLr=0.1;sampleWeightLr=0.3"
                "taskWeightLr=0.1;sampleWeightLr=0.4"
                "taskWeightLr=0.1;sampleWeightLr=0.5"
                "taskWeightLr=0.2;sampleWeightLr=0.3"
                "taskWeightLr=0.2;sampleWeightLr=0.4"
                "taskWeightLr=0.2;sampleWeightLr=0.5"
                "batchSize=8"
            ]
            "the last key varies fastest"

        Expect.equal (points "plain") [ ""; "batchSize=8" ] "a sweep may be of some methods; plain is run unswept too"

let private sweptBasesTests =
    testCase "a sweep may be of some base models"
    <| fun () ->
        let other = "[base.other]\nmodel = \"MetaPMF\"\n"
        let sweep = "[sweep.step]\nlocalLr = [0.1, 0.2]\nbases = [\"MeLU\"]\n"
        let study = parse (altered "[base.MeLU]" (other + "[base.MeLU]") + sweep)
        let cell name = study.Cells |> Seq.find (fun cell -> cell.Base.Name = name)
        Expect.equal (pointsOf study (cell "MeLU") "plain") [ ""; "localLr=0.1"; "localLr=0.2" ] "swept"
        Expect.equal (pointsOf study (cell "other") "plain") [ "" ] "MetaPMF has no inner step"

        Expect.throwsC (fun () -> parse (text + sweep.Replace("MeLU", "MeLUU")) |> ignore) (fun error ->
            Expect.stringContains error.Message "did you mean 'MeLU'" "the nearest name")

let private methodsTests =
    testCase "a data set, a shift or a base model may be given some of the methods"
    <| fun () ->
        for table in Regex.Matches(text, @"^\[(data|base)\.[^\]]+\]", RegexOptions.Multiline) do
            let study = parse (altered table.Value $"{table.Value}\nmethods = [\"plain\"]")
            Expect.equal [ for m in study.MethodsOf(cellOf study) -> m.Name ] [ "plain" ] $"{table.Value}: plain alone"
            Expect.hasLength study.Methods 2 "all the same there"

[<Tests>]
let tests =
    testList
        "StudyFile"
        [
            for given, instead, hints in refusals do
                testCase $"refused in a study file: {given}"
                <| fun () ->
                    Expect.throwsC (fun () -> parse (altered instead given) |> ignore) (fun error ->
                        Expect.isTrue (error :? SettingException) $"{error}"
                        Expect.stringStarts error.Message "my.toml" "names the file"

                        for hint in hints do
                            Expect.stringContains error.Message hint "hint")

            testCase "a study file with any character lost, changed or put in is read or told with its place"
            <| fun () ->
                // Its beginning: what follows repeats its forms.
                let text =
                    text.Substring(0, text.IndexOf "userNum") + "a = [1, \"x\", 'y'] # z\n[b.\"c d\"]\ne.f = 1.5\n"

                let tell (changed: string) =
                    Expect.throwsC (fun () -> parse changed |> ignore) (fun error ->
                        Expect.isTrue (error :? RobustMeta.Settings.SettingException) $"{changed}: {error}"
                        Expect.stringStarts error.Message "my.toml:" changed
                        Expect.isFalse (error.Message.Contains "no TOML") error.Message)

                for i in 0 .. text.Length - 1 do
                    tell (text.Remove(i, 1))

                    for sign in "=[]{}\"'#,.\\\n0a \t:\000“" do
                        tell (text.Insert(i, string sign))
                        tell (text.Remove(i, 1).Insert(i, string sign))

            seedTests
            variantTests
            overrideTests
            choiceTests
            sweepTests
            sweptBasesTests
            methodsTests

            testCase "the study files beside the executable are valid, their quick variants too"
            <| fun () ->
                let files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "experiments"), "*.toml")
                Expect.isNonEmpty files "there are some"

                for file in files do
                    let study = StudyFile.Read file
                    Expect.isNonEmpty study.Cells file

                    if (File.ReadAllText file).Contains "[variant.quick" then
                        Expect.isNonEmpty (StudyFile.Read(file, "quick")).Cells file
        ]
