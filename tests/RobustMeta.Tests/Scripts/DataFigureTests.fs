/// The figures of `data NAME`.
module RobustMeta.Tests.Scripts.DataFigureTests

open System.Collections.Immutable
open System.Text.Json
open Expecto
open RobustMeta.Data
open RobustMeta.Scripts
open RobustMeta.Scripts.Data

[<Tests>]
let tests =
    testList
        "Figures of data sets"
        [
            testCase "the axes of the figures of a data set have titles"
            <| fun () ->
                let own = Ratings.Of("mine", [ struct ("u", "a", 5f); struct ("u", "b", 1f); struct ("v", "a", 4f) ])

                for figure in DataFigures.all (Dataset(own, 4.0, ImmutableArray.Empty, ImmutableArray.Empty)) do
                    match figure.Drawing with
                    | Plot chart ->
                        let layout = (JsonDocument.Parse(FigurePage.json chart)).RootElement.GetProperty "layout"

                        for axis in [ "xaxis"; "yaxis" ] do
                            let title = layout.GetProperty(axis).GetProperty("title").GetProperty("text").GetString()
                            Expect.isNotEmpty title $"{figure.Name}, {axis}"
                    | Vector _ -> failtest "a chart"
        ]
