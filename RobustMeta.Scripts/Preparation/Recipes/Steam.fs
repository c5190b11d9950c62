/// Steam's purchases (every row a positive) and hours played (two hours or more are relevant). Negatives are drawn when tasks are
/// made, or by the step of that name.
module RobustMeta.Scripts.Preparation.Steam

open RobustMeta.Scripts.Preparation.Recipe

let steam =
    {
        Names = [ "steam-200k"; "steam-200k-plays" ]
        Extra = []
        UserFeatures = []
        ItemFeatures = [ "title" ]
        Steps =
            fun _ ->
                [
                    Features.items
                        "title: words of at least 3 games"
                        "series share words; rare ones teach nothing"
                        (Features.common 3 "title")
                ]
    }
