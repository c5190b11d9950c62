using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Models;

/// <summary>MAMO, memory-augmented meta-optimization (Dong et al., KDD 2020). See <see cref="Mamo"/>.</summary>
public sealed class MamoSpec : ModelSpec
{
    /// <inheritdoc/>
    public override string ModelName => "MAMO";

    /// <inheritdoc/>
    public override bool IsPadded => true;

    /// <summary>Width of the hidden layer of the user and item networks.</summary>
    [Setting(
        "width of the hidden layer of the user and item networks",
        Min = 1,
        Max = 4096,
        Grid = [16, 32, 64, 128],
        IsLog = true
    )]
    public int HiddenDim1 { get; init; } = 32;

    /// <summary>Width of the recommender's hidden layer.</summary>
    [Setting("width of the recommender's hidden layer", Min = 1, Max = 4096, Grid = [16, 32, 64, 128], IsLog = true)]
    public int HiddenDim2 { get; init; } = 32;

    /// <summary>
    /// The local updates (ρ in the paper). The published code is first-order, with which memories that move make training
    /// unsteady; the default is the exact gradient.
    /// </summary>
    public GradientAdaptedSpec Inner { get; init; } = new() { LocalLr = 0.01 };

    /// <summary>Number of memory slots (K in the paper).</summary>
    [Setting("number of memory slots", Min = 1, Max = 1000)]
    public int MemorySlots { get; init; } = 3;

    /// <summary>How far the memory of gradients moves a user's initial parameters (τ in the paper).</summary>
    [Setting("how far the memory of gradients moves a user's initial parameters (tau)", Min = 0, Max = 10)]
    public double MemoryStep { get; init; } = 0.01;

    /// <summary>Rate of the profile memory (α in the paper).</summary>
    [Setting("rate at which the profile memory follows each user (alpha)", Min = 0, Max = 1, Low = 0.05, High = 1)]
    public double AlphaMem { get; init; } = 0.5;

    /// <summary>Rate of the memory of gradients (β in the paper).</summary>
    [Setting("rate at which the memory of gradients follows each user (beta)", Min = 0, Max = 1, Low = 0.05, High = 1)]
    public double BetaMem { get; init; } = 0.05;

    /// <summary>Rate of the task memory (γ in the paper).</summary>
    [Setting(
        "rate at which the task memory follows each user (gamma of the paper)",
        Min = 0,
        Max = 1,
        Low = 0.05,
        High = 1
    )]
    public double GammaMem { get; init; } = 0.1;

    /// <inheritdoc/>
    public override MetaRecommender Create(InputSchema schema, double embeddingScale, LabelKind label) =>
        new Mamo(this, schema, embeddingScale, label);
}
