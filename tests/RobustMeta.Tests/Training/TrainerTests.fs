/// The training loop on a model of one parameter, whose losses, gradients and validation values are given.
module RobustMeta.Tests.Training.TrainerTests

open System
open System.Collections.Generic
open System.Collections.Immutable
open System.Threading
open Expecto
open RobustMeta.Data
open RobustMeta.Engine
open RobustMeta.Models
open RobustMeta.Robustness
open RobustMeta.Robustness.References
open RobustMeta.Tasks
open RobustMeta.Training

let private world = lazy SyntheticRatings.Generate(SyntheticSpec(Users = 10, Items = 50), 2L)

type private Script =
    {
        /// Loss of every interaction, by number of the batch from 1.
        Loss: int -> float32
        /// Gradient, by number of the batch.
        Gradient: int -> float32[]
        /// Validation value, by number of the epoch from 0.
        Validation: int -> float
        HigherIsBetter: bool
        /// Is called with the users of each batch.
        Sees: int list -> unit
    }

let private script =
    {
        Loss = fun _ -> 1.0f
        Gradient = fun _ -> [| 1.0f; 0.0f |]
        Validation = float >> (~-)
        HigherIsBetter = false
        Sees = ignore
    }

let private users = 6

let private scripted (script: Script) =
    let w = Parameter("w", 2)
    let set = ParameterSet [ w ]
    let mutable batches = 0
    let mutable validations = -1

    let engine =
        { new IMetaGradientEngine with
            member _.Parameters = set

            member _.Forward(batch, _, _) =
                batches <- batches + 1
                script.Sees(List.ofSeq batch.Positions)
                ReadOnlySpan(Array.create batch.QueryItems.Length (script.Loss batches))

            member _.Backward(_, _) = (script.Gradient batches).CopyTo(w.Gradient.AsSpan())
            member _.SupportGradient = ReadOnlySpan<float32>.Empty
            member _.Predict batch = Array.create batch.QueryItems.Length w.Values[0]
          interface IDisposable with
              member _.Dispose() = ()
        }

    let validation =
        ValidationCriterion(
            "given",
            script.HigherIsBetter,
            fun _ ->
                validations <- validations + 1
                script.Validation validations
        )

    engine, validation

let private tasksOf count =
    let task user =
        let rows = world.Value.Ratings.RowsOf(user).ToArray()
        UserTask(user, ImmutableArray.CreateRange rows[..2], ImmutableArray.CreateRange rows[3..5])

    ImmutableArray.CreateRange(Seq.init count task)

let private trainerOf seed (spec: TrainerSpec) (engine: IMetaGradientEngine) validation =
    let tasks = tasksOf users
    let source = TaskSource(world.Value.Ratings, LabelKind.Click, 4.0)
    let plain = Reweighter.Plain(Array.create users 3)
    Trainer(spec, engine, plain, source, tasks, validation, seed, ImmutableArray.Create TrainingPhase.Main)

let private settings patience clip batchSize =
    TrainerSpec(Lr = 0.5, Gamma = 1.0, BatchSize = batchSize, Epoch = 8, Clip = clip, Patience = patience)

let private plain = settings 0 0.0 users

let private run spec script =
    let engine, validation = scripted script
    let result = (trainerOf 1L spec engine validation).Run()
    result, engine.Parameters["w"].Values.ToArray()

let private valuesOf list = fun epoch -> List.item (min epoch (List.length list - 1)) list

let private selection =
    testList
        "selection"
        [
            testCase "patience counts from the best epoch, whose parameters are kept"
            <| fun () ->
                let validation = [ 5.0; 4.0; 3.0; 3.5; 3.0; 3.1 ]
                let result, w = run (settings 3 0.0 users) { script with Validation = valuesOf validation }
                Expect.equal (result.BestEpoch, result.BestValidation) (2, 3.0) "an equal value is no better"
                Expect.equal result.History.Count 5 "three epochs later"
                Expect.isTrue result.StoppedEarly "stopped"
                Expect.equal [ for e in result.History -> e.Validation ] validation[1..] "history"
                Expect.equal w [| -1.0f; 0.0f |] "two steps of one half"

            testCase "without patience all epochs are trained, and the best is kept all the same"
            <| fun () ->
                let result, w = run plain { script with Validation = valuesOf [ 5.0; 4.0; 6.0 ] }
                Expect.equal (result.BestEpoch, result.History.Count, result.StoppedEarly) (1, 8, false) "epochs"
                Expect.equal w [| -0.5f; 0.0f |] "one step"

            testCase "the weights are those of the best epoch, like the parameters"
            <| fun () ->
                // Users' losses differ by batch, so that the weights ascend on in every epoch.
                let weightsAfter epochs validation =
                    let engine, validation = scripted { script with Validation = validation; Loss = fun b -> float32 b }
                    let tasks = tasksOf users
                    let source = TaskSource(world.Value.Ratings, LabelKind.Click, 4.0)

                    let spec = ReweighterSpec(Levels = WeightLevels.User, Set = "simplex", TaskWeightLr = 0.1)

                    let reweighter = Reweighter.Over(spec, source, tasks, NoReference(), 1L)
                    let phases = ImmutableArray.Create TrainingPhase.Main
                    let loop = TrainerSpec(Lr = 0.5, Gamma = 1.0, BatchSize = 2, Epoch = epochs, Clip = 0.0)
                    let result = Trainer(loop, engine, reweighter, source, tasks, validation, 1L, phases).Run()
                    result.BestEpoch, List.ofArray reweighter.Weights.Users

                let best = weightsAfter 3 (float >> (~-))
                let stopped = weightsAfter 8 (fun epoch -> if epoch <= 3 then -(float epoch) else 0.0)
                Expect.equal stopped best "epoch 3"
                Expect.notEqual (snd (weightsAfter 8 (float >> (~-)))) (snd best) "they go on to change"
                Expect.equal (weightsAfter 8 float) (0, List.replicate users 1.0) "the start is uniform"

            testCase "the direction is that of the metric; the start may be best"
            <| fun () ->
                let given = { script with Validation = valuesOf [ 0.5; 0.4; 0.6; 0.3 ] }
                let up, w = run plain { given with HigherIsBetter = true }
                Expect.equal (up.BestEpoch, up.BestValidation) (2, 0.6) "higher"
                Expect.equal w [| -1.0f; 0.0f |] "two steps"
                let none, w = run plain { given with Validation = valuesOf [ 0.1; 0.4 ] }
                Expect.equal (none.BestEpoch, none.BestValidation) (0, 0.1) "the start"
                Expect.equal w [| 0.0f; 0.0f |] "untouched"
        ]

