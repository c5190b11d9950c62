/// What the contract suites share: the models under test, on the same few tasks.
module RobustMeta.Tests.Models.ContractCase

open Expecto
open RobustMeta.Models
open RobustMeta.Tasks
open RobustMeta.Tests.TinyWorld
open RobustMeta.Tests.ModelCase

let lengths = [ 3, 2; 1, 4; 5, 1; 2, 3 ]
let labels = [ LabelKind.Click; LabelKind.Rating ]
let caseFor (spec: ModelSpec) label = caseOf 11L (spec.Create(schema, 0.5, label))
let tasksFor label = tasks label 21L lengths

/// A test of every given model and label.
let onEach (specs: ModelSpec list) test =
    [
        for spec in specs do
            for label in labels do
                testCase $"{spec.ModelName}, {label}" (fun () -> test spec label)
    ]

/// Copies of all values of a model.
let snapshot (parameters: ParameterSet) = parameters.Snapshot() |> Seq.map Array.copy |> Array.ofSeq
