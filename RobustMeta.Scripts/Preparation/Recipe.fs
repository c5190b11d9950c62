/// What a recipe is: the steps from the files of a data set to prepared data.
module RobustMeta.Scripts.Preparation.Recipe

open RobustMeta.Data
open RobustMeta.Scripts.Preparation.Step

/// How a data set of the catalog is prepared.
type Recipe =
    {
        /// Names in the catalog that it is for.
        Names: string list
        /// Files beside those that the reader reads, where they are there.
        Extra: string list
        /// Features of users that models see by default.
        UserFeatures: string list
        /// Features of items that models see by default.
        ItemFeatures: string list
        /// Cleaning and features; filters on the number of rows come behind them.
        Steps: ReaderSource -> Step list
    }

/// Recipes as they are without one of their own: the features that the reader gives.
let plain (entry: CatalogEntry) : Recipe =
    {
        Names = [ entry.Name ]
        Extra = []
        UserFeatures = List.ofSeq entry.UserFeatures
        ItemFeatures = List.ofSeq entry.ItemFeatures
        Steps = fun _ -> []
    }
