/// Splits of any settings: each user in one part, each of a user's ratings in one place.
module RobustMeta.Tests.Tasks.TaskSplitProperties

open Expecto
open RobustMeta.Data
open RobustMeta.Tasks
open RobustMeta.Tests.Properties

let private world =
    lazy SyntheticRatings.Generate(SyntheticSpec(Users = 90, Items = 50, MinRatings = 12), 2L).Ratings

[<Tests>]
let tests =
    testList
        "TaskSplit, any settings"
        [
            propertyOf 200 "is a partition of users, and of each user's ratings"
            <| fun (support: byte) (query: byte) (fraction: byte) (seed: int) (fromAllButQuery: bool) ->
                let ratings = world.Value

                let spec =
                    TaskSplitSpec(
                        SupportSize = 1 + int support % 20,
                        QueryLength = 1 + int query % 10,
                        TestFraction = 0.05 + float (fraction % 80uy) / 100.0,
                        ValidationFraction = 0.1,
                        MinRatings = 12,
                        SupportRule = if fromAllButQuery then SupportRule.AllButQuery else SupportRule.HalfUpTo
                    )

                let split = TaskSplit.Of(ratings, spec, int64 seed)
                let tasks = [ yield! split.MetaTrain; yield! split.Validation; yield! split.Test ]
                let users = tasks |> List.map _.User
                Expect.equal (List.distinct users).Length users.Length "a user in two parts"

                for task in tasks do
                    let rows = [ yield! task.Support; yield! task.Query ]
                    Expect.equal (List.distinct rows).Length rows.Length "a rating in support and query"
                    Expect.isTrue (rows |> List.forall (fun row -> ratings.UserIndex[row] = task.User)) "of the user"
                    Expect.isFalse (task.Support.IsEmpty || task.Query.IsEmpty) "both are there"
        ]
