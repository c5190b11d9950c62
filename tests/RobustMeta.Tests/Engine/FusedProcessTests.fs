/// The fused engine's neural process (TaNP) against automatic differentiation in double precision, over all its forms.
module RobustMeta.Tests.Engine.FusedProcessTests

open System
open System.Collections.Immutable
open Expecto
open FsCheck
open FsCheck.FSharp
open RobustMeta.Engine
open RobustMeta.Engine.Fused.Processes
open RobustMeta.Engine.Fused.Vectors
open RobustMeta.Models
open RobustMeta.Runtime
open RobustMeta.Tasks
open RobustMeta.Tests.TinyWorld
open RobustMeta.Tests.ModelCase
open RobustMeta.Tests.FusedCase
open RobustMeta.Tests.Properties

/// One case of the space: everything that the engine's code branches on.
type Process =
    {
        Seed: int64
        Wide: int
        Narrow: int
        Latent: int
        Pool: int
        Degrees: float
        Lambda: float
        ContextMin: int
        Modulation: Modulation
        Weighted: bool
        Label: LabelKind
        Lengths: (int * int) list
        SupportWeights: bool
        Offset: bool
        Threads: int
        Bits: int
        UserFields: bool
        Exposed: Exposed
    }

let private processes =
    gen {
        let! seed = Gen.choose (0, 1_000_000)
        let! wide = Gen.choose (1, 20)
        let! narrow = Gen.choose (1, 20)
        let! latent = Gen.choose (1, 20)
        let! pool = Gen.choose (1, 12)
        let! degrees = Gen.elements [ 0.5; 1.0; 3.0 ]
        let! lambda = Gen.elements [ 0.0; 0.1; 2.0 ]
        let! contextMin = Gen.elements [ 1; 3; 10; 1000 ]
        let! modulation = Gen.elements (Enum.GetValues<Modulation>())
        let! weighted = Gen.elements [ false; true ]
        let! label = Gen.elements [ LabelKind.Click; LabelKind.Rating ]
        let! users = Gen.choose (1, 8)

        let! lengths =
            Gen.listOfLength
                users
                (Gen.zip (Gen.oneof [ Gen.choose (1, 25); Gen.choose (1, 200) ]) (Gen.choose (1, 20)))

        let! weights = Gen.elements [ false; true ]
        let! hasOffset = Gen.elements [ false; true ]
        let! threads = Gen.choose (1, 3)
        let! bits = Gen.elements [ 0; 128; 256; 512 ]
        let! people = Gen.elements [ true; true; true; false ]
        let! exposed = Gen.elements [ Not; Not; ByAll; ByPositives ]

        return
            {
                Seed = int64 seed
                Wide = wide
                Narrow = narrow
                Latent = latent
                Pool = pool
                Degrees = degrees
                Lambda = lambda
                ContextMin = contextMin
                Modulation = modulation
                Weighted = weighted
                Label = label
                Lengths = lengths
                SupportWeights = weights && weighted
                Offset = hasOffset
                Threads = threads
                Bits = bits
                UserFields = people
                Exposed = exposed
            }
    }

let private modelOf (f: Process) : MetaRecommender =
    let spec =
        TaNPSpec(
            HiddenDim1 = f.Wide,
            HiddenDim2 = f.Narrow,
            ZDim = f.Latent,
            PoolSize = f.Pool,
            TauT = f.Degrees,
            Lambda = f.Lambda,
            ContextMin = f.ContextMin,
            Modulation = f.Modulation,
            WeightedPooling = f.Weighted
        )

    let users = if f.UserFields then schema.UserFields else ImmutableArray<InputField>.Empty
    spec.Create(inputsOf f.Exposed schema.ItemFields users, 0.5, f.Label)

/// Support weights around one. None is zero: a context of one interaction may be drawn, whose weights must not sum to zero.
let private objectiveOf (f: Process) model =
    let weight random _ = aroundOne random
    objectiveOf f.Seed f.Label f.Lengths (if f.SupportWeights then Some weight else None) f.Offset model

