/// Public pieces of the library given null, as F# lets a script do: an error that names the argument, never a null reference deep
/// inside, and never an object that fails later.
module RobustMeta.Tests.Serving.NullArgumentTests

open System
open System.Collections.Generic
open System.Collections.Immutable
open System.Reflection
open Expecto
open RobustMeta.Bias
open RobustMeta.Data
open RobustMeta.Evaluation
open RobustMeta.Experiments
open RobustMeta.Models
open RobustMeta.Models.Baselines
open RobustMeta.Robustness
open RobustMeta.Robustness.References
open RobustMeta.Settings
open RobustMeta.Shift
open RobustMeta.Studies
open RobustMeta.Tasks
open RobustMeta.Tests
open RobustMeta.Training

/// Values of the types that scripts hold; their instance members are called too. Strings and numbers stand for arguments alone.
let private samples: Lazy<obj list> =
    lazy
        (let prepared = TinyRun.prepared.Value
         let method = MetaMethodSpec(MeLUSpec())
         let study = StudySample.parse StudySample.text

         [
             yield! ShiftProtocol.Registry.All.Values |> Seq.cast<obj>
             yield! ReferenceKind.Registry.All.Values |> Seq.cast<obj>
             yield! DatasetReader.Registry.All.Values |> Seq.cast<obj>
             yield! RobustPreset.Registry.All.Values |> Seq.cast<obj>
             Metric.Parse "NDCG@10"
             AmbiguitySet.Parse "kl 0.1"
             prepared
             prepared.Dataset
             prepared.Dataset.Ratings
             prepared.Dataset.Ratings.Items
             prepared.Dataset.Ratings.ItemFeatures
             prepared.Source
             prepared.Split
             prepared.Input
             prepared.Source.All prepared.Split.Test
             BiasModel(prepared.Source, prepared.Split.MetaTrain)
             Evaluator(
                 prepared.Source,
                 Collections.Immutable.ImmutableArray.Create(Metric.Parse "AUC"),
                 CandidateRule.Parse "labelled",
                 1L
             )
             CandidateRule.Parse "labelled"
             SelectionRule.Parse "mean"
             Experiment("synthetic", method)
             TinyRun.spec
             method
             BiasSpec()
             RunFolder("nowhere", TinyRun.spec)
             ReweighterSpec()
             ReferenceSpec()
             study
             StudyPlan.Of study
             StudyStore "nowhere"
             DatasetCatalog.Default
             Registry<Metric>("metric", (fun metric -> metric.Name), [])
             Random 1
             [| 1.0; 2.0 |]
             "x"
         ])

/// Further values whose instance members are called.
let private further: Lazy<obj list> =
    lazy
        (let prepared = TinyRun.prepared.Value
         let source, train = prepared.Source, prepared.Split.MetaTrain
         let statistics = ItemStatistics.Of(source, train)
         let signal = Signal(SignalKind.Residuals, source, BiasModel(source, train))

         [
             yield! BaselineSpec.Registry.All.Values |> Seq.cast<obj>
             SafetensorsFile()
             signal
             ItemMeanBaseline(LabelKind.Click, statistics, 1.0)
             PopularityBaseline statistics
             RandomBaseline 1L
             ProfilePredictor(
                 "ItemKNN",
                 signal,
                 ItemKnn.Fit(signal.Train train, source.Ratings.Items.Count, ItemKnnSpec(), SignalKind.Residuals)
             )
             PopulationPredictor(
                 "population",
                 LabelKind.Click,
                 ImmutableArray.Create<IPredictor>(RandomBaseline 1L),
                 0.0
             )
         ])

let private nullability = NullabilityInfoContext()

/// Whether an argument must be given.
let private isNeeded (parameter: ParameterInfo) =
    not parameter.ParameterType.IsValueType
    && not parameter.ParameterType.IsByRef
    && nullability.Create(parameter).WriteState = NullabilityState.NotNull

/// A value for another argument: a sample where there is one, else nothing.
let private other (parameter: ParameterInfo) : obj =
    if parameter.ParameterType.IsValueType then
        Activator.CreateInstance parameter.ParameterType
    else
        samples.Value |> List.tryFind parameter.ParameterType.IsInstanceOfType |> Option.toObj

