module RobustMeta.Tests.Runtime.NativeLibrariesTests

open Expecto
open RobustMeta.Runtime
open type TorchSharp.torch

[<Tests>]
let tests =
    testList
        "NativeLibraries"
        [
            testCase "libtorch loads, and says how"
            <| fun () ->
                NativeLibraries.EnsureLoaded()
                Expect.isNotNull NativeLibraries.Route "route"
                use x = tensor ([| 1.0; 2.0 |])
                use y = x.sum ()
                Expect.equal (y.item<double>()) 3.0 "a sum"

            testCase "the report of the environment names the version of libtorch that is used"
            <| fun () ->
                NativeLibraries.EnsureLoaded()

                for struct (name, value) in EnvironmentReport.Facts() do
                    if name = "libtorch" then
                        Expect.equal value __version__ name
        ]
