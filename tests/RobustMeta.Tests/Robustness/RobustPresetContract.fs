/// What every preset must hold to, those of a user too: `RobustPresetContract.test myPreset` is a test list.
module RobustMeta.Tests.Robustness.RobustPresetContract

open System
open Expecto
open RobustMeta.Data
open RobustMeta.Experiments
open RobustMeta.Robustness
open RobustMeta.Scripts

let private small = [ "userNum", "60"; "epoch", "1"; "shiftDraws", "1"; "baselines", "none" ]

let private settings (preset: RobustPreset) = [ for struct (key, value) in preset.Settings -> key, value ]

/// The spec of a preset, which is looked up by its name as on the command line.
let private specOf (preset: RobustPreset) =
    RobustPreset.Registry.Replace preset
    Experiment.spec "MeLU" (("preset", preset.Name) :: small)

let private isNamed (preset: RobustPreset) =
    let spec = specOf preset
    Expect.equal (Experiment.spec "MeLU" (settings preset @ small)).Text spec.Text "the same as its settings"
    // Another preset may be the same training under another name; results go by the first.
    let found = nonNull spec.Meta.Preset
    Expect.equal (Set.ofList (settings found)) (Set.ofList (settings preset)) "recognised by its settings"
    Expect.equal spec.MethodName (if preset.IsPlain then "MeLU" else $"MeLU+{found.Name}") "name in results"

    let renamed = Experiment.vary [ "method", spec.MethodName ] spec
    Expect.equal renamed.MethodName spec.MethodName "a name that may be given"

let private readsBack (preset: RobustPreset) =
    let spec = specOf preset
    let again = SpecFile.Parse spec.Text
    Expect.equal (again.Text, again.Hash, again.MethodName) (spec.Text, spec.Hash, spec.MethodName) "text and hash"

let private isHelped (preset: RobustPreset) =
    Expect.isFalse (String.IsNullOrWhiteSpace preset.Meaning || preset.Meaning.Contains '\n') "its meaning is a line"
    Expect.isFalse (preset.Name |> Seq.exists (fun c -> Char.IsWhiteSpace c || c = '+')) "its name is a word"

/// Training with it gives finite losses and scores: its settings can act together.
let private trains (preset: RobustPreset) =
    let prepared = PreparedExperiment.Of(specOf preset, DatasetCatalog.Default.Load "synthetic")
    let rows = prepared.Evaluate(prepared.Fit(specOf(preset).Method))
    Expect.isNonEmpty rows "results"
    Expect.all rows (fun row -> Double.IsFinite row.Value) "finite"

let test (preset: RobustPreset) =
    testList
        $"preset {preset.Name}"
        [
            testCase "stands for its settings, under a name of its own" (fun () -> isNamed preset)
            testCase "the text of its spec reads back" (fun () -> readsBack preset)
            testCase "it has a line for help and a name of one word" (fun () -> isHelped preset)
            testCase "a model trains with it" (fun () -> trains preset)
        ]
