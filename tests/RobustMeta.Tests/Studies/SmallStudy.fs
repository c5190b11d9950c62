/// A study that runs in a second, and the commands about it.
module RobustMeta.Tests.Studies.SmallStudy

open System.IO
open Expecto
open RobustMeta.Tests

/// Four runs of two baselines, in a second.
let private small =
    """seeds = [1, 2]

[shared]
userNum = 100
testFraction = 0.3
shiftDraws = 1
metrics = "NDCG@10"
baselines = "none"

[data.synthetic]
dataset = "synthetic"

[method.plain]
model = "itemMean"

[method.other]
model = "bias"
"""

/// A study file of a name in a folder, and the command about it.
let written (folder: string) (name: string) =
    let file = Path.Combine(folder, $"{name}.toml")
    File.WriteAllText(file, small)
    file

let ran words =
    let code, text = CapturedCommand.run ("study" :: words)
    Expect.equal code 0 text
    text

let refused words =
    let code, text = CapturedCommand.run ("study" :: words)
    Expect.equal code 2 text
    text
