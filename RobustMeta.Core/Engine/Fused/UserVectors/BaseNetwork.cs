using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Networks;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;

namespace RobustMeta.Engine.Fused.UserVectors;

/// <summary>
/// The base network in parts: the hidden layer is what an item, a user's features and a user's vector bring to it, each
/// computed once; an output follows. The parameters are those of <see cref="Models.Layers.UserVectorBase"/>.
/// </summary>
internal sealed unsafe class BaseNetwork<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const string Hidden = "base.0";

    private readonly UserVectorForm form;
    private readonly BlockLayout layout;
    private readonly Arithmetic<T> arithmetic;
    private readonly long output;
    private readonly long outputBias;
    private readonly VectorGradient<T> ofOutput;
    private readonly NumberGradient<T> ofOutputBias;
    private T* block;
    private T* ones;

    /// <summary>A network whose parameters get places in a layout, but those that meet vectors.</summary>
    public BaseNetwork(UserVectorForm form, BlockLayout layout, Arithmetic<T> arithmetic)
    {
        (this.form, this.layout, this.arithmetic) = (form, layout, arithmetic);
        var (items, users) = (form.Schema.ItemWidth, form.Schema.UserWidth);
        Items = Part(items, form.VectorDim, hasBias: false);
        Users = Part(users, form.VectorDim + items, hasBias: true);
        output = layout.Add("base.1.weight", 0, 1, form.Hidden, Padded);
        outputBias = layout.Add("base.1.bias", 0, 1, 1, 1);
        (ofOutput, ofOutputBias) = (new(output, Padded, arithmetic), new(outputBias));
    }

    /// <summary>What items bring to the hidden layer.</summary>
    public RowNetwork<T> Items { get; }

    /// <summary>What users' features bring to it, with its bias.</summary>
    public RowNetwork<T> Users { get; }

    /// <summary>Padded width of the hidden layer.</summary>
    public int Padded => arithmetic.Padded(form.Hidden);

    /// <summary>Gradients of the output.</summary>
    public IReadOnlyList<IGradientPieces<T>> Gradients => [ofOutput, ofOutputBias];

    /// <summary>What vectors bring to the hidden layer, as a network of a row a user; instead of <see cref="VectorMap"/>.</summary>
    public RowNetwork<T> VectorNetwork() => Part(form.VectorDim, 0, hasBias: false);

    /// <summary>The same as a map; instead of <see cref="VectorNetwork"/>.</summary>
    public DenseMap<T> VectorMap() => new($"{Hidden}.weight", 0, null, form.VectorDim, form.Hidden, layout, arithmetic);

    /// <summary>Takes values, and memory for a batch of so many rows.</summary>
    public void Begin(T* values, int rows, Arena<T> arena)
    {
        block = values;
        ones = arena.Take(rows);
        new Span<T>(ones, rows).Fill(T.One);
    }

    /// <summary>Scores of rows of hidden units.</summary>
    public void Score(T* units, T* scores, int rows) =>
        arithmetic.RowDots(units, block + output, T.One, block[outputBias], scores, rows, Padded, accumulate: false);

    /// <summary>
    /// Derivatives of the scores by the hidden layer before its rectifier, each row times a number: <c>δ_j w ∘ relu′</c>.
    /// </summary>
    /// <param name="units">Hidden units after the rectifier; may be <paramref name="target"/>.</param>
    /// <param name="factors">δ; null for ones.</param>
    /// <param name="target">Receives the rows.</param>
    /// <param name="rows">Number of rows.</param>
    public void Reverse(T* units, T* factors, T* target, int rows) =>
        arithmetic.OuterProductStep(
            factors is null ? ones : factors,
            block + output,
            units,
            T.Zero,
            target,
            rows,
            Padded
        );

    /// <summary>Notes of what the gradient of the output is, to be there when it is written.</summary>
    public void Collect(T* scoreAdjoint, T* units, int rows)
    {
        ofOutput.Collect(scoreAdjoint, units, rows);
        ofOutputBias.Collect(scoreAdjoint, rows);
    }

    private RowNetwork<T> Part(int inputs, int firstRow, bool hasBias) =>
        new(inputs, [new(Hidden, form.Hidden, null) { FirstRow = firstRow, HasBias = hasBias }], layout, arithmetic);
}
