/// `prepare NAME [setting value …]`: a data set prepared by its recipe.
module RobustMeta.Scripts.Preparation.PrepareCommand

open System
open System.Globalization
open System.IO
open Deedle
open RobustMeta.Data
open RobustMeta.Experiments
open RobustMeta.Scripts
open RobustMeta.Scripts.Preparation.Preparation
open RobustMeta.Settings

let private settings = [ "core"; "negatives"; "popularity"; "seed"; "out"; "parquet" ]

let private number (name: string) (value: string) =
    match Double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture) with
    | true, number when number >= 0.0 && Double.IsFinite number -> number
    | _ -> raise (SettingException $"{name} is '{value}'; expected a number of at least 0.")

let private count (name: string) (value: string) =
    match Int32.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture) with
    | true, count -> count
    | _ -> raise (SettingException $"{name} is '{value}'; expected a whole number from 0 to {Int32.MaxValue}.")

let private flag (name: string) (value: string) =
    match value with
    | "true" -> true
    | "false" -> false
    | _ -> raise (SettingException $"{name} is '{value}'; expected true or false.")

/// What words ask for: the choice, the folder, and whether it also gets Parquet files.
let rec private read (choice: Choice, folder: string, parquet: bool) (words: string list) =
    match words with
    | [] -> choice, folder, parquet
    | "core" :: value :: rest -> read ({ choice with Core = count "core" value }, folder, parquet) rest
    | "negatives" :: value :: rest -> read ({ choice with Negatives = number "negatives" value }, folder, parquet) rest
    | "popularity" :: value :: rest ->
        read ({ choice with Popularity = number "popularity" value }, folder, parquet) rest
    | "seed" :: value :: rest -> read ({ choice with Seed = int64 (count "seed" value) }, folder, parquet) rest
    | "out" :: value :: rest -> read (choice, value, parquet) rest
    | "parquet" :: value :: rest -> read (choice, folder, flag "parquet" value) rest
    | [ name ] when List.contains name settings -> raise (SettingException $"'{name}' has no value.")
    | name :: _ ->
        let known = String.Join(", ", settings)
        raise (SettingException $"There is no setting '{name}'{NearestName.Hint(name, settings)}; settings: {known}")

/// Prepares the data set that words ask for, and prints the counts of its steps.
let run (words: string list) =
    match words with
    | [] ->
        let names = String.Join(", ", DatasetCatalog.Default.Names)
        raise (SettingException $"prepare needs the name of a data set: {names}")
    | name :: rest ->
        let given = rest |> List.indexed |> List.filter (fun (place, _) -> place % 2 = 0) |> List.map snd

        match given |> List.countBy id |> List.tryFind (fun (_, count) -> count > 1) with
        | Some(twice, _) -> raise (SettingException $"{twice} is given twice.")
        | None -> ()

        let choice, folder, parquet = read (usual, Path.Combine("data", $"{name}-prepared"), false) rest
        let source = DatasetCatalog.Default.Open(name, Progress.download ())
        OutFolder.Require folder

        if Path.GetFullPath(folder).TrimEnd '/' = Path.GetFullPath(source.Folder).TrimEnd '/' then
            raise (
                SettingException $"out is '{folder}', which holds the files of {name} themselves; name another folder."
            )

        match prepare source (Recipes.find source.Entry) choice folder with
        | Some counts -> counts.Print()
        | None -> printfn "The same files and recipe were prepared before: nothing to do."

        if parquet then
            ParquetRatings.Write(Preparation.read folder, folder)

        printfn "prepared: %s" folder
