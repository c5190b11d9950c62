// Prepares a data set: dotnet fsi RobustMeta.Scripts/prepare.fsx NAME [K] [FOLDER]
// Keeps the K-core (default 5), prints the counts after every step, and writes FOLDER/ratings.bin (default
// data/NAME-K-core), which a table with format = "prepared" in catalog.toml reads. Copy it and change the recipe.
// quick: with ml-100k ml-100k 5 prepared
#load "load.fsx"

open System.IO
open Deedle
open RobustMeta.Data
open RobustMeta.Scripts.Preparation

let words = fsi.CommandLineArgs |> List.ofArray |> List.tail

let name, k =
    match words with
    | name :: k :: _ -> name, int k
    | [ name ] -> name, 5
    | [] -> failwith "prepare.fsx needs the name of a data set"

let folder = if words.Length > 2 then words[2] else Path.Combine("data", $"{name}-{k}-core")
let dataset = DatasetCatalog.Default.Load name
let recipe = [ Preparation.kCore k ]
let ratings, steps = Preparation.apply recipe dataset.Ratings
steps.Print()
printfn "written: %s" (Preparation.save folder name recipe ratings steps)
printfn "for catalog.toml beside it:\n[%s]\nformat = \"prepared\"" (Path.GetFileName folder)
printfn "labelThreshold = %s" (dataset.LabelThreshold.ToString System.Globalization.CultureInfo.InvariantCulture)
