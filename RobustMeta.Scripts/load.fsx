// Loads the built assemblies for `dotnet fsi`: build once with `dotnet build -c Release`, then start any script here.
// References the assemblies themselves, not packages, so that scripts start in seconds and without a network.
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
