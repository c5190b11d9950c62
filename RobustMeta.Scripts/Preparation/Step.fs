/// The steps of a preparation: each takes ratings and gives ratings, and says what it does and why.
module RobustMeta.Scripts.Preparation.Step

open System.Globalization
open RobustMeta.Data
open RobustMeta.Tasks

/// One step of a preparation.
type Step =
    {
        /// What it does, e.g. `5-core`; the manifest holds it.
        Name: string
        /// Why, in a few words.
        Why: string
        Apply: Ratings -> Ratings
    }

let make (name: string) (why: string) (apply: Ratings -> Ratings) = { Name = name; Why = why; Apply = apply }

let private number (value: float) = value.ToString CultureInfo.InvariantCulture

/// The rows for which a condition holds; users and items without a row go with them.
let keep (name: string) (why: string) (condition: Ratings -> int -> bool) =
    make name why (fun ratings -> ratings.Where(condition ratings))

/// The k-core: every user and every item keeps at least k rows.
let kCore (k: int) =
    make $"{k}-core" "users and items with fewer rows say too little" (fun ratings -> ratings.KCore(k, k))

/// Rows whose rating is at least a value.
let atLeast (value: float) =
    keep $"ratings of at least {number value}" "lower ones do not count" (fun ratings row ->
        float ratings.Values[row] >= value)

/// Users whose number of rows is in a range; what that does to items is left as it is.
let usersBetween (least: int) (most: int) =
    keep $"users with {least} to {most} rows" "a task needs support and query, and stays short" (fun ratings row ->
        let rows = ratings.RowsOf(ratings.UserIndex[row]).Length
        rows >= least && rows <= most)

/// Users with at least so many rows.
let usersWith (least: int) =
    keep $"users with at least {least} rows" "a task needs support and query" (fun ratings row ->
        ratings.RowsOf(ratings.UserIndex[row]).Length >= least)

/// Rows between two Unix times, the first included.
let between (first: int64) (last: int64) =
    keep $"rows from {first} to before {last}" "one period" (fun ratings row ->
        ratings.Times[row] >= first && ratings.Times[row] < last)

/// Negatives for data of positives: items that a user has no row of, with value 0, behind the rows; the same seed gives the same.
let negatives (perPositive: float) (popularity: float) (seed: int64) =
    make
        $"{number perPositive} negatives for each positive, drawn by popularity^{number popularity}, seed {seed}"
        "models learn from both"
        (fun ratings -> NegativeSampling.Draw(ratings, perPositive, popularity, seed))
