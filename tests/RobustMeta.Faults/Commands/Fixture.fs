/// The folder that wrong commands are run beside: files that are there, files that are bad, and data sets that are.
module RobustMeta.Faults.Commands.Fixture

open System
open System.IO
open RobustMeta.Tests.TempFolder

let private columns name more =
    $"[{name}]\nformat = \"delimited\"\nlabelThreshold = 4\n[{name}.columns]\nratings = \"r.csv\"\nuser = \"user\"\nitem = \"item\"\nrating = \"rating\"\n{more}\n"

let private study = "seeds = [1]\n[shared]\nepoch = 1\nuserNum = 120\nshiftDraws = 1\nbaselines = \"none\"\n"

let private parts =
    "[data.synthetic]\ndataset = \"synthetic\"\n[base.MeLU]\nmodel = \"MeLU\"\n[method.plain]\npreset = \"plain\"\n"

let private files =
    [
        "file", "x"
        "empty.toml", ""
        "bad.toml", "lr 0.1"
        "unknown.toml", "lrr = \"0.1\""
        "twice.toml", "lr = \"0.1\"\nlr = \"0.2\""
        "spec.toml", "model = \"MeLU\"\nuserNum = \"120\"\nepoch = \"1\"\nshiftDraws = \"1\"\n"
        "study.toml", study + parts
        "study-unknown.toml", study + "lrr = 0.1\n" + parts
        "study-seed.toml", study.Replace("[1]", "[\"one\"]") + parts
        "study-noseeds.toml", study.Replace("seeds = [1]\n", "") + parts
        "study-method.toml", study + parts.Replace("\"plain\"", "\"plane\"")
        "study-data.toml", study + parts.Replace("\"synthetic\"", "\"nowhere\"")
        "study-dataname.toml", study + parts.Replace("data.synthetic", "data.\"../x\"")
        "study-basename.toml", study + parts.Replace("base.MeLU", "base.\"/abs\"")
        "study-name.toml", study + parts.Replace("method.plain", "method.\"../plain\"")
        "study-long.toml", study + parts.Replace("method.plain", "method." + String('x', 200))
        "study-model.toml", study + "model = \"MeLU\"\n" + parts
        "study-bases.toml",
        study
        + parts.Replace("[base.MeLU]\nmodel = \"MeLU\"\n", "").Replace("preset", "model = \"MeLU\"\npreset")
        + "[sweep.rates]\nbases = [\"MeLU\"]\nlr = [0.1, 0.2]\n"
        "study-sweep.toml", study + parts + "[sweep.rates]\nlr = 0.1\n"
        "nothing.csv", ""
        "bad.csv", "user,item,rating\nu,a,five\n"
        "ratings.csv", "user,item,rating\nu,i1,5\nu,i2,1\n"
        "blanks.csv", "user, item, rating\nu, i1, 5\nu, i2, 1\n"
        "begins-empty.csv", "\nuser,item,rating\nu,i1,5\nu,i2,1\n"
        "begins-comment.csv", "# of 2024\nuser,item,rating\nu,i1,5\nu,i2,1\n"
        "begins-sep.csv", "sep=;\nuser;item;rating\nu;i1;5\nu;i2;1\n"
        "full/here.txt", "x"
        "data/catalog.toml",
        columns "own-bad" ""
        + columns "own-missing" ""
        + columns "own-header" ""
        + columns "own-short" ""
        + columns "own-broken" "seperator = \";\""
        "data/own-bad/r.csv", "user,item,rating\nu,a,5\nu,b,five\n"
        "data/own-header/r.csv", "user,item,stars\nu,a,5\n"
        "data/own-short/r.csv", "user,item,rating\nu,a,5\nu,b\n"
        "data/own-broken/r.csv", "user,item,rating\nu,a,5\n"
    ]

/// Makes the folder, and lets data sets be looked for in it. Gives its path, and what removes it.
let make () : string * IDisposable =
    let folder = Directory.CreateTempSubdirectory "robustmeta-commands-"

    for name, text in files do
        write text (Path.Combine(folder.FullName, name))

    for name in [ "folder"; "folder.toml" ] do
        folder.CreateSubdirectory name |> ignore

    // Links that lead to themselves.
    for name in [ "loop"; "loop.toml" ] do
        File.CreateSymbolicLink(Path.Combine(folder.FullName, name), name) |> ignore

    Environment.SetEnvironmentVariable("ROBUSTMETA_DATA", Path.Combine(folder.FullName, "data"))
    Environment.SetEnvironmentVariable("ROBUSTMETA_OFFLINE", "1")

    folder.FullName,
    { new IDisposable with
        member _.Dispose() = folder.Delete true
    }

/// The folder of this process, made before the catalog of data sets is first read.
let mutable folder = ""
