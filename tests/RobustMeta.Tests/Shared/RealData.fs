/// Where the real data sets are: tests that need one are skipped, by name, when it is not there.
module RobustMeta.Tests.RealData

open System
open System.IO
open Expecto

/// The folder named by ROBUSTMETA_DATA, if it exists.
let root =
    match Environment.GetEnvironmentVariable "ROBUSTMETA_DATA" with
    | null
    | "" -> None
    | folder when Directory.Exists folder -> Some folder
    | folder -> failwith $"ROBUSTMETA_DATA is set to '{folder}', which does not exist."

/// A test on a real data set, given its folder; pending, and saying so in its name, where the data set is not there.
let testWith (dataset: string) (name: string) (test: string -> unit) =
    match root |> Option.map (fun r -> Path.Combine(r, dataset)) |> Option.filter Directory.Exists with
    | Some folder -> testCase name (fun () -> test folder)
    | None -> ptestCase $"{name} [skipped: ROBUSTMETA_DATA has no {dataset}]" ignore
