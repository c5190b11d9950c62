/// Amazon's reviews (2014, 2018) with the metadata of the products: ratings from 1 to 5.
module RobustMeta.Scripts.Preparation.Amazon

open Deedle
open RobustMeta.Scripts.Preparation.Recipe

/// Prices in doubling bands, where the metadata have prices.
let private prices (products: Frame<string, string>) =
    if products.ColumnKeys |> Seq.contains "price" then
        Features.derive "price" "priceBand" Band.doubling products
    else
        products

let private categories (products: Frame<string, string>) =
    if products.ColumnKeys |> Seq.contains "category" then
        Features.common 5 "category" products
    else
        products

/// For any data set of the format `amazon`: none is in the catalog.
let amazon =
    {
        Names = []
        Extra = []
        UserFeatures = []
        ItemFeatures = [ "category"; "brand"; "priceBand" ]
        Steps =
            fun _ ->
                [
                    Features.items "price in doubling bands" "amounts are spread over orders of magnitude" prices
                    Features.items "categories of at least 5 products" "rare ones teach nothing" categories
                ]
    }
