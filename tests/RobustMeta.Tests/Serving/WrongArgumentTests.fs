/// Arguments that are given and cannot be: an error that names the argument.
module RobustMeta.Tests.Serving.WrongArgumentTests

open System
open System.Collections.Immutable
open Expecto
open RobustMeta.Bias
open RobustMeta.Data
open RobustMeta.Engine
open RobustMeta.Models
open RobustMeta.Models.Baselines
open RobustMeta.Models.Layers
open RobustMeta.Tasks
open RobustMeta.Tests

let private nothing<'a when 'a: null and 'a: not struct> : 'a = Unchecked.defaultof<'a>
let private noFields = ImmutableArray<InputField>.Empty
let private schema = InputSchema(noFields, noFields, 3)

let private profiles = [| Profile(ImmutableArray.Create(0, 2), ImmutableArray.Create(1.0, 1.0)) |]

let private bias () = BiasModel(TinyRun.prepared.Value.Source, TinyRun.prepared.Value.Split.MetaTrain)

/// An engine that computes nothing.
let private engine =
    { new IMetaGradientEngine with
        member _.Parameters = ParameterSet []
        member _.SupportGradient = ReadOnlySpan<float32>.Empty
        member _.Forward(_, _, _) = ReadOnlySpan<float32>.Empty
        member _.Backward(_, _) = ()
        member _.Predict _ = [||]
        member _.Dispose() = ()
    }

let private cases: (string * string * (unit -> obj)) list =
    [
        "a feature that is null", "columns", (fun () -> FeatureTable(5, [ nothing ]))
        "fewer rows than none", "rows", (fun () -> FeatureTable(-1, []))
        "item fields that are not there", "ItemFields", (fun () -> InputSchema(ImmutableArray(), noFields, 3))
        "user fields that are not there", "UserFields", (fun () -> InputSchema(noFields, ImmutableArray(), 3))
        "no user at all", "entities", (fun () -> EntityLists.OneEach ImmutableArray.Empty)
        "an item below the first, of products", "item", (fun () -> ItemGram(profiles, 3).Knows -1)
        "an item beyond the last, of products", "item", (fun () -> ItemGram(profiles, 3).Knows 3)
        "an item below the first, of columns", "item", (fun () -> ItemColumns(profiles, 3).Knows -1)
        "an item beyond the last, of columns", "item", (fun () -> ItemColumns(profiles, 3).Knows 3)
        "a model of no inputs", "schema", (fun () -> Nlba(NlbaSpec(), nothing, 0.1, LabelKind.Click))
        "another model of no inputs", "schema", (fun () -> TaNP(TaNPSpec(), nothing, 0.1, LabelKind.Click))
        "a model of no spec", "spec", (fun () -> TaNP(nothing, schema, 0.1, LabelKind.Click))
        "a model of no form", "form", (fun () -> MetaRidge("mine", nothing, 1.0, 0.1, LabelKind.Click))
        "offsets over no engine", "inner", (fun () -> new OffsetEngine(nothing, bias ()))
        "offsets of no bias model", "bias", (fun () -> new OffsetEngine(engine, nothing))
        "offsets of no batch", "batch", (fun () -> (new OffsetEngine(engine, bias ())).Predict nothing)
    ]

[<Tests>]
let tests =
    testList
        "Wrong arguments"
        [
            for name, argument, act in cases do
                testCase $"{name} is refused by the name of the argument"
                <| fun () ->
                    Expect.throwsC (act >> ignore) (fun error ->
                        match error with
                        | :? ArgumentException as error -> Expect.equal error.ParamName argument error.Message
                        | error -> failtest $"{error}")

            testCase "products know the items that were rated"
            <| fun () -> Expect.equal [ for i in 0..2 -> ItemGram(profiles, 3).Knows i ] [ true; false; true ] "items"
        ]
