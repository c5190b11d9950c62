module RobustMeta.Tests.Shift.GivenTestTests

open System.IO
open Expecto
open RobustMeta.Data
open RobustMeta.Shift
open RobustMeta.Tasks
open RobustMeta.Tests.Shift
open RobustMeta.Tests.TempFolder

let private given = lazy (GivenTest(TestData = ProtocolGivenFile.path.Value))

/// The value of each pair of a file, read by hand.
let private valuesOf (path: string) =
    dict
        [
            for line in File.ReadLines path |> Seq.skip 1 do
                let cells = line.Split ','
                (cells[0], cells[1]), float32 cells[2]
        ]

[<Tests>]
let tests =
    testList
        "A given test file"
        [
            testCase "queries are the file's rows, supports the split's, of users of all parts"
            <| fun () ->
                let input = ProtocolContract.input given.Value 1L
                let sets = given.Value.TestSets input
                let set = sets[1]
                let ratings = (ProtocolContract.sourceOf input set).Ratings
                let values = valuesOf ProtocolGivenFile.path.Value

                for task in set.Tasks do
                    for row in task.Query do
                        let pair = ratings.Users[task.User], ratings.Items[ratings.ItemIndex[row]]
                        Expect.equal ratings.Values[row] values[pair] "the file's rating"

                let users = Set.ofList [ for task in set.Tasks -> task.User ]

                for part in [ input.Split.MetaTrain; input.Split.Validation; input.Split.Test ] do
                    Expect.isTrue (part |> Seq.exists (fun task -> users.Contains task.User)) "overlap"

                Expect.equal set.Dropped[DropReason.NoSupport] 1 "the stranger"
                Expect.isGreaterThan set.Dropped[DropReason.UnknownItemRows] 0 "rows of the new item"
                Expect.isGreaterThan set.Dropped[DropReason.KnownPairRows] 0 "pairs that training may have seen"
                Expect.isGreaterThan set.Interactions.KullbackLeibler 0.05 "random items are rarer ones"

            testCase "the order of the file's rows changes nothing"
            <| fun () ->
                within (fun root ->
                    let path = Path.Combine(root, "reversed.csv")
                    let lines = File.ReadAllLines ProtocolGivenFile.path.Value
                    File.WriteAllLines(path, Seq.append [ lines[0] ] (Array.rev lines[1..]))
                    let input = ProtocolContract.input given.Value 1L

                    let key (protocol: GivenTest) =
                        let set = (protocol.TestSets input)[1]
                        let ratings = (ProtocolContract.sourceOf input set).Ratings

                        [
                            for t in set.Tasks ->
                                t.User, [ for r in t.Query -> ratings.ItemIndex[r], ratings.Values[r] ]
                        ]

                    Expect.equal (key (GivenTest(TestData = path))) (key given.Value) "the same tasks")

            testCase "a validation file gives its tasks, none the split's"
            <| fun () ->
                let input = ProtocolContract.input given.Value 1L
                Expect.isNull (given.Value.Validation input) "none"

                let both =
                    GivenTest(TestData = ProtocolGivenFile.path.Value, ValidationData = ProtocolGivenFile.path.Value)

                let validation = nonNull (both.Validation input)
                let tasks (set: ShiftedTestSet) = [ for t in set.Tasks -> t.User, List.ofSeq t.Query ]
                let test = (both.TestSets input)[1]
                Expect.equal (tasks validation) (tasks test) "the same file, the same tasks"

            testCase "no file, an unknown one and one without users are refused by the setting's name"
            <| fun () ->
                within (fun root ->
                    let bad = Path.Combine(root, "bad.csv")
                    File.WriteAllText(bad, "a,b\n1,2\n")

                    for data, part in [ "", "testData"; "no-such-data", "There is no data set"; bad, "testData" ] do
                        let protocol = GivenTest(TestData = data)

                        Expect.throwsC
                            (fun () -> protocol.TestSets(ProtocolContract.input protocol 1L) |> ignore)
                            (fun error -> Expect.stringContains error.Message part data))

            testCase "with items as tasks users and items change places, and back"
            <| fun () ->
                let ratings = (ProtocolContract.input given.Value 1L).Source.Ratings
                let turned = ratings.Transposed()
                Expect.equal turned.Users ratings.Items "users"
                Expect.equal (turned.RowsOf(0).Length) (Seq.length (Seq.filter ((=) 0) ratings.ItemIndex)) "rows"
                Expect.sequenceEqual (turned.Transposed().UserIndex) ratings.UserIndex "back"
        ]
