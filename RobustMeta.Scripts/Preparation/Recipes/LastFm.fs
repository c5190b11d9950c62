/// Last.fm of HetRec 2011: how often users played artists; twenty plays or more are relevant. Tags are a bag of the artist.
module RobustMeta.Scripts.Preparation.LastFm

open RobustMeta.Data
open RobustMeta.Scripts.Preparation.Recipe

let private dialect =
    FileDialect(Separator = "\t", Header = false, Quoted = false, Encoding = TextEncoding.Latin1)

let lastFm =
    {
        Names = [ "lastfm-2k" ]
        Extra = [ "tags.dat" ]
        UserFeatures = []
        ItemFeatures = [ "tag" ]
        Steps =
            fun source ->
                [
                    if not (isNull (source.Find "tags.dat")) then
                        let names = RawTable.byName source "tags.dat" dialect "tagID" [ "tag", "tagValue" ]
                        let names = names.GetColumn<string> "tag" |> Deedle.Series.observations |> Map

                        let named tags =
                            tags
                            |> List.map (fun tag -> names |> Map.tryFind tag |> Option.defaultValue tag)
                            |> List.distinct

                        Features.items "tags by their names" "the file has numbers" (Features.derive "tag" "tag" named)
                    Features.items "tags of at least 5 artists" "most tags occur once" (Features.common 5 "tag")
                ]
    }
