/// MovieLens-100K, MovieLens-1M, and the releases as CSV: ratings of films, relevant from 4 stars.
module RobustMeta.Scripts.Preparation.MovieLens

open RobustMeta.Data
open RobustMeta.Scripts.Preparation.Recipe

/// Words of titles that fewer films have are left out.
[<Literal>]
let private LeastFilms = 5

let private decades =
    Features.items "decade from year" "a year has few films" (Features.derive "year" "decade" Band.decade)

/// Words of titles, without the year behind them.
let private titleWords (titles: ReaderSource -> Deedle.Frame<string, string>) (source: ReaderSource) =
    let withoutYear (title: string) =
        match title.LastIndexOf '(' with
        | -1 -> title
        | at -> title.Substring(0, at)

    Features.items $"title: words of at least {LeastFilms} films" "text tokens; rare words teach nothing" (fun films ->
        films
        |> Features.join (titles source)
        |> Features.derive "title" "title" (withoutYear >> Band.words)
        |> Features.common LeastFilms "title")

/// The first digit of a zip code is a region of the country; codes of letters are abroad.
let private region (zip: string) = if System.Char.IsAsciiDigit zip[0] then string zip[0] else "abroad"

let private regions =
    Features.users
        "region from the first digit of the zip code"
        "a code has about two users"
        (Features.derive "zip" "region" region >> Features.without [ "zip" ])

let private latin1 separator =
    FileDialect(Separator = separator, Header = false, Quoted = false, Encoding = TextEncoding.Latin1)

let movieLens100K =
    {
        Names = [ "ml-100k" ]
        Extra = []
        UserFeatures = [ "age"; "gender"; "occupation"; "region" ]
        ItemFeatures = [ "genre"; "decade" ]
        Steps =
            fun source ->
                let ages = RawTable.byPosition source "u.user" (latin1 "|") 1 [ "years", 2 ]

                [
                    Step.keep "films with a title" "film 267 is called unknown and has no date" (fun ratings row ->
                        ratings.Items[ratings.ItemIndex[row]] <> "267")
                    Features.users
                        "age in bands of ten years"
                        "the file has years"
                        (Features.join ages >> Features.derive "years" "age" Band.age >> Features.without [ "years" ])
                    regions
                    decades
                    titleWords (fun source -> RawTable.byPosition source "u.item" (latin1 "|") 1 [ "title", 2 ]) source
                ]
    }

let movieLens1M =
    {
        Names = [ "ml-1m" ]
        Extra = []
        UserFeatures = [ "age"; "gender"; "occupation"; "region" ]
        ItemFeatures = [ "genre"; "decade" ]
        Steps =
            fun source ->
                [
                    regions
                    decades
                    titleWords
                        (fun source -> RawTable.byPosition source "movies.dat" (latin1 "::") 1 [ "title", 2 ])
                        source
                ]
    }

let movieLensCsv =
    {
        Names = [ "ml-latest-small"; "ml-25m"; "ml-32m" ]
        Extra = [ "tags.csv" ]
        UserFeatures = []
        ItemFeatures = [ "genre"; "decade" ]
        Steps =
            fun source ->
                let csv = FileDialect(Separator = ",", Header = false, LineBreaks = true)

                [
                    decades
                    titleWords
                        (fun source -> RawTable.byName source "movies.csv" csv "movieId" [ "title", "title" ])
                        source
                    if not (isNull (source.Find "tags.csv")) then
                        Features.items
                            $"tags of at least {LeastFilms} films"
                            "free text: most tags occur once"
                            (Features.common LeastFilms "tag")
                ]
    }
