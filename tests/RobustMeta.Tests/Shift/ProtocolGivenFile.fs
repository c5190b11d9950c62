/// A file of test ratings for the users and items of the contract's worlds, and what is wrong with some of its rows.
module RobustMeta.Tests.Shift.ProtocolGivenFile

open System
open System.IO
open Expecto
open RobustMeta.Shift
open RobustMeta.Tasks
open RobustMeta.Tests.Shift

/// Each user of the contract's worlds rates 30 random items; the last user and item are in no data.
let text (ratings: RobustMeta.Data.Ratings) =
    let random = Random 3

    [
        "user,item,rating"
        for user in Seq.append ratings.Users.Tokens [ "a stranger" ] do
            let items = Seq.toArray (Seq.append ratings.Items.Tokens [ "a new item" ])
            random.Shuffle items

            for item in Array.take (min 30 items.Length) items do
                $"{user},{item},{1 + random.Next 5}"
    ]
    |> String.concat "\n"

/// The file of the contract's ratings; it is gone with the process's temporary files.
let path =
    lazy
        (let path = Path.Combine(RobustMeta.Tests.TempFolder.untilExit (), "test.csv")

         File.WriteAllText(path, text (ProtocolContract.input (ExponentialTilt()) 1L).Source.Ratings + "\n")
         path)
