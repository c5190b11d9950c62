module RobustMeta.Tests.Runtime.AlignedNumbersTests

#nowarn "9"

open System
open Expecto
open FSharp.NativeInterop
open RobustMeta.Models
open RobustMeta.Runtime.Vectors

let private line = 64n

let private isAligned (numbers: AlignedNumbers<float32>) = NativePtr.toNativeInt numbers.Start % line = 0n

[<Tests>]
let tests =
    testList
        "aligned numbers"
        [
            testCase "values and gradients of parameters start at a cache line, whatever their length"
            <| fun () ->
                for rows in [ 1; 2; 3; 7; 100; 8030; 300_001 ] do
                    let parameter = Parameter("table", rows, 33)
                    Expect.isTrue (isAligned parameter.Values) $"values of {rows} rows"
                    Expect.isTrue (isAligned parameter.Gradient) $"gradients of {rows} rows"

            testCase "they are zero at first, stay where they are through collections, and are no larger than asked"
            <| fun () ->
                let numbers = AlignedNumbers<float32>(1000L)
                Expect.all numbers (fun x -> x = 0f) "zero"
                numbers[999] <- 5f
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, true, true)
                NativePtr.set numbers.Start 0 7f
                Expect.equal (numbers[0], numbers[999]) (7f, 5f) "the pointer is good after a collection"
                Expect.equal (numbers.Length, Seq.length numbers) (1000, 1000) "length"
                Expect.throwsT<IndexOutOfRangeException> (fun () -> numbers[1000] <- 1f) "behind the end"
                Expect.throwsT<IndexOutOfRangeException> (fun () -> numbers[-1] <- 1f) "before the start"

            testCase "copies are copies, and none at all is allowed"
            <| fun () ->
                let values = [| 1.0; 2.0; 3.0 |]
                let numbers = AlignedNumbers<float>(ReadOnlySpan values)
                values[0] <- 9.0
                Expect.equal (List.ofSeq numbers) [ 1.0; 2.0; 3.0 ] "copied"
                numbers.ToArray()[1] <- 9.0
                numbers.AsSpan(2, 1)[0] <- 7.0
                Expect.equal (List.ofSeq numbers) [ 1.0; 2.0; 7.0 ] "a span is the memory, an array is not"
                Expect.isEmpty (AlignedNumbers<float>(0L)) "none"

            testCase "they are equal as arrays are"
            <| fun () ->
                let numbers (values: float list) = AlignedNumbers<float>(ReadOnlySpan(Array.ofList values))
                Expect.equal (numbers [ 1.0; 2.0 ]) (numbers [ 1.0; 2.0 ]) "the same numbers"
                Expect.equal (hash (numbers [ 1.0; 2.0 ])) (hash (numbers [ 1.0; 2.0 ])) "and hashes"
                Expect.notEqual (numbers [ 1.0; 2.0 ]) (numbers [ 1.0; 3.0 ]) "another number"
                Expect.notEqual (numbers [ 1.0; 2.0 ]) (numbers [ 1.0 ]) "fewer"
                Expect.notEqual (numbers [ nan ]) (numbers [ nan ]) "what is no number"

            testCase "null has no numbers, and types that may not fit a cache line are refused"
            <| fun () ->
                let empty: ReadOnlySpan<float> = AlignedNumbers.op_Implicit (null: AlignedNumbers<float>)
                Expect.equal empty.Length 0 "null"

                Expect.throwsC (fun () -> AlignedNumbers<decimal>(1L) |> ignore) (fun error ->
                    Expect.stringContains error.Message "Decimal has 16 bytes; expected" "size")

            testCase "a length that no array has is refused at once"
            <| fun () ->
                for length in [ -1L; -5L; -16L; -17L; Int64.MinValue ] do
                    Expect.throwsT<ArgumentOutOfRangeException>
                        (fun () -> AlignedNumbers<float32>(length) |> ignore)
                        $"{length}"

                for length in [ int64 Array.MaxLength - 15L; int64 Int32.MaxValue; Int64.MaxValue ] do
                    Expect.throwsT<OverflowException> (fun () -> AlignedNumbers<float32>(length) |> ignore) $"{length}"

            testCase "a parameter has no negative extent, also where their product is positive"
            <| fun () ->
                Expect.throwsT<ArgumentOutOfRangeException> (fun () -> Parameter("n", -3, 2) |> ignore) "one"
                Expect.throwsT<ArgumentOutOfRangeException> (fun () -> Parameter("n", -3, -2) |> ignore) "two"
                Expect.throwsT<ArgumentNullException> (fun () -> Parameter("n", null) |> ignore) "no shape"
                Expect.equal (Parameter("n", 0, 3).Size) 0 "none at all is allowed"
        ]
