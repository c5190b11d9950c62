/// `doctor`: what this machine has, and whether results can be computed on it.
module RobustMeta.Scripts.Doctor

open System
open RobustMeta.Data
open RobustMeta.Engine
open RobustMeta.Runtime

let private line (name: string) (value: string) = printfn "%-20s %s" name value

let private datasets () =
    let catalog = DatasetCatalog.Default

    for name in catalog.Names do
        line
            $"data {name}"
            (match catalog.TryLocate name with
             | null -> "not found (downloaded when first used)"
             | folder -> folder)

/// Prints the report; 0 only when a tiny second-order gradient comes out right.
let run () =
    for struct (name, value) in EnvironmentReport.Facts() do
        line name value

    try
        NativeLibraries.EnsureLoaded()
        line "native library" (string NativeLibraries.Route)
        datasets ()
        let derivative = SecondOrderCheck.Compute()
        let right = abs (derivative - SecondOrderCheck.Expected) < 1e-12

        let verdict =
            if right then
                "right"
            else
                $"WRONG: {derivative}, expected {SecondOrderCheck.Expected}"

        line "second order" verdict
        if right then 0 else 1
    with :? DllNotFoundException as error ->
        line "native library" $"NOT LOADED: {error.Message}"
        1
