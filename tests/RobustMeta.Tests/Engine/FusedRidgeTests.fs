/// The fused engine's ridge head against automatic differentiation in double precision, over all forms that it takes.
module RobustMeta.Tests.Engine.FusedRidgeTests

// The engine works in unmanaged memory; one test fills it by hand.
#nowarn "9"

open System
open System.Collections.Immutable
open Expecto
open FsCheck
open FsCheck.FSharp
open RobustMeta.Engine
open RobustMeta.Engine.Fused.Memory
open RobustMeta.Engine.Fused.Ridge
open RobustMeta.Engine.Fused.Vectors
open RobustMeta.Models
open RobustMeta.Runtime
open RobustMeta.Tasks
open RobustMeta.Tests.TinyWorld
open RobustMeta.Tests.ModelCase
open RobustMeta.Tests.FusedCase
open RobustMeta.Tests.Properties

/// One case of the space: everything that the engine's code branches on.
type Ridge =
    {
        Seed: int64
        Hidden: int list
        Features: int
        Activation: Activation
        Prior: bool
        PriorHidden: int list
        Steps: int
        Lambda: float
        Label: LabelKind
        Lengths: (int * int) list
        SupportWeights: bool
        Offset: bool
        Threads: int
        Bits: int
        Dual: bool option
        ItemFields: bool
        UserFields: bool
        Exposed: Exposed
    }

let private ridge =
    gen {
        let! seed = Gen.choose (0, 1_000_000)
        let! hidden = Gen.elements [ []; []; [ 1 ]; [ 7 ]; [ 20 ]; [ 5; 9 ] ]
        let! features = Gen.choose (1, 20)
        let! activation = Gen.elements (Enum.GetValues<Activation>())
        let! prior = Gen.elements [ true; true; false ]
        let! priorHidden = Gen.elements [ []; []; [ 4 ]; [ 17 ] ]
        let! steps = Gen.elements [ 1; 1; 2; 3; 5 ]
        let! lambda = Gen.elements [ 0.1; 1.0; 10.0 ]
        let! label = Gen.elements [ LabelKind.Click; LabelKind.Rating ]
        let! users = Gen.choose (1, 6)

        let! lengths =
            Gen.listOfLength
                users
                (Gen.zip (Gen.oneof [ Gen.choose (1, 25); Gen.choose (1, 200) ]) (Gen.choose (1, 20)))

        let! weights = Gen.elements [ false; true ]
        let! hasOffset = Gen.elements [ false; true ]
        let! threads = Gen.choose (1, 3)
        let! bits = Gen.elements [ 0; 128; 256; 512 ]
        let! dual = Gen.elements [ None; None; Some true; Some false ]
        let! items = Gen.elements [ true; true; true; true; false ]
        let! people = Gen.elements [ true; true; true; false ]
        let! exposed = Gen.elements [ Not; Not; ByAll; ByPositives ]

        return
            {
                Seed = int64 seed
                Hidden = hidden
                Features = features
                Activation = activation
                Prior = prior
                PriorHidden = priorHidden
                Steps = steps
                Lambda = lambda
                Label = label
                Lengths = lengths
                SupportWeights = weights
                Offset = hasOffset
                Threads = threads
                Bits = bits
                Dual = dual
                ItemFields = items
                UserFields = people
                Exposed = exposed
            }
    }

let private modelOf (f: Ridge) : MetaRecommender =
    let none = ImmutableArray<InputField>.Empty

    let inputs =
        inputsOf
            f.Exposed
            (if f.ItemFields then schema.ItemFields else none)
            (if f.UserFields then schema.UserFields else none)

    let widths hidden = ImmutableArray.CreateRange(hidden @ [ f.Features ])
    let prior = if f.Prior then widths f.PriorHidden else ImmutableArray.Empty
    let form = RidgeForm(inputs, widths f.Hidden, f.Activation, prior, f.Steps)
    MetaRidge("Ridge", form, f.Lambda, 0.5, f.Label)

/// Support weights around one, every fourth of them zero.
let private objectiveOf (f: Ridge) model =
    let weight (random: Random) _ = if random.Next 4 = 0 then 0.0 else aroundOne random
    objectiveOf f.Seed f.Label f.Lengths (if f.SupportWeights then Some weight else None) f.Offset model

let private fused (f: Ridge) (model: MetaRecommender) =
    let form = (box model :?> IHasForm<RidgeForm>).Form
    let arithmetic = Arithmetic<float>.Of f.Bits
    let dual = Option.toNullable f.Dual
    inDouble (fun arrays -> new FusedRidge<float>(form, model.Label, arrays, f.Threads, arithmetic, dual))

let private isExact (f: Ridge) =
    let model = modelOf f
    let case, batch, weights = objectiveOf f model
    fused f model case batch weights |> equalsAutograd f.Lengths case batch weights

let private bothSystemsAgree (f: Ridge) =
    let model = modelOf f
    let case, batch, weights = objectiveOf f model
    let solve dual = fused { f with Dual = Some dual } model case batch weights
    let scores, losses, gradients, support = solve false
    let s, l, g, w = solve true
    near "scores" 1e-9 scores s
    near "losses" 1e-9 losses l
    nearGradients "gradients" 1e-9 gradients g
    near "support weights" 1e-9 support w

