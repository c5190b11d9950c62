using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;

namespace RobustMeta.Engine.Fused.Networks;

/// <summary>
/// Vectors of the items or users of a batch as sums of those of their features (<see cref="Models.Layers.FeatureSum"/>), and the
/// way back. Tokens are looked up by a side without a network, fields side by side; numbers go through a dense map.
/// </summary>
internal sealed unsafe class FeatureRows<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int width;
    private readonly int padded;
    private readonly int tokenFields;
    private readonly ImmutableArray<NumericField> numbers;
    private readonly DenseMap<T>? map;
    private T* ofNumbers;

    /// <summary>Sums whose parameters get places in a layout.</summary>
    /// <param name="side">Prefix of the parameter names.</param>
    /// <param name="fields">The fields; none gives zeros.</param>
    /// <param name="width">Length of a vector.</param>
    /// <param name="arrays">Values and gradients.</param>
    /// <param name="layout">Receives the parameters that are not tables.</param>
    /// <param name="arithmetic">Arithmetic.</param>
    /// <param name="isConstant">Whether nothing of it is learned.</param>
    public FeatureRows(
        string side,
        ImmutableArray<InputField> fields,
        int width,
        ParameterArrays<T> arrays,
        BlockLayout layout,
        Arithmetic<T> arithmetic,
        bool isConstant
    )
    {
        (this.width, padded) = (width, arithmetic.Padded(width));
        ImmutableArray<InputField> tokens = [.. fields.OfType<TokenField>()];
        tokenFields = tokens.Length;
        numbers = [.. fields.OfType<NumericField>()];
        Side = new(
            side,
            tokens,
            width,
            arrays,
            new(tokenFields * width, [], layout, arithmetic),
            isConstant: isConstant
        );
        map = numbers.IsEmpty ? null : new($"{side}.numbers", 0, null, numbers.Length, width, layout, arithmetic);
        Own = map is null || isConstant ? [] : [map];
    }

    /// <summary>The token fields; entities are encoded there first.</summary>
    public EncodedSide<T> Side { get; }

    /// <summary>Whether there is a token field.</summary>
    public bool HasTokens => tokenFields > 0;

    /// <summary>Gradients that are not those of the side.</summary>
    public IReadOnlyList<IGradientPieces<T>> Own { get; }

    /// <summary>Takes values and memory for a number of entities.</summary>
    public void Begin(T* values, int count, Arena<T> arena)
    {
        map?.Begin(values, arena);
        ofNumbers = map is null ? null : arena.TakeZeros((long)count * map.InputPadded);
    }

    /// <summary>Notes the adjoints of all vectors, row by padded row, to be there when gradients are written.</summary>
    public void Collect(T* adjoints, int count) => map?.Collect(ofNumbers, adjoints, count);

    /// <summary>Vectors of some entities whose side is encoded.</summary>
    /// <param name="entities">Dense indices of all entities of the batch.</param>
    /// <param name="first">First of those that are written.</param>
    /// <param name="count">Number of them.</param>
    /// <param name="vectors">Vectors of all entities, row by padded row.</param>
    public void Write(ReadOnlySpan<int> entities, int first, int count, T* vectors)
    {
        for (var i = first; i < first + count; i++)
        {
            var row = vectors + (long)i * padded;
            Arithmetic<T>.Clear(row, padded);
            var sum = new Span<T>(row, width);
            for (var field = 0; field < tokenFields; field++)
            {
                TensorPrimitives.Add(sum, new ReadOnlySpan<T>(Token(Side.Network.Outputs, i, field), width), sum);
            }
            for (var field = 0; field < numbers.Length; field++)
            {
                ofNumbers[(long)i * map!.InputPadded + field] = T.CreateTruncating(numbers[field].Values[entities[i]]);
            }
        }
        map?.Apply(ofNumbers + (long)first * map.InputPadded, vectors + (long)first * padded, count, accumulate: true);
    }

    /// <summary>Gives the fields of some entities the adjoints of their vectors.</summary>
    public void Reverse(int first, int count, T* adjoints)
    {
        for (var i = first; i < first + count; i++)
        {
            for (var field = 0; field < tokenFields; field++)
            {
                Arithmetic<T>.Copy(adjoints + (long)i * padded, Token(Side.Network.OutputAdjoint, i, field), width);
            }
        }
    }

    private T* Token(T* rows, int entity, int field) =>
        rows + (long)entity * Side.Network.OutputPadded + (long)field * width;
}
