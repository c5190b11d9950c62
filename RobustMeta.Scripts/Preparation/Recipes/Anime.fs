/// Anime of MyAnimeList: ratings from 1 to 10, relevant from 8. Rows of -1 (watched, not rated) are left out by the reader.
module RobustMeta.Scripts.Preparation.Anime

open System
open System.Globalization
open RobustMeta.Data
open RobustMeta.Scripts.Preparation.Recipe

/// `Unknown` is what the file says of titles that still run.
let private episodes (text: string) =
    match Double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture) with
    | true, count -> Band.doubling count
    | _ -> ""

let anime =
    {
        Names = [ "anime-5k" ]
        Extra = []
        UserFeatures = []
        ItemFeatures = [ "genre"; "type"; "episodes" ]
        Steps =
            fun source ->
                let csv = FileDialect(Separator = ",", Header = false)
                let columns = [ "episodes", "episodes"; "name", "name" ]

                [
                    // Its columns rating and members are means over all users, those that are tested too: they stay out.
                    Features.items
                        "episodes in doubling bands; words of names that at least 5 titles have"
                        "length of a series; text tokens"
                        (Features.join (RawTable.byName source "anime.csv" csv "anime_id" columns)
                         >> Features.derive "episodes" "episodes" episodes
                         >> Features.derive "name" "name" Band.words
                         >> Features.common 5 "name")
                ]
    }