let private fixedForm =
    {
        Seed = 5L
        Hidden = [ 32 ]
        Features = 16
        Activation = Activation.Relu
        Prior = true
        PriorHidden = []
        Steps = 2
        Lambda = 1.0
        Label = LabelKind.Click
        Lengths = [ for i in 1..60 -> 1 + 7 * i % 60, 1 + 5 * i % 23 ]
        SupportWeights = true
        Offset = true
        Threads = 1
        Bits = 256
        Dual = None
        ItemFields = true
        UserFields = true
        Exposed = Not
    }

let private single (f: Ridge) =
    let model = modelOf f
    let _, batch, weights = objectiveOf f model
    inSingle f.Seed model batch weights

let private forms =
    [
        "clicks", fixedForm
        "ratings without prior", { fixedForm with Label = LabelKind.Rating; Prior = false; Hidden = [] }
    ]

let private onForms name test = onForms forms name test

[<Tests>]
let tests =
    testList
        "FusedRidge"
        [
            propertyOf 300 "equals autograd on every form" <| Prop.forAll (Arb.fromGen ridge) isExact

            // Twenty-four rows of one item saturate: the Newton steps overshoot, and curvatures span many orders. The model
            // once solved (WK + λI) x = b, of which the derivative by automatic differentiation was off by 5e-9 here; with
            // QᵀWQ + λI all ways agree to 2e-12, which is what one unit in the last place of the parameters changes.
            pinned
                { Seed = 11047377649862484956UL; Gamma = 12369987977415062733UL; Size = 57 }
                "equals autograd where Newton steps overshoot"
            <| Prop.forAll (Arb.fromGen ridge) (fun f ->
                for dual in [ true; false ] do
                    isExact { f with Dual = Some dual; Exposed = Not })

            propertyOf 50 "both systems have one solution" <| Prop.forAll (Arb.fromGen ridge) bothSystemsAgree

            // 185 rows of one item: QᵀWQ is some 10⁴ times λ, and the two terms of the S × S form cancelled to 1e-8.
            pinned
                { Seed = 2998086756077935854UL; Gamma = 4687144117820155677UL; Size = 13 }
                "both systems have one solution where supports repeat one item"
            <| Prop.forAll (Arb.fromGen ridge) (fun f -> bothSystemsAgree { f with Exposed = Not })

            onForms "the same bytes with any number of threads, and again" (single >> sameBytesOnAllThreads)

            onForms "every width of vectors, close in single precision" (single >> closeAtAllWidths)

            testCase "a factor of a positive definite matrix solves its system, and another matrix is refused"
            <| fun () ->
                let arithmetic = Arithmetic<float>.Of 256
                use memory = new Arena<float>()
                let solver = Cholesky<float>(arithmetic, "test", "another matrix")
                let a = memory.TakeZeros 12L
                let x = memory.TakeZeros 4L
                // [4 2 0; 2 5 2; 0 2 9] · (1, −2, 3) = (0, −2, 23).
                for i, value in [ 0, 4.0; 1, 2.0; 5, 5.0; 6, 2.0; 10, 9.0 ] do
                    NativeInterop.NativePtr.set a i value

                for i, value in [ 1, -2.0; 2, 23.0 ] do
                    NativeInterop.NativePtr.set x i value

                solver.Factor(a, 3)
                solver.Solve(a, x, 3)
                let solution = [| for i in 0..3 -> NativeInterop.NativePtr.get x i |]
                near "solution" 1e-14 [| 1.0; -2.0; 3.0; 0.0 |] solution
                let indefinite = memory.TakeZeros 12L

                for i, value in [ 0, 1.0; 1, 2.0; 5, 1.0; 10, 1.0 ] do
                    NativeInterop.NativePtr.set indefinite i value

                Expect.throwsT<ArithmeticException> (fun () -> solver.Factor(indefinite, 3)) "a negative pivot"

            testCase "engine auto takes the model, on touched rows alone"
            <| fun () ->
                let model = ModelSpec.Registry.Named("MetaRidge").Create(schema, 0.5, LabelKind.Rating)
                Expect.isNull (FusedEngine.Refusal model) "no reason to refuse"
                let parameters = model.CreateParameters 1L
                use engine = new FusedEngine(model, parameters, 1, 0)

                for item in [ 2; 4 ] do
                    let task: Task = { User = 0; Support = [ item, 1f ]; Query = [ item, 0f ] }
                    Expect.equal (engine.Forward(batch [ task ], ReadOnlySpan [||], null).Length) 1 "one query"
                    engine.Backward(ReadOnlySpan [| 1f |], ReadOnlySpan [| 1f |])
                    let table = parameters["item.id"]
                    let width = table.RowWidth
                    let row r = table.Gradient.AsSpan(r * width, width).ToArray()
                    let rows = [ 0 .. table.Size / width - 1 ] |> List.filter (row >> Array.exists ((<>) 0f))
                    Expect.equal rows [ item + 1 ] "rows with a gradient"
                    Expect.equal (table.TouchedRows.Value.ToArray()) [| item + 1 |] "touched rows"

            testCase "negative support weights and Backward without Forward are errors"
            <| fun () ->
                let model = modelOf fixedForm
                use engine = new FusedEngine(model, model.CreateParameters 1L, 1, 0)
                let task: Task = { User = 0; Support = [ 1, 1f ]; Query = [ 2, 0f ] }

                Expect.throwsT<ArgumentException>
                    (fun () -> engine.Forward(batch [ task ], ReadOnlySpan [| -1f |], null).ToArray() |> ignore)
                    "weight −1"

                Expect.throwsT<InvalidOperationException>
                    (fun () -> engine.Backward(ReadOnlySpan [||], ReadOnlySpan [||]))
                    "no batch"
        ]
