/// The benchmarks' PyTorch peers compute what the fused engine does: same weights in, same losses and gradients out.
module RobustMeta.Tests.Engine.PeersTests

open System.IO
open Expecto
open RobustMeta.Tests
open RobustMeta.Tests.PythonProgram

let private program =
    Path.Combine(
        MarkdownBlocks.root,
        "tests",
        "RobustMeta.Benchmarks",
        "bin",
        "Release",
        "net10.0",
        "RobustMeta.Benchmarks.dll"
    )

/// Small tasks whose supports differ in length.
let private workload =
    "users 12 batch 6 supportMin 1 supportMax 14 query 3 embeddingDim 4 checkOnly true tolerance 1e-6"

[<Tests>]
let tests =
    testList
        "peers"
        [
            for model in [ "MeLU"; "MetaRidge"; "LWA"; "NLBA"; "TaNP"; "MetaEmb"; "MWUF" ] do
                testCase $"PyTorch's {model} has the fused engine's losses and gradients"
                <| fun () ->
                    withPackage "torch" (fun python ->
                        if not (File.Exists program) then
                            skiptest "tests/RobustMeta.Benchmarks is not built"

                        let words = $"models models {model} {workload} python {python}".Split ' '
                        let output = said "dotnet" (program :: List.ofArray words) "" |> expectOk
                        Expect.stringContains output $"| {model}" "compared")
        ]
