using RobustMeta.Settings;

namespace RobustMeta.Training;

/// <summary>The outer loop.</summary>
public sealed record TrainerSpec : ISpec
{
    /// <summary>Learning rate of the outer steps in the first epoch.</summary>
    [Setting("learning rate of the outer steps", Min = 0, Max = 100, Grid = [0.001, 0.01, 0.05, 0.1], IsLog = true)]
    public double Lr { get; init; } = 0.1;

    /// <summary>Factor on the learning rate after each epoch.</summary>
    [Setting("factor on the learning rate after each epoch", Min = 0.01, Max = 1, Grid = [0.95, 0.97, 0.99])]
    public double Gamma { get; init; } = 0.99;

    /// <summary>Users per outer step.</summary>
    [Setting("users per outer step", Min = 1, Max = 1_000_000, Grid = [20, 100, 200, 400], IsLog = true)]
    public int BatchSize { get; init; } = 20;

    /// <summary>Whether users of like length share a batch (see <see cref="BatchOrder"/>).</summary>
    [Setting(
        "whether users with supports of similar length share a batch, which spares padding where a model is padded"
    )]
    public bool Bucketed { get; init; }

    /// <summary>Number of epochs at most.</summary>
    [Setting("epochs at most", Min = 0, Max = 1_000_000)]
    public int Epoch { get; init; } = 200;

    /// <summary>Rule of the outer steps.</summary>
    [Setting(
        "rule of the outer steps: sgd, adam, or sparseAdam (Adam that updates only the embedding rows used by the batch)"
    )]
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Sgd;

    /// <summary>Coefficient of the L2 penalty.</summary>
    [Setting(
        "coefficient of the L2 penalty on all parameters",
        Min = 0,
        Max = 10,
        Low = 1e-6,
        High = 0.01,
        IsLog = true
    )]
    public double WeightDecay { get; init; }

    /// <summary>Largest norm of the whole gradient; longer ones are scaled down. 0 switches clipping off.</summary>
    [Setting("largest norm of the whole gradient, longer ones are scaled down; 0 = no clipping", Min = 0, Max = 1e9)]
    public double Clip { get; init; } = 5;

    /// <summary>
    /// Epochs without a better validation value before training stops; 0 trains all epochs. Either way the parameters
    /// of the best epoch are kept.
    /// </summary>
    [Setting(
        "epochs without a better validation value before training stops; 0 = never stop early",
        Min = 0,
        Max = 1e6
    )]
    public int Patience { get; init; }
}
