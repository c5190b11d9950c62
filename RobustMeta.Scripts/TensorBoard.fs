/// The command `tensorboard FOLDER [to FOLDER]`: the histories of finished runs as event files.
module RobustMeta.Scripts.TensorBoard

open System.IO
open RobustMeta.Experiments
open RobustMeta.Settings

/// The grammar, for help.
let usage =
    "tensorboard FOLDER [to FOLDER]: an event file for each finished run below the first folder, a run folder or one of a study; "
    + "by default into FOLDER/tensorboard"

/// The run folders below a folder, itself among them.
let private runsBelow (folder: string) =
    [
        for file in Directory.GetFiles(folder, "history.csv", SearchOption.AllDirectories) |> Array.sort do
            let path = Path.GetDirectoryName file |> nonNull

            if not (path.Contains ".damaged-") then
                path
    ]

/// Writes the event files of all finished runs below a folder; gives the number of runs.
let write (source: string) (target: string) : int =
    let runs =
        [
            for path in runsBelow source do
                let run = RunFolder.Open path

                if run.IsDone && run.ReadHistory().Count > 0 then
                    let place = Path.Combine(target, Path.GetFileName path |> nonNull)
                    Directory.CreateDirectory place |> ignore
                    EventFile.Write(Path.Combine(place, EventFile.Name), run.ReadHistory())
                    place
        ]

    runs.Length

/// Runs the command.
let execute (words: string list) =
    let source, target =
        match words with
        | [ source ] -> source, Path.Combine(source, "tensorboard")
        | [ source; "to"; target ] -> source, target
        | _ -> raise (SettingException usage)

    if not (Directory.Exists source) then
        raise (SettingException $"There is no folder '{source}'.")

    OutFolder.Require(target, "to")

    match write source target with
    | 0 -> raise (SettingException $"There is no finished run with epochs below '{source}'.")
    | count -> printfn $"written: {count} runs; look at them with: tensorboard --logdir {target}"
