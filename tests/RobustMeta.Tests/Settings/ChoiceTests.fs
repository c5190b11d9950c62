module RobustMeta.Tests.Settings.ChoiceTests

open Expecto
open RobustMeta.Experiments
open RobustMeta.Settings
open RobustMeta.Shift

/// A protocol made outside the library: test sets by how many interactions a query keeps.
type ShortQueries() =
    inherit ShiftProtocol()

    [<Setting("longest queries, one test set each", Min = 1.0)>]
    member val Lengths: System.Collections.Generic.IReadOnlyList<float> = [| 20.0; 12.0 |] with get, set

    override _.Name = "shortQueries"
    override _.Meaning = "queries are cut short"
    override _.AxisName = "length"

    override this.TestSets input =
        let none = Divergence(0.0, 1.0, 0.0)

        let cut (length: float) =
            [
                for task in input.Split.Test do
                    let query =
                        System.Collections.Immutable.ImmutableArray.CreateRange(Seq.truncate (int length) task.Query)

                    let cut = RobustMeta.Tasks.UserTask(task.User, task.Support, query)

                    if query.Length >= input.MinimumQuery && not (input.Problem(cut).HasValue) then
                        cut
            ]

        [
            for number, length in Seq.indexed this.Lengths ->
                ShiftedTestSet(
                    number,
                    length,
                    System.Collections.Immutable.ImmutableArray.CreateRange(cut length),
                    none,
                    none,
                    System.Collections.Immutable.ImmutableSortedDictionary.Empty
                )
        ]
        |> System.Collections.Immutable.ImmutableArray.CreateRange

/// Registers it, once for all tests.
let shortQueries =
    lazy
        (ShiftProtocol.Registry.Replace(ShortQueries())
         "shortQueries")

let private spec settings = ExperimentSpec.Of("MeLU", [| for k, v in settings -> struct (k, v) |])

[<Tests>]
let tests =
    testSequenced
    <| testList
        "Choice"
        [
            testCase "the kind stands in the text, with its own settings beside it"
            <| fun () ->
                let text = (spec []).Text
                Expect.stringContains text "shift = \"exponentialTilt\"\n" "the kind"
                Expect.stringContains text "betas = \"-2,-1,0,1,2\"\n" "its settings, flat"

            testCase "a kind added from F# is named, printed, hashed and set like a built-in one"
            <| fun () ->
                let name = shortQueries.Value
                let chosen = spec [ "lengths", "15,13,11"; "shift", name ]
                let lengths = (chosen.Shift :?> ShortQueries).Lengths
                Expect.sequenceEqual lengths [ 15.0; 13.0; 11.0 ] "its setting, whatever the order"
                Expect.stringContains chosen.Text "shift = \"shortQueries\"\n" "the kind"
                Expect.stringContains chosen.Text "lengths = \"15,13,11\"\n" "its settings"
                Expect.isFalse (chosen.Text.Contains "betas") "and not those of another kind"
                Expect.notEqual chosen.Hash (spec [ "shift", name ]).Hash "the hash sees its settings"
                Expect.equal (SpecFile.Parse chosen.Text).Text chosen.Text "it reads back"
                let example = ShiftProtocol.Registry.Named name :?> ShortQueries
                Expect.sequenceEqual example.Lengths [ 20.0; 12.0 ] "the registered example is left alone"

            testCase "naming the kind that is there keeps its settings"
            <| fun () ->
                let chosen = (spec [ "betas", "0" ]).With(struct ("shift", "exponentialTilt"))
                Expect.sequenceEqual (chosen.Shift :?> ExponentialTilt).Betas [ 0.0 ] "kept"

            testCase "an unknown kind, and a setting of another kind, are refused"
            <| fun () ->
                let message settings =
                    try
                        spec settings |> ignore
                        ""
                    with :? SettingException as error ->
                        error.Message

                Expect.stringContains
                    (message [ "shift", "exponentialTitl" ])
                    "did you mean 'exponentialTilt'"
                    "nearest"

                Expect.stringContains
                    (message [ "shift", shortQueries.Value; "betas", "1" ])
                    "no setting 'betas'"
                    "another's"
        ]
