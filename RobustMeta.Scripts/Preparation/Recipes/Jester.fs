/// Jester, data set 1, part 1: ratings of 100 jokes from -10 to 10; a joke is relevant where the rating is above 0.
module RobustMeta.Scripts.Preparation.Jester

open RobustMeta.Scripts.Preparation.Recipe

/// The jokes that every user was shown first (Goldberg et al. 2001): nearly all users have rated them.
let private gauge = Set [ "5"; "7"; "8"; "13"; "15"; "16"; "17"; "18"; "19"; "20" ]

let jester =
    {
        Names = [ "jester-1" ]
        Extra = []
        UserFeatures = []
        ItemFeatures = []
        Steps =
            fun _ ->
                [
                    Step.usersWith 36
                    Features.items
                        "gauge: whether everyone was shown the joke"
                        "others were chosen by an algorithm"
                        (fun jokes ->
                            jokes.AddColumn(
                                "gauge",
                                Deedle.Series(
                                    jokes.RowKeys,
                                    jokes.RowKeys |> Seq.map (fun j -> if gauge.Contains j then "yes" else "no")
                                )
                            )

                            jokes)
                ]
    }
