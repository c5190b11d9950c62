using System.Numerics;
using RobustMeta.Engine.Fused.Memory;

namespace RobustMeta.Engine.Fused.Perceptron;

/// <summary>
/// A batch in the perceptron core's memory: inputs that all rows of an item or of a user share, and the adjoints of the way back.
/// </summary>
internal sealed unsafe class FusedBatch<T> : BatchRows<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Embedded distinct items X <c>[U, padded]</c>.</summary>
    public T* Items { get; set; }

    /// <summary>Length of a row of them: fields whose products <see cref="Pairs"/> has are not in it.</summary>
    public int ItemWidth { get; set; }

    /// <summary>Products between tokens of fields that rows of items lack.</summary>
    public required TokenPairs<T> Pairs { get; init; }

    /// <summary>X·W_1, the items' part of the first layer <c>[U, padded]</c>.</summary>
    public T* ItemLayer { get; set; }

    /// <summary>Embedded users <c>[B, padded]</c>.</summary>
    public T* Users { get; set; }

    /// <summary>The users' part of the first layer, bias included, <c>[B, padded]</c>.</summary>
    public T* UserLayer { get; set; }

    /// <summary>|x_u|² + 1, <c>[B]</c>.</summary>
    public T* UserNorm { get; set; }

    /// <summary>How far a unit of summed delta moves the user's part: Σ_i x_i² rate_ij + bias rate, <c>[B, padded]</c>.</summary>
    public T* UserMove { get; set; }

    /// <summary>Tokens of each user's own; null where embeddings do not adapt.</summary>
    public OwnTokens<T>? OwnTokens { get; set; }

    /// <summary>
    /// ρ: how far a unit step on the rows of the user's tokens moves each of the user's inputs, the sum of their squared fractions;
    /// 0 for numbers. <c>[B, padded]</c>
    /// </summary>
    public T* UserMetric { get; set; }

    /// <summary>Fraction of each support interaction in its user's loss: weight over sum of weights, <c>[support rows]</c>.</summary>
    public T* SupportFraction { get; set; }

    /// <summary>Sum of the support weights of each user, <c>[B]</c>.</summary>
    public T* WeightSum { get; set; }

    /// <summary>Weight of each task.</summary>
    public T* UserWeights { get; set; }

    /// <summary>Adjoint of Z_1 = X W_1 + … of each row, as far as the slow W_1 made it, <c>[rows, padded]</c>.</summary>
    public T* LayerAdjoint { get; set; }

    /// <summary>
    /// Embedded items of each row in the dual form, where the first layer is adapted; <see cref="ItemAdjoint"/> takes their
    /// place. <c>[rows, padded]</c>
    /// </summary>
    public T* RowItems { get; set; }

    /// <summary>What else reaches the item of a row, <c>[rows, padded]</c>; null where nothing does.</summary>
    public T* ItemAdjoint { get; set; }

    /// <summary>First row that has adjoints: those of the support have none in first order.</summary>
    public int FirstAdjoint { get; set; }

    /// <summary>Adjoint of <see cref="UserLayer"/>.</summary>
    public T* UserLayerAdjoint { get; set; }

    /// <summary>Adjoint of <see cref="Users"/> through users' own weights, where embeddings adapt <c>[B, padded]</c>.</summary>
    public T* UserInputAdjoint { get; set; }

    /// <summary>Adjoint of <see cref="UserNorm"/>, or of <see cref="UserMove"/> where rates are learned.</summary>
    public T* UserNormAdjoint { get; set; }

    /// <inheritdoc cref="UserNormAdjoint"/>
    public T* UserMoveAdjoint { get; set; }
}