/// What a call with nulls ends with, where that is no error that names one of them.
let private problem (target: obj) (call: MethodBase) : string option =
    let parameters = call.GetParameters()
    let needed = parameters |> Array.filter isNeeded

    let ends (arguments: obj array) (expected: ParameterInfo array) =
        let what = $"{call.DeclaringType.FullName}.{call.Name}"
        let names = String.Join(" or ", expected |> Array.map _.Name)

        try
            match call with
            | :? ConstructorInfo as constructor -> constructor.Invoke arguments |> ignore
            | _ -> call.Invoke(target, arguments) |> ignore

            Some $"{what} takes null as {names}"
        with :? TargetInvocationException as error ->
            let isNamed name =
                expected
                |> Array.exists (fun parameter -> parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase))

            match error.InnerException with
            | :? ArgumentNullException as error when isNamed error.ParamName -> None
            // A path that is empty or not there is told as a user's mistake.
            | :? SettingException
            | :? IO.FileNotFoundException -> None
            | error -> Some $"{what} with null as {names}: {error.GetType().Name}: {error.Message}"

    let isSpan (t: Type) = t.IsByRef || t.IsByRefLike

    let isTaken =
        parameters |> Array.exists (fun p -> isSpan p.ParameterType)
        || (match call with
            | :? MethodInfo as m -> isSpan m.ReturnType
            | _ -> false)

    if needed.Length = 0 || isTaken || call.ContainsGenericParameters then
        None
    else
        let all = parameters |> Array.map (fun p -> if isNeeded p then null else other p)

        // One after the other, where all others can be given.
        let each =
            seq {
                for at, parameter in Seq.indexed parameters do
                    let given = parameters |> Array.mapi (fun i p -> if i = at then null else other p)
                    let isWhole = Array.forall2 (fun p value -> not (isNeeded p) || not (isNull value)) parameters

                    if
                        isNeeded parameter && isWhole (given |> Array.mapi (fun i v -> if i = at then box "" else v))
                    then
                        ends given [| parameter |]
            }

        Seq.append [ ends all needed ] each |> Seq.tryPick id

let private isOwn (call: MethodBase) =
    not (call.IsSpecialName && call :? MethodInfo) && not call.IsAbstract && not (call.Name.StartsWith '<')

/// Types whose arguments are not checked yet.
let private unchecked =
    [
        "Arrivals"
        "FilePredictions"
        "MetaMethodSpec"
        "MethodLabel"
        "RatedFile"
        "RatedRows"
        "RatingScale"
        "RepeatedRatings"
        "ResultTable"
        "Reweighter"
        "ScaleMismatch"
        "ScoresFile"
    ]

/// Parts of models and of engines, which the library gives one another, and types whose values are only carried.
let private isCarried (t: Type) =
    let isPart =
        [ "Models.Layers"; "Models.Factors"; "Data.Reading"; "Engine" ]
        |> List.exists (fun room -> t.FullName.StartsWith($"RobustMeta.{room}.", StringComparison.Ordinal))

    isPart
    || List.contains t.Name unchecked
    || typeof<exn>.IsAssignableFrom t
    || typeof<Attribute>.IsAssignableFrom t

let private isRecord (t: Type) = not (isNull (t.GetMethod "<Clone>$"))

// Of what models are made of, the models themselves are checked.
let private isPartOfModel (t: Type) =
    t.Namespace = "RobustMeta.Models" && not (typeof<MetaRecommender>.IsAssignableFrom t)

let private ways (t: Type) : MethodBase list =
    [
        for call in t.GetMethods(BindingFlags.Public ||| BindingFlags.Static ||| BindingFlags.DeclaredOnly) do
            call :> MethodBase

        if not (t.IsAbstract || isRecord t || isPartOfModel t) then
            for call in t.GetConstructors() do
                call
    ]
    |> List.filter isOwn

let private types =
    typeof<Ratings>.Assembly.GetExportedTypes()
    |> Array.filter (fun t -> not (t.IsGenericTypeDefinition || isCarried t || typeof<Delegate>.IsAssignableFrom t))
    |> Array.sortBy _.FullName

let private members (t: Type) : MethodBase list =
    [
        for call in t.GetMethods(BindingFlags.Public ||| BindingFlags.Instance) do
            let isShared = call.DeclaringType = typeof<obj> || call.Name = "Equals"

            if not (isShared || isCarried call.DeclaringType) then
                call :> MethodBase
    ]
    |> List.filter isOwn

let private expectNone (problems: string list) =
    Expect.equal (String.Join('\n', problems)) "" "calls that do not name an argument that is null"

[<Tests>]
let tests =
    testList
        "Null arguments"
        [
            for room, own in types |> Array.groupBy (fun t -> t.Namespace.Split('.')[1]) do
                testCase $"{room}: constructors and functions name the argument"
                <| fun () ->
                    expectNone
                        [
                            for t in own do
                                yield! ways t |> List.choose (problem null)
                        ]

            testCase "members of what scripts hold name the argument"
            <| fun () ->
                expectNone
                    [
                        for sample in samples.Value @ further.Value do
                            let t = sample.GetType()

                            if t.Assembly = typeof<Ratings>.Assembly then
                                yield! members t |> List.choose (problem sample)
                    ]
        ]
