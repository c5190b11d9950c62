/// `doctor`: what this machine has, and whether results can be computed on it.
module RobustMeta.Scripts.Doctor

open System
open RobustMeta.Data
open RobustMeta.Engine
open RobustMeta.Runtime
open RobustMeta.Settings

// Wide enough for the longest name of a built-in data set.
[<Literal>]
let private NameWidth = 22

/// A fact in lines of at most 100 columns.
let lines (name: string) (value: string) : string list =
    Wrapping.words (Help.Width - NameWidth - 1) value
    |> List.mapi (fun at part -> $"{(if at = 0 then name else String.Empty).PadRight NameWidth} {part}")

let private line (name: string) (value: string) = lines name value |> List.iter (printfn "%s")

let private datasets () =
    let catalog = DatasetCatalog.Default

    for name in catalog.Names do
        match catalog.Find name, catalog.TryLocate name with
        | null, _ -> line $"data {name}" "generated"
        | entry, null when isNull entry.Url -> line $"data {name}" $"not found; get it by hand from {entry.Page}"
        | _, null -> line $"data {name}" "not found; downloaded when first used"
        | entry, folder ->
            let known = entry.Files.Values |> Seq.filter (fun sum -> sum.Length > 0) |> Seq.length

            line
                $"data {name}"
                (try
                    match List.ofSeq (catalog.Differing name) with
                    | [] when known = 0 -> $"{folder} (the catalog has no checksums)"
                    | [] -> $"{folder} (checksums as in the catalog: {known} of {known} known)"
                    | files ->
                        let names = String.Join(", ", files)
                        $"{folder} (other content than the catalog knows: {names})"
                 with :? DataFormatException as error ->
                     error.Message)

    for KeyValue(_, problem) in catalog.Problems do
        line "catalog" problem

/// Prints the report; 0 only when a tiny second-order gradient comes out right.
let run () =
    try
        NativeLibraries.EnsureLoaded()

        for struct (name, value) in EnvironmentReport.Facts() do
            line name value

        line "native library" (string NativeLibraries.Route)

        let threads =
            match ThreadLimit.Threads() with
            | 0 -> $"{Environment.ProcessorCount}, one a processor"
            | limit -> $"{limit}, by {ThreadLimit.Variable}"

        line "threads" threads
        datasets ()
        let derivative = SecondOrderCheck.Compute()
        let right = abs (derivative - SecondOrderCheck.Expected) < 1e-12

        line
            "second-order gradient"
            (if right then
                 "correct"
             else
                 $"WRONG: {derivative}, expected {SecondOrderCheck.Expected}")

        if right then 0 else 1
    with :? DllNotFoundException as error ->
        for struct (name, value) in EnvironmentReport.Facts() do
            line name value

        line "native library" $"NOT LOADED: {error.Message}"
        1
