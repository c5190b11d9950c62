// Loads RobustMeta for the scripts of this folder, from the assemblies that were built when the folder was made.
// After the clone has moved, say its new place in the next line.
// quick: loaded
#I "{{assemblies}}"
#r "RobustMeta.Core.dll"
#r "RobustMeta.Scripts.dll"
#r "TorchSharp.dll"
#r "MathNet.Numerics.dll"
#r "Deedle.dll"
#r "DynamicObj.dll"
#r "Plotly.NET.dll"

RobustMeta.Runtime.NativeLibraries.EnsureLoaded()

// Data and results lie in this folder, wherever the script is started from.
System.Environment.CurrentDirectory <- __SOURCE_DIRECTORY__
