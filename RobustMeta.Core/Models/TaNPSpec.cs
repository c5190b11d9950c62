using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Models;

/// <summary>TaNP, task-adaptive neural process (Lin et al., WWW 2021). See <see cref="TaNP"/>.</summary>
public sealed class TaNPSpec : ModelSpec
{
    /// <inheritdoc/>
    public override string ModelName => "TaNP";

    /// <inheritdoc/>
    public override bool IsPadded => true;

    /// <summary>
    /// 1. What a user's points say is in how items and labels go together, which the encoders see only where rows of items
    /// reach across the rectifiers' thresholds. Measured on <c>synthetic</c> clicks, one seed, 40 epochs, learning rate 0.003: NDCG@10
    /// 0.695 from a scale of 0.1 and 0.749 from 1; with a weight decay of 0.0003, 0.501 (never off the plateau of the labels'
    /// mean) and 0.737.
    /// </summary>
    public override double DefaultEmbeddingScale => 1;

    /// <summary>First hidden width of encoders and decoder.</summary>
    [Setting("first hidden width of encoders and decoder", Min = 1, Max = 4096, Grid = [16, 32, 64, 128], IsLog = true)]
    public int HiddenDim1 { get; init; } = 32;

    /// <summary>Width of an encoded item or user, of the task embedding and of the decoder's last layer.</summary>
    [Setting(
        "width of an encoded item or user, of the task embedding and of the decoder's last layer",
        Min = 1,
        Max = 4096
    )]
    public int HiddenDim2 { get; init; } = 16;

    /// <summary>Width of the latent variable z.</summary>
    [Setting("width of the latent variable z", Min = 1, Max = 4096, Grid = [16, 32, 64, 128], IsLog = true)]
    public int ZDim { get; init; } = 32;

    /// <summary>Number of vectors in the global pool (k in the paper).</summary>
    [Setting("number of vectors in the global pool", Min = 1, Max = 10_000)]
    public int PoolSize { get; init; } = 10;

    /// <summary>Degrees of freedom of the soft assignment to the pool (τ in the paper).</summary>
    [Setting("degrees of freedom of the soft assignment to the pool (tau)", Min = 1e-3, Max = 1e3)]
    public double TauT { get; init; } = 1;

    /// <summary>Weight of the clustering loss (λ in the paper).</summary>
    [Setting("weight of the clustering loss (lambda)", Min = 0, Max = 1e3, Low = 0.05, High = 1, IsLog = true)]
    public double Lambda { get; init; } = 0.1;

    /// <summary>Smallest random context in training; a shorter support is taken whole.</summary>
    [Setting("smallest random context in training; a shorter support is taken whole", Min = 1, Max = 100_000)]
    public int ContextMin { get; init; } = 3;

    /// <summary>How the decoder is modulated.</summary>
    [Setting("how the decoder is modulated by the task")]
    public Modulation Modulation { get; init; } = Modulation.GatingFilm;

    /// <summary>Whether support weights count in the pooling of the support (an extension).</summary>
    [Setting("whether support weights count in the pooling of the support; refused otherwise")]
    public bool WeightedPooling { get; init; }

    /// <inheritdoc/>
    public override MetaRecommender Create(InputSchema schema, double embeddingScale, LabelKind label) =>
        new TaNP(this, schema, embeddingScale, label);
}
