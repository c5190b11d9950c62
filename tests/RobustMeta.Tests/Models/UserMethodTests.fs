/// Models and baselines that other assemblies declare, in C# and in F#, satisfy the contracts and are citizens once registered.
module RobustMeta.Tests.Models.UserMethodTests

open System
open System.Collections.Immutable
open Expecto
open Elsewhere.Shop
open RobustMeta.Examples
open RobustMeta.Experiments
open RobustMeta.Models
open RobustMeta.Models.Baselines
open RobustMeta.Settings
open RobustMeta.Tasks
open RobustMeta.Tests
open RobustMeta.Tests.TempFolder
open Shop.Models

type private Constant(value: float) =
    interface IPredictor with
        member _.Name = "constant"
        member _.ScoresAreLabels = true
        member _.Predict batch = Array.create batch.QueryItems.Length (float32 value)

/// A baseline in F#: one score for everything.
type ConstantSpec() =
    inherit BaselineSpec()
    override _.Name = "constant"
    override _.NewItems = "scored like all others"

    [<Setting("the score of every item")>]
    member val Score = 0.5 with get, set

    override this.Fit(_: TaskSource, _: ImmutableArray<UserTask>, _: int64) : IPredictor = Constant this.Score

/// A model that forgets to drop the last dimension of its scores.
type Crooked(label: LabelKind) =
    inherit MetaRecommender("Crooked", label, AdaptsToLabels = false)
    override _.Predict(_, batch, _) = Prediction(batch.Query.Labels.unsqueeze 2L)

let private ownModels: ModelSpec list = [ ShallowSpec(); ShopModel() ]
let private ownBaselines: BaselineSpec list = [ UserMeanSpec(); ConstantSpec() ]

/// Named like built-in methods: settings, hash and spec file.
let private isCitizen name key value other =
    let spec given = ExperimentSpec.Of(name, struct (key, given))
    Expect.stringContains (spec value).Text $"{key} = {value}" "in the text"
    Expect.notEqual (spec value).Hash (spec other).Hash "in the hash"
    let back = SpecFile.Parse (spec value).Text
    Expect.equal (back.Text, back.Hash) ((spec value).Text, (spec value).Hash) "comes back from its file"
    Expect.equal back.Method (spec value).Method "as the same method"
    Expect.stringContains (RobustMeta.Scripts.Help.settingsOf (spec value) []) key "in the help"

[<Tests>]
let tests =
    testList
        "Own methods"
        [
            testList "contract of models" (ContractTests.suite ownModels)
            testList "training contract of models" (TrainingContractTests.suite ownModels)
            testList "contract of baselines" (BaselineTests.suite ownBaselines)

            testCase "scores of another shape are refused by the name of the model, with both shapes"
            <| fun () ->
                let case = ModelCase.caseOf 11L (Crooked LabelKind.Rating)
                let batch = TinyWorld.batch (ContractCase.tasksFor LabelKind.Rating)

                let message =
                    try
                        ModelCase.scoresOfCut [ [ 0; 1; 2; 3 ] ] 1 case batch |> ignore
                        ""
                    with :? InvalidOperationException as error ->
                        error.Message

                Expect.stringStarts
                    message
                    "The model Crooked scores in the shape [4, 4, 1]; expected [4, 4], a row a user"
                    "both shapes"

            testCase "a registered type is named, hashed and read back like a built-in one"
            <| fun () ->
                let add () =
                    List.iter ModelSpec.Registry.Add ownModels
                    List.iter BaselineSpec.Registry.Add ownBaselines

                let remove () =
                    for model in ownModels do
                        ModelSpec.Registry.Remove model.ModelName

                    for baseline in ownBaselines do
                        BaselineSpec.Registry.Remove baseline.Name

                add ()

                try
                    isCitizen "shallow" "width" "9" "10"
                    isCitizen "ShopModel" "layerWidth" "9" "10"
                    isCitizen "userMean" "pull" "2" "3"
                    isCitizen "constant" "score" "2" "3"
                finally
                    remove ()

                Expect.throwsT<SettingException> (fun () -> Methods.Named "shallow" |> ignore) "removed"

            testCase "the first experiment in C# runs"
            <| fun () ->
                within (fun root ->
                    let comparison = FirstExperiment.Run(root, 1)
                    let names = comparison.Rows |> Seq.map _.Method |> Seq.distinct |> List.ofSeq
                    Expect.containsAll names [ "MeLU"; "MeLU+chi2 0.25"; "EASE" ] "methods"
                    Expect.all comparison.Rows (fun row -> Double.IsFinite row.Value) "results")
        ]
