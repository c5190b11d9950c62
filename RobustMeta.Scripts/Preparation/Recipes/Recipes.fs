/// The recipe of every data set.
module RobustMeta.Scripts.Preparation.Recipes

open RobustMeta.Data
open RobustMeta.Scripts.Preparation.Recipe

/// The recipes with the data sets of the catalog that they are for.
let all: Recipe list =
    [
        MovieLens.movieLens100K
        MovieLens.movieLens1M
        MovieLens.movieLensCsv
        Jester.jester
        Anime.anime
        BookCrossing.bookCrossing
        Steam.steam
        LastFm.lastFm
        Amazon.amazon
    ]

/// The recipe for an entry of the catalog: that of its name, that of its format, or the features that its reader gives.
let find (entry: CatalogEntry) : Recipe =
    match all |> List.tryFind (fun recipe -> List.contains entry.Name recipe.Names), entry.Format with
    | Some recipe, _ -> recipe
    | None, "amazon" -> Amazon.amazon
    | None, "movielens-csv" -> MovieLens.movieLensCsv
    | None, _ -> Recipe.plain entry
