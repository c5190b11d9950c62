/// Data sets of a catalog, prepared into a folder beside them.
module RobustMeta.Tests.Data.PreparedCatalog

open System.IO
open RobustMeta.Data
open RobustMeta.Scripts.Preparation

let all = { Preparation.usual with Core = 0 }

let catalog root = DatasetCatalog([ root ], null)

/// Prepares data set `name` of the catalog below `root` into the folder `name-prepared` there, which is read back.
let prepared root name choice =
    let source = catalog(root).Open name
    let folder = Path.Combine(root, $"{name}-prepared")
    let counts = Preparation.prepare source (Recipes.find source.Entry) choice folder
    counts, catalog(root).Load $"{name}-prepared"
