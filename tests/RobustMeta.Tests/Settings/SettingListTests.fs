/// Specs that are declared outside the library, in namespaces of their own.
namespace Elsewhere.Shop

open RobustMeta.Models
open RobustMeta.Models.Baselines
open RobustMeta.Robustness
open RobustMeta.Settings

/// A nested spec of any name.
type Layer() =
    inherit Spec()

    [<Setting("width of the layer", Min = 1.0, Max = 4096.0)>]
    member val LayerWidth = 8 with get, set

/// A model that another assembly declares, with a setting of its own, a nested spec, and what it inherits.
type ShopModel() =
    inherit PerceptronSpec()
    override _.ModelName = "ShopModel"

    [<Setting("strength of the shop")>]
    member val Strength = 0.5 with get, set

    member val Layer = Layer() with get, set
    member val Inner = GradientAdaptedSpec() with get, set

    override this.Form(schema) =
        PerceptronForm(
            schema,
            System.Collections.Immutable.ImmutableArray.Create(this.Layer.LayerWidth),
            this.Activation,
            System.Collections.Immutable.ImmutableArray.Create(true, true),
            0,
            false,
            this.Inner
        )

type Forgetful() =
    inherit Spec()
    member val Width = 8 with get, set

type Clashing() =
    inherit Spec()

    [<Setting("width")>]
    member val LayerWidth = 8 with get, set

    member val Layer = Layer() with get, set

type Careful() =
    inherit Spec()

    [<Setting("width")>]
    member val Width = 8 with get, set

    [<NotASetting>]
    member val Note = "" with get, set

type Frozen() =
    inherit Spec()

    [<Setting("width")>]
    member _.Width = 8

namespace RobustMeta.Tests.Settings

open System
open System.Collections.Generic
open Expecto
open Elsewhere.Shop
open RobustMeta.Data
open RobustMeta.Experiments
open RobustMeta.Models
open RobustMeta.Settings
open RobustMeta.Shift
open RobustMeta.Tasks

