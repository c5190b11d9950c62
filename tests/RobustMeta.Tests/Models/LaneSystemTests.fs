/// The closed-form start's sums over rows and its systems, lane by lane, against plain loops and dense matrices.
module RobustMeta.Tests.Models.LaneSystemTests

#nowarn "9"

open System
open Expecto
open MathNet.Numerics.LinearAlgebra
open Microsoft.FSharp.NativeInterop
open RobustMeta.Models.Factors
open RobustMeta.Runtime

let private widths = [ 0; 128; 256; 512 ]
let private count = 11

let private close what (expected: float) (actual: float) = Expect.floatClose Accuracy.high actual expected what

/// A side with random numbers, whose moments are those of positive definite matrices; also the matrices.
let private draw (random: Random) width =
    let side = FactorSide(count, width)

    let matrices =
        [|
            for index in 0 .. count - 1 do
                let roots = Matrix<float>.Build.Dense(width, width, fun _ _ -> random.NextGaussian())
                let matrix = roots.TransposeThisAndMultiply roots

                for j in 0 .. width - 1 do
                    NativePtr.set (side.MeanAt index) j (random.NextGaussian())

                    for i in j .. width - 1 do
                        let place = PackedSymmetric.Place(width, i, j)
                        let slab, at = place / FactorKernels.Block, place % FactorKernels.Block
                        NativePtr.set (side.MomentAt(slab, index)) at matrix[i, j]

                matrix
        |]

    side, matrices

let private mean (side: FactorSide) index = Vector<float>.Build.DenseOfArray(side.Mean(index).ToArray())

let private moment (side: FactorSide) index =
    Matrix<float>
        .Build.Dense(
            side.Width,
            side.Width,
            fun i j ->
                let place = PackedSymmetric.Place(side.Width, max i j, min i j)
                NativePtr.get (side.MomentAt(place / FactorKernels.Block, index)) (place % FactorKernels.Block)
        )

let private solves known () =
    let random = Seeds.Generator(5L, "lanes")

    for bits in widths do
        let kernels = FactorKernels.Of bits

        for width in known + 1 .. 12 do
            let side, sums = draw random width
            let pulls = Array.init count (mean side)
            let systems = LaneSystems(kernels, width, known)
            let order = width - known
            let precisions = Vector<float>.Build.Dense(width, fun k -> 0.5 + float k)
            let scale = 0.7

            for first in 0 .. kernels.Lanes .. count - 1 do
                systems.Load(side, first, scale)

                for k in known .. width - 1 do
                    systems.AddPrecision(k, precisions[k])

                systems.AddRight(0, width - 1, 0.25)
                systems.Invert()
                systems.Solve()
                let here = [ first .. min count (first + kernels.Lanes) - 1 ]

                let expected =
                    [
                        for index in here ->
                            let system = scale * sums[index] + Matrix<float>.Build.DenseOfDiagonalVector precisions

                            let right = scale * pulls[index]
                            right[width - 1] <- right[width - 1] + (if index = first then 0.25 else 0.0)
                            let rest = system.SubMatrix(known, order, known, order)

                            let rightRest =
                                right.SubVector(known, order)
                                - (if known = 1 then
                                       scale * sums[index].Column(0, 1, order)
                                   else
                                       Vector<float>.Build.Dense order)

                            rest.Inverse(), rightRest
                    ]

                for index, (covariance, right) in List.zip here expected do
                    let added, own = Array.init order float, Array.zeroCreate order
                    systems.Solve(index - first, added, Span own)
                    let solution = covariance * (right + Vector<float>.Build.DenseOfArray added)
                    Array.iteri (fun k x -> close $"{bits} bits, another right side" solution[k] x) own
                    let packed = Array.zeroCreate (PackedSymmetric.Size order)
                    systems.AddCovariance(index - first, Span packed)
                    let last = PackedSymmetric.Place(order, order - 1, 0)
                    close "covariance" covariance[order - 1, 0] packed[last]

                systems.Save(side, first)
                let fits = Array.zeroCreate kernels.Lanes
                systems.Fits(Span fits)

                for index, (covariance, right) in List.zip here expected do
                    let whole = Vector<float>.Build.Dense(width, 1.0)
                    whole.SetSubVector(known, order, covariance * right)
                    let second = whole.OuterProduct whole
                    let place = second.SubMatrix(known, order, known, order) + covariance
                    second.SetSubMatrix(known, known, place)
                    let found, squares = mean side index, moment side index

                    for i in 0 .. width - 1 do
                        close $"{bits} bits, order {order}, mean" whole[i] found[i]

                        for j in 0 .. width - 1 do
                            close $"{bits} bits, order {order}, moment ({i}, {j})" second[i, j] squares[i, j]

                    let fit =
                        scale * (sums[index].PointwiseMultiply second).RowSums().Sum()
                        - 2.0 * scale * (pulls[index] * whole)

                    close $"{bits} bits, fit" fit fits[index - first]

let private sums () =
    let random = Seeds.Generator(6L, "rows")
    let side, _ = draw random 9

    for bits in widths do
        let kernels = FactorKernels.Of bits

        for length in 0..7 do
            let chosen = Array.init length (fun _ -> random.Next count)
            let weights = Array.init length (fun _ -> random.NextGaussian())
            let target, other = FactorSide(1, 9), FactorSide(1, 9)
            let block = FactorKernels.Block
            kernels.Weigh(weights, side.MomentAt(1, 0), block, chosen, target.MomentAt(1, 0))
            let number slab index k = NativePtr.get (side.MomentAt(slab, index)) k

            for k in 0 .. block - 1 do
                let expected = Array.fold2 (fun sum i weight -> sum + weight * number 1 i k) 0.0 chosen weights
                close $"{bits} bits, {length} rows" expected (NativePtr.get (target.MomentAt(1, 0)) k)
                NativePtr.set (other.MomentAt(0, 0)) k (random.NextGaussian())

            let dots = Array.create length 1.0
            kernels.AddDots(side.MomentAt(0, 0), block, chosen, other.MomentAt(0, 0), target.MomentAt(1, 0), dots)

            for i in 0 .. length - 1 do
                let dot k =
                    number 0 chosen[i] k
                    * NativePtr.get (other.MomentAt(0, 0)) k
                    * NativePtr.get (target.MomentAt(1, 0)) k

                close $"{bits} bits, dot product {i} of {length}" (1.0 + Seq.sumBy dot (seq { 0 .. block - 1 })) dots[i]

[<Tests>]
let tests =
    testList
        "Lane systems"
        [
            testCase "normal equations: means, covariances, moments and fits are those of dense matrices" (solves 0)
            testCase "normal equations with a known first position" (solves 1)
            testCase "sums of chosen rows and dot products with them" sums
        ]