let private steps =
    testList
        "steps"
        [
            testCase "a longer gradient is scaled down to the limit, a shorter one is not"
            <| fun () ->
                for clip, expected in
                    [ 5.0, [| -12.0f; -16.0f |]; 50.0, [| -120.0f; -160.0f |]; 0.0, [| -120.0f; -160.0f |] ] do
                    let result, w = run (settings 0 clip users) { script with Gradient = fun _ -> [| 30.0f; 40.0f |] }

                    Array.iter2
                        (fun a e -> Expect.floatClose Accuracy.medium (float a) (float e) $"clip {clip}")
                        w
                        expected

                    Expect.all result.History (fun e -> e.GradientNorm = 50.0) "the norm before clipping"

            testCase "the learning rate falls by gamma"
            <| fun () ->
                let spec = TrainerSpec(Lr = 0.5, Gamma = 0.5, BatchSize = users, Epoch = 3, Clip = 0.0)
                let result, w = run spec script
                Expect.equal [ for e in result.History -> e.LearningRate ] [ 0.5; 0.25; 0.125 ] "rates"
                Expect.equal w [| -0.875f; 0.0f |] "their sum"

            testCase "losses are means over users, whatever the batches"
            <| fun () ->
                // Batches of 4 and 2 users.
                let result, _ =
                    run (settings 0 0.0 4) { script with Loss = fun batch -> if batch % 2 = 1 then 1.0f else 4.0f }

                for e in result.History do
                    Expect.floatClose Accuracy.high e.MeanLoss 2.0 "(4·1 + 2·4) / 6"
                    Expect.floatClose Accuracy.medium e.RobustLoss 2.0 "weights are uniform"

            testCase "every epoch sees each user once, in an order of seed and epoch"
            <| fun () ->
                let orders seed =
                    let seen = List<int>()
                    let engine, validation = scripted { script with Sees = seen.AddRange }
                    (trainerOf seed (settings 0 0.0 4) engine validation).Run() |> ignore
                    List.chunkBySize users (List.ofSeq seen)

                let first = orders 1L
                Expect.equal first.Length 8 "epochs"

                for order in first do
                    Expect.equal (List.sort order) [ 0 .. users - 1 ] "each once"

                Expect.isGreaterThan (List.distinct first).Length 1 "epochs differ"
                Expect.equal (orders 1L) first "same seed"
                Expect.notEqual (orders 2L) first "another seed"
        ]

let private diverges spec script =
    let engine, validation = scripted script
    let mutable caught = None

    try
        (trainerOf 1L spec engine validation).Run() |> ignore
    with :? DivergenceException as error ->
        caught <- Some error

    Expect.isSome caught "diverged"
    caught.Value, engine.Parameters["w"].Values

let private divergence =
    testList
        "divergence"
        [
            testCase "names epoch, batch and the loss"
            <| fun () ->
                for bad in [ Single.NaN; Single.PositiveInfinity ] do
                    // Three batches an epoch: the fifth is the second of epoch 2.
                    let given = { script with Loss = fun batch -> if batch = 5 then bad else 1.0f }
                    let error, w = diverges (settings 0 0.0 2) given
                    Expect.equal (error.Epoch, error.Batch, error.What) (2, 2, "the loss") "place"

                    for part in [ "epoch 2"; "batch 2"; "the loss"; "Lower lr" ] do
                        Expect.stringContains error.Message part "message"

                    Expect.equal w[0] -2.0f "four whole steps"

            testCase "names epoch, batch and the parameter"
            <| fun () ->
                let given = { script with Gradient = fun batch -> [| (if batch = 4 then nanf else 1.0f); 0.0f |] }
                let error, w = diverges (settings 0 5.0 2) given
                Expect.equal (error.Epoch, error.Batch) (2, 1) "place"
                Expect.stringContains error.Message "the gradient of 'w'" "message"
                Expect.equal w[0] -1.5f "three whole steps"
        ]

let private cancellation =
    testList
        "cancellation"
        [
            testCase "ends after the current batch"
            <| fun () ->
                use source = new CancellationTokenSource()

                let given =
                    { script with
                        Loss =
                            fun batch ->
                                (if batch = 5 then
                                     source.Cancel())

                                1.0f
                    }

                let engine, validation = scripted given
                let trainer = trainerOf 1L (settings 0 0.0 2) engine validation

                Expect.throwsT<TrainingInterruptedException>
                    (fun () -> trainer.Run(cancellation = source.Token) |> ignore)
                    "cancelled"

                Expect.equal (engine.Parameters["w"].Values[0]) -2.5f "the fifth batch is whole, there is no sixth"
        ]

[<Tests>]
let tests = testList "Trainer" [ selection; steps; divergence; cancellation ]
