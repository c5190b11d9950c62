// Loads the built assemblies for `dotnet fsi`: build once with `dotnet build -c Release`, then start any script here.
// References the assemblies themselves, not packages, so that scripts start in seconds and without a network.
// quick: loaded
#I "bin/Release/net10.0"
#r "RobustMeta.Core.dll"
#r "RobustMeta.Scripts.dll"
#r "TorchSharp.dll"
#r "MathNet.Numerics.dll"
#r "Deedle.dll"
#r "DynamicObj.dll"
#r "Plotly.NET.dll"

// Explicitly, since inlining across assemblies can bypass the library's own initialiser.
RobustMeta.Runtime.NativeLibraries.EnsureLoaded()

/// Where scripts write the pages of docs/results: there, or into the folder that ROBUSTMETA_REPORTS names.
let reports =
    match System.Environment.GetEnvironmentVariable "ROBUSTMETA_REPORTS" with
    | null
    | "" -> System.IO.Path.Combine(__SOURCE_DIRECTORY__, "..", "docs", "results")
    | folder -> folder