let private isExact (f: Process) =
    let model = modelOf f
    let case, batch, weights = objectiveOf f model
    let form = (box model :?> IHasForm<ProcessForm>).Form

    inDouble
        (fun arrays -> new FusedProcess<float>(form, model.Label, arrays, f.Threads, Arithmetic<float>.Of f.Bits))
        case
        batch
        weights
    |> equalsAutograd f.Lengths case batch weights

let private fixedForm =
    {
        Seed = 5L
        Wide = 32
        Narrow = 16
        Latent = 32
        Pool = 10
        Degrees = 1.0
        Lambda = 0.1
        ContextMin = 3
        Modulation = Modulation.GatingFilm
        Weighted = true
        Label = LabelKind.Click
        Lengths = [ for i in 1..60 -> 1 + 7 * i % 60, 1 + 5 * i % 23 ]
        SupportWeights = true
        Offset = true
        Threads = 1
        Bits = 256
        UserFields = true
        Exposed = Not
    }

let private single (f: Process) =
    let model = modelOf f
    let _, batch, weights = objectiveOf f model
    inSingle f.Seed model batch weights

let private forms =
    [
        "clicks, gated", fixedForm
        "ratings, plain scale and shift",
        { fixedForm with
            Label = LabelKind.Rating
            Modulation = Modulation.Film
            Weighted = false
            SupportWeights = false
        }
        "exposure", { fixedForm with Exposed = ByPositives }
    ]

let private onForms name test = onForms forms name test

[<Tests>]
let tests =
    testList
        "FusedProcess"
        [
            propertyOf 300 "TaNP equals autograd on every form" <| Prop.forAll (Arb.fromGen processes) isExact

            onForms
                "neural processes: the same bytes with any number of threads, and again"
                (single >> sameBytesOnAllThreads)

            onForms "neural processes: every width of vectors, close in single precision" (single >> closeAtAllWidths)

            testCase "engine auto takes TaNP, and Backward without Forward is an error"
            <| fun () ->
                let model = ModelSpec.Registry.Named("TaNP").Create(schema, 0.5, LabelKind.Rating)
                Expect.isNull (FusedEngine.Refusal model) "no reason to refuse"
                use engine = EngineSpec().Create(model, model.CreateParameters 1L)
                Expect.isTrue (engine :? FusedEngine) "fused"

                Expect.throwsT<InvalidOperationException>
                    (fun () -> engine.Backward(ReadOnlySpan [||], ReadOnlySpan [||]))
                    "no batch"

            testCase "weights of supports that the pooling does not count are refused"
            <| fun () ->
                let model = modelOf { fixedForm with Weighted = false }
                use engine = new FusedEngine(model, model.CreateParameters 1L, 1, 0)
                let task: Task = { User = 0; Support = [ 1, 1f ]; Query = [ 2, 0f ] }

                Expect.throwsT<NotSupportedException>
                    (fun () -> engine.Forward(batch [ task ], ReadOnlySpan [| 1f |], null).ToArray() |> ignore)
                    "one weight"

            testCase "both engines draw the same at each step, and step on"
            <| fun () ->
                let model = modelOf { fixedForm with Weighted = false }
                let tasks = batch (tasks LabelKind.Click 3L [ 9, 3; 4, 2 ])

                let steps (create: ParameterSet -> IMetaGradientEngine) =
                    use engine = create (model.CreateParameters 5L)

                    [
                        for _ in 1..3 do
                            let losses = engine.Forward(tasks, ReadOnlySpan [||], null).ToArray()
                            engine.Backward(ReadOnlySpan(Array.zeroCreate 5), ReadOnlySpan [| 0.0f; 0.0f |])
                            losses, engine.Parameters["random.step"].Values[0]
                    ]

                let fused = steps (fun p -> new FusedEngine(model, p, 1, 0))
                let autograd = steps (fun p -> new AutogradEngine(model, p, 1))
                Expect.equal (List.map snd fused) [ 1f; 2f; 3f ] "steps"
                Expect.equal (List.map snd autograd) [ 1f; 2f; 3f ] "steps of automatic differentiation"
                Expect.notEqual (fst fused[0]) (fst fused[1]) "another draw"

                for (f, _), (a, _) in List.zip fused autograd do
                    near "losses" 1e-5 (Array.map float a) (Array.map float f)
        ]
