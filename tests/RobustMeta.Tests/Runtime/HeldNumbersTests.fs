/// Numbers beside tensors: the operations of HeldNumbers, and a search of the compiled library for numbers that are not held.
module RobustMeta.Tests.Runtime.HeldNumbersTests

open System
open System.Collections.Generic
open System.Reflection
open Expecto
open RobustMeta.Models.Layers
open TorchSharp

let private torchSharp = typeof<Scalar>.Assembly

let private everything =
    BindingFlags.Public
    ||| BindingFlags.NonPublic
    ||| BindingFlags.Static
    ||| BindingFlags.Instance
    ||| BindingFlags.DeclaredOnly

/// Methods that a method calls, by the tokens in its code.
let private called (caller: MethodBase) : MethodBase list =
    match caller.GetMethodBody() with
    | null -> []
    | body ->
        let code = body.GetILAsByteArray()

        let ofType =
            if caller.DeclaringType.IsGenericType then
                caller.DeclaringType.GetGenericArguments()
            else
                null

        let ofMethod = if caller.IsGenericMethod then caller.GetGenericArguments() else null

        [
            for i in 0 .. code.Length - 5 do
                // call and callvirt; other bytes of the same value name no method, or one that is not looked for.
                if code[i] = 0x28uy || code[i] = 0x6Fuy then
                    let token = BitConverter.ToInt32(code, i + 1)

                    match
                        (try
                            caller.Module.ResolveMethod(token, ofType, ofMethod)
                         with :? ArgumentException ->
                             null)
                    with
                    | null -> ()
                    | callee when isNull callee.DeclaringType -> ()
                    | callee -> callee
        ]

let private isMaker (m: MethodBase) =
    m.Name = "ToScalar" || (m.Name = "op_Implicit" && m.DeclaringType = typeof<Scalar>)

let private known = Dictionary<MethodBase, bool>()

/// Whether a method of TorchSharp makes a number for its own use.
let rec private makes depth (m: MethodBase) =
    isMaker m
    || (m.Module.Assembly = torchSharp
        && depth < 5
        && (match known.TryGetValue m with
            | true, answer -> answer
            | _ ->
                known[m] <- false
                let answer = called m |> List.exists (makes (depth + 1))
                known[m] <- answer
                answer))

/// What a method calls that makes a number that is not held.
let private unheld (m: MethodBase) =
    // Constructors make the numbers that fields hold, by HeldNumbers.Of where libtorch may not be loaded yet.
    if m.IsConstructor || (m.DeclaringType.Name = "HeldNumbers" && m.Name = "Of") then
        []
    else
        called m |> List.filter (makes 0) |> List.map _.Name

let private unheldSum (x: torch.Tensor) = x + x
let private heldSum (x: torch.Tensor) = x.Plus x

let private methodNamed name =
    Assembly.GetExecutingAssembly().GetTypes()
    |> Seq.collect (fun t -> t.GetMethods everything)
    |> Seq.find (fun m -> m.Name = name && m.DeclaringType.Name.StartsWith "HeldNumbersTests")

[<Tests>]
let tests =
    testList
        "numbers beside tensors"
        [
            testCase "no method of the library makes a number that may be collected while it is read"
            <| fun () ->
                let found =
                    [
                        for t in typeof<OwnRows>.Assembly.GetTypes() do
                            for m in t.GetMethods everything do
                                for name in unheld m -> $"{t.Name}.{m.Name} calls {name}"
                    ]

                Expect.isEmpty found "use HeldNumbers, or a Scalar in a field"

            testCase "the search finds a sum of two tensors, and passes the held one"
            <| fun () ->
                Expect.isNonEmpty (unheld (methodNamed "unheldSum")) "x + x makes the factor 1"
                Expect.isEmpty (unheld (methodNamed "heldSum")) "Plus holds it"

            testCase "the held operations are what they say, with their derivatives"
            <| fun () ->
                use scope = torch.NewDisposeScope()
                let values = [| -40.0; -2.0; -0.0; 0.5; 3.0; 40.0 |]
                let x: torch.Tensor = torch.tensor(values).requires_grad_()

                let check name (result: torch.Tensor) (f: float -> float) (slope: float -> float) =
                    let gradient = torch.autograd.grad([| result.sum () |], [| x |])[0]

                    for i in 0 .. values.Length - 1 do
                        Expect.floatClose
                            Accuracy.veryHigh
                            (result[i].item<double>())
                            (f values[i])
                            $"{name} {values[i]}"

                        let found = gradient[i].item<double>()
                        Expect.floatClose Accuracy.veryHigh found (slope values[i]) $"slope of {name} {values[i]}"

                let sigmoid a = 1.0 / (1.0 + exp -a)
                check "plus" (x.Plus x) (fun a -> 2.0 * a) (fun _ -> 2.0)
                check "plus number" (x.Plus HeldNumbers.Half) (fun a -> a + 0.5) (fun _ -> 1.0)
                check "from one" (x.FromOne()) (fun a -> 1.0 - a) (fun _ -> -1.0)
                check "squared" (x.Squared()) (fun a -> a * a) (fun a -> 2.0 * a)
                check "softplus" (x.Softplus()) (fun a -> max a 0.0 + Double.LogP1(exp -(abs a))) sigmoid
                Expect.equal (x.IsZero().data<bool>().ToArray()) (values |> Array.map ((=) 0.0)) "is zero"
        ]
