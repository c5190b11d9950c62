/// The smallest run that leaves every file: MeLU on the synthetic world, one epoch, in a fraction of a second.
module RobustMeta.Tests.TinyRun

open RobustMeta.Data
open RobustMeta.Experiments

let spec =
    ExperimentSpec.Of(
        "MeLU",
        struct ("userNum", "120"),
        struct ("epoch", "1"),
        struct ("hiddenDim1", "4"),
        struct ("hiddenDim2", "4"),
        struct ("shiftDraws", "1"),
        struct ("baselines", "none")
    )

let prepared = lazy PreparedExperiment.Of(spec, DatasetCatalog.Default.Load "synthetic")