module SettingListTests =
    let private withSettings (changes: (string * string) list) (spec: 'T) =
        SettingList.With(spec, [ for key, value in changes -> KeyValuePair(key, value) ])

    let private experiment (model: ShopModel) = ExperimentSpec(Method = MetaMethodSpec model)

    let private refusal (spec: obj) =
        Expect.throwsC (fun () -> SettingList.Of(spec).Length |> ignore) (fun error ->
            Expect.isTrue (error :? InvalidOperationException) $"{error}"
            error.Message)

    [<Tests>]
    let tests =
        testList
            "SettingList"
            [
                testCase "a spec declared elsewhere keeps all its settings in text, hash and help"
                <| fun () ->
                    let narrow = experiment (ShopModel(HiddenDim1 = 8))
                    let wide = experiment (ShopModel(HiddenDim1 = 512))
                    let deep = experiment (ShopModel(Layer = Layer(LayerWidth = 9)))
                    let all = [ narrow; wide; deep; experiment (ShopModel(Strength = 1.0)) ]
                    Expect.hasLength (all |> List.distinctBy _.Hash) 4 "another setting, another hash"

                    for key in [ "hiddenDim1"; "layerWidth"; "strength"; "localLr"; "offset"; "activation" ] do
                        Expect.stringContains narrow.Text $"{key} = " key

                testCase "a setting that was renamed is taken by its former name, and written by the new one"
                <| fun () ->
                    for former, now in
                        [
                            "validationShare", "validationFraction"
                            "testShare", "testFraction"
                            "testUserShare", "testUserFraction"
                            "testPoolShare", "testPoolFraction"
                        ] do
                        let spec key = ExperimentSpec.Of("MeLU", struct (key, "0.3"))
                        Expect.equal (spec former).Text (spec now).Text former
                        Expect.equal (SpecFile.Parse $"{former} = 0.3").Hash (spec now).Hash "in a file"

                        Expect.throwsT<SettingException>
                            (fun () -> ExperimentSpec.Of("MeLU", struct (former, "0.3"), struct (now, "0.3")) |> ignore)
                            "one setting, given twice"

                testCase "a changed copy leaves its original as it was, at any depth"
                <| fun () ->
                    let spec = ShopModel()
                    let changed = withSettings [ "layerWidth", "9"; "strength", "0.25"; "localLr", "0.5" ] spec

                    Expect.equal
                        (changed.Layer.LayerWidth, changed.Strength, changed.Inner.LocalLr)
                        (9, 0.25, 0.5)
                        "changed"

                    Expect.equal (spec.Layer.LayerWidth, spec.Strength, spec.Inner.LocalLr) (8, 0.5, 0.1) "unchanged"

                testCase "specs are equal when all their settings are"
                <| fun () ->
                    Expect.equal (ShopModel(HiddenDim1 = 8)) (ShopModel(HiddenDim1 = 8)) "equal values"
                    Expect.notEqual (ShopModel(HiddenDim1 = 8)) (ShopModel(HiddenDim1 = 9)) "other values"

                    Expect.notEqual
                        (ShopModel(Layer = Layer(LayerWidth = 9)))
                        (ShopModel(Layer = Layer(LayerWidth = 8)))
                        "nested values"

                testCase "a property that would be in no hash is refused, unless it is marked"
                <| fun () ->
                    Expect.stringContains (refusal (Forgetful())) "Elsewhere.Shop.Forgetful.Width" "names it"
                    Expect.stringContains (refusal (Forgetful())) "[NotASetting]" "says what to do"
                    Expect.stringContains (refusal (Frozen())) "cannot be set" "a setting needs a setter"
                    Expect.hasLength (SettingList.Of(Careful())) 1 "the marked one is none"

                testCase "two settings of one key are refused by the types that declare them"
                <| fun () ->
                    let told = refusal (Clashing())
                    Expect.stringContains told "'layerWidth'" "the key"
                    Expect.stringContains told "of Elsewhere.Shop.Clashing and of Elsewhere.Shop.Layer" "both types"

                testCase "a mistyped name has near ones, a number has none"
                <| fun () ->
                    Expect.equal (NearestName.Hint("usr", [ "user"; "item" ])) "; did you mean 'user'?" "a name"
                    Expect.equal (NearestName.Hint("99999", [ "1999"; "999" ])) "" "a number"
                    Expect.equal (NearestName.Hint("runs", [ "tune"; "run" ])) "; did you mean 'run'?" "the one alone"
                    Expect.equal (NearestName.Hint("lr", [ "BPR"; "LWA" ])) "" "names of other letters"

                    Expect.equal
                        (NearestName.Hint("rating", [ "ratings"; "ratingColumn"; "range" ]))
                        "; did you mean 'ratings' or 'ratingColumn'?"
                        "names that begin so"

                testCase "what is set in code is held to the ranges of what is written, wherever a spec is taken"
                <| fun () ->
                    let data = lazy DatasetCatalog.Default.Load "synthetic"
                    let prepared spec () = PreparedExperiment.Of(spec, data.Value) |> ignore
                    let split spec () = TaskSplit.Of(data.Value.Ratings, spec, 1L) |> ignore
                    let world spec () = SyntheticRatings.Generate(spec, 1L) |> ignore
                    let evaluation = EvaluationSpec(SelectBy = Unchecked.defaultof<string>)

                    let method (spec: ModelSpec) = ExperimentSpec(Method = MetaMethodSpec spec)

                    for name, value, act in
                        [
                            "labelThreshold", "Infinity", split (TaskSplitSpec(LabelThreshold = infinity))
                            "labelThreshold",
                            "-Infinity",
                            prepared (ExperimentSpec(Split = TaskSplitSpec(LabelThreshold = -infinity)))
                            "supportSize", "-1", split (TaskSplitSpec(SupportSize = -1))
                            "testFraction", "NaN", split (TaskSplitSpec(TestFraction = nan))
                            "betas", "NaN", prepared (ExperimentSpec(Shift = ExponentialTilt(Betas = [| 0.0; nan |])))
                            "localLr", "NaN", prepared (method (MeLUSpec(Inner = GradientAdaptedSpec(LocalLr = nan))))
                            "layerWidth", "0", prepared (method (ShopModel(Layer = Layer(LayerWidth = 0))))
                            "strength", "Infinity", prepared (method (ShopModel(Strength = infinity)))
                            "selectBy", "null", prepared (ExperimentSpec(Evaluation = evaluation))
                            "users", "0", world (SyntheticSpec(Users = 0))
                            "noise", "NaN", world (SyntheticSpec(Noise = nan))
                        ] do
                        Expect.throwsC act (fun error ->
                            Expect.isTrue (error :? SettingException) $"{name}: {error}"
                            Expect.stringStarts error.Message $"{name} is {value}; expected " name)

                testCase "what is written is held to its range, and infinity is in none"
                <| fun () ->
                    for text in [ "inf"; "-Infinity"; "1e999" ] do
                        Expect.throwsC
                            (fun () -> ExperimentSpec.Of("MeLU", struct ("labelThreshold", text)) |> ignore)
                            (fun error -> Expect.stringContains error.Message "labelThreshold is " text)

                testCase "the part of a spec that is missing is refused"
                <| fun () ->
                    Expect.stringContains
                        (refusal (ShopModel(Layer = Unchecked.defaultof<Layer>)))
                        "Layer is null"
                        "names it"
            ]
