/// A small study for tests, as a file's text and as parsed.
module RobustMeta.Tests.StudySample

open RobustMeta.Studies

/// Plain and robust training of MeLU on the synthetic world, in seconds. Its numbers mean nothing.
let text =
    """seeds = [1, 2]
tuningSeed = 100

[shared]
epoch = 3
optimizer = "adam"
lr = 0.01
embeddingDim = 4
hiddenDim1 = 4
hiddenDim2 = 4
userNum = 150
testFraction = 0.3
shiftDraws = 2
metrics = "NDCG@10,RNDCG@10,AUC,LogLoss"
baselines = "bias,EASE"

[tuning]
tuned = "weightDecay"
values = [0.0, 0.001]

[data.synthetic]
dataset = "synthetic"

[base.MeLU]
model = "MeLU"

[method.plain]
preset = "plain"
tuned = "lr"
values = [0.01, 0.02]

[method.robustmeta]
preset = "robustmeta"
tuned = "set"
values = ["chi2 0.25", "chi2 0.5"]
"""

/// The study of a text.
let parse (text: string) = StudyFile.Parse("my.toml", text)

/// The study of the sample with a piece of its text replaced by another.
let altered (instead: string) (given: string) =
    let changed = text.Replace(instead, given)

    if changed = text then
        failwith $"the sample has no '{instead}'"

    changed
