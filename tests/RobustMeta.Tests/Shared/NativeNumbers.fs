/// Numbers in unmanaged memory, as the fused engine's pieces work on, and derivatives by differences of what they compute.
module RobustMeta.Tests.NativeNumbers

#nowarn "9"

open System.Runtime.InteropServices
open Microsoft.FSharp.NativeInterop
open Expecto
open RobustMeta.Runtime.Vectors
open RobustMeta.Engine.Fused.Memory
open RobustMeta.Engine.Fused.Networks
open RobustMeta.Runtime
open RobustMeta.Tests.ModelCase

let none = NativePtr.ofNativeInt<float> 0n

/// Numbers in unmanaged memory, aligned as the engine's are.
let internal onArena (numbers: float[]) (arena: Arena<float>) =
    let start = arena.Take(int64 (max 1 numbers.Length))
    Marshal.Copy(numbers, 0, NativePtr.toNativeInt start, numbers.Length)
    start

let back (start: nativeptr<float>) count =
    let numbers = Array.zeroCreate<float> count
    Marshal.Copy(NativePtr.toNativeInt start, numbers, 0, count)
    numbers

/// Rows of numbers with zeros behind each.
let internal rowsOnArena (arena: Arena<float>) (padded: int) (rows: float[][]) =
    let fill (row: float[]) = Array.append row (Array.zeroCreate (padded - row.Length))
    onArena (rows |> Array.collect fill) arena

/// Places of the numbers of so many rows, without what is behind each.
let cells rows width (padded: int) =
    [|
        for i in 0 .. rows - 1 do
            for j in 0 .. width - 1 -> i * padded + j
    |]

let iota n = Array.init n id

let dot (x: float[]) (y: float[]) = Array.fold2 (fun s a b -> s + a * b) 0.0 x y

let put (start: nativeptr<float>) places (numbers: float[]) = Array.iter2 (NativePtr.set start) places numbers

let at (start: nativeptr<float>) (places: int[]) = places |> Array.map (NativePtr.get start)

/// Derivatives of a function by some of the numbers that it reads, by central differences.
let differences (value: unit -> float) (start: nativeptr<float>) (places: int[]) =
    let step = 1e-6

    places
    |> Array.map (fun place ->
        let before = NativePtr.get start place

        let moved by =
            NativePtr.set start place (before + by)
            value ()

        let slope = (moved step - moved -step) / (2.0 * step)
        NativePtr.set start place before
        slope)

/// What a piece says of its derivatives, against differences. The derivatives must be read off before the differences move anything.
let agrees what value (start: nativeptr<float>) places (derivatives: float[]) =
    near what 1e-6 (differences value start places) derivatives

/// A block of a layout with values by parameter.
let internal packed (layout: BlockLayout) (values: Map<string, float[]>) (arena: Arena<float>) =
    let block = arena.TakeZeros layout.Size
    layout.Pack((fun name -> AlignedNumbers<float>(System.ReadOnlySpan values[name])), block)
    block

let private unpacked (layout: BlockLayout) (values: Map<string, float[]>) (block: nativeptr<float>) =
    let read =
        layout.Names |> Seq.map (fun name -> name, AlignedNumbers<float>(int64 values[name].Length)) |> Map.ofSeq

    layout.Unpack(block, (fun name -> read[name]))
    read |> Map.map (fun _ numbers -> numbers.ToArray())

/// Gradients by parameter, from all pieces.
let internal gradientOf
    (layout: BlockLayout)
    (values: Map<string, float[]>)
    (parts: IGradientPieces<float> seq)
    (arena: Arena<float>)
    =
    let gradient = arena.TakeZeros layout.Size

    for part in parts do
        for piece in 0 .. part.Pieces - 1 do
            part.WriteGradient(piece, gradient)

    unpacked layout values gradient

/// What a piece says of its derivatives by its parameters, against differences.
let internal parametersAgree
    (layout: BlockLayout)
    (values: Map<string, float[]>)
    value
    (block: nativeptr<float>)
    gradient
    =
    use arena = new Arena<float>()
    let numeric = differences value block (iota (int layout.Size))
    nearGradients "parameters" 1e-6 (unpacked layout values (onArena numeric arena)) gradient

/// A test on numbers of its own, of a few seeds.
let internal onSeeds name (test: Arena<float> -> (int -> float[]) -> unit) =
    testCase name (fun () ->
        for seed in 1L .. 5L do
            let random = Seeds.Generator(seed, name)
            use arena = new Arena<float>()
            test arena (fun count -> Array.init count (fun _ -> random.NextGaussian())))
