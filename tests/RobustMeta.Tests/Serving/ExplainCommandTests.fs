/// `explain` on the command line.
module RobustMeta.Tests.Serving.ExplainCommandTests

open System
open System.IO
open Expecto
open RobustMeta.Serving
open RobustMeta.Tests
open RobustMeta.Tests.ServedRun
open RobustMeta.Tests.ServedCommand

[<Tests>]
let tests =
    testList
        "Explain command"
        [
            testCase "explain names the ratings by what the score is without them"
            <| fun () ->
                let rated, item = ratingsOf run.Value (task ()).Support, (itemsOf run.Value (task ()).Query)[0]
                use model = ColdStartModel.Load run.Value.Folder
                let because = Explanation.Of(model, rated, null, item)
                Expect.equal because.Influences.Count rated.Length "ratings"
                let struct (first, _) = rated.Head
                let without = (model.For(rated.Tail).Score [| item |])[0]
                let own = because.Influences |> Seq.find (fun i -> i.Item = first)
                Expect.equal own.Change (because.Score - without) "change"

                inFile "mine.csv" ("item,rating" :: asText rated) (fun mine ->
                    let code, output, errors = call [ "explain"; run.Value.Folder; "ratings"; mine; "item"; item ]

                    Expect.equal code 0 errors
                    Expect.stringContains output "moves the score by" "table"
                    Expect.isFalse (output.Contains "one of the user's ratings") "an item that is not rated"

                    let code, output, errors = call [ "explain"; run.Value.Folder; "ratings"; mine; "item"; first ]
                    Expect.equal code 0 errors

                    let line =
                        FormattableString.Invariant $"\n{first} is one of the user's ratings, with {own.Rating}, "

                    Expect.stringContains output line "an item that is rated")

            testCase "explain tells which items there are where it does not know one"
            <| fun () ->
                let items = run.Value.Prepared.Dataset.Ratings.Items

                inFile "mine.csv" [ "item,rating"; $"{items[1]},5" ] (fun mine ->
                    for item in [ "99999999"; ""; "nothing alike" ] do
                        refused
                            [ "explain"; run.Value.Folder; "ratings"; mine; "item"; item ]
                            [
                                $"does not know the item '{item}'. Expected one of the {items.Count} items of the data set"
                                $"such as '{items[0]}'"
                                "'recommend RUN ratings FILE' names some"
                            ])
        ]
