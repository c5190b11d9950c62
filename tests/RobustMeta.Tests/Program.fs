module RobustMeta.Tests.Program

let private runAll args =
    // Models are tested on tensors directly, without the engine that loads the library.
    RobustMeta.Runtime.NativeLibraries.EnsureLoaded()
    TestRun.run args

[<EntryPoint>]
let main args =
    match List.ofArray args with
    // A process of its own that does nothing but serve: see the tests of ColdStartModel.
    | "serve" :: folder :: ratings -> ServedRun.serveAlone folder ratings
    | _ -> runAll args
