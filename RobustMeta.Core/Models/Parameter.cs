using System.Collections.Immutable;
using RobustMeta.Runtime.Vectors;

namespace RobustMeta.Models;

/// <summary>One slow (meta-learned) parameter: a named dense array with its gradient. Row-major.</summary>
public sealed class Parameter
{
    /// <summary>A parameter of zeros.</summary>
    /// <param name="name">Name, unique in its model, e.g. <c>item.genre</c> or <c>head.0.weight</c>.</param>
    /// <param name="shape">Extents; a scalar has none.</param>
    /// <exception cref="ArgumentOutOfRangeException">An extent is negative.</exception>
    public Parameter(string name, params int[] shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        Name = name;
        Shape = [.. shape];
        var size = 1;
        foreach (var extent in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(extent, nameof(shape));
            size = checked(size * extent);
        }
        Values = new(size);
        Gradient = new(size);
    }

    private Parameter(string name, Parameter other)
    {
        (Name, Shape, Values, Gradient, IsState) = (name, other.Shape, other.Values, other.Gradient, other.IsState);
    }

    /// <summary>Name, unique in its model.</summary>
    public string Name { get; }

    /// <summary>Extents.</summary>
    public ImmutableArray<int> Shape { get; }

    /// <summary>
    /// Whether this is state of the model (a memory, the place in a random stream) rather than something learned by
    /// gradient: optimizers leave it alone, the model's own writes change it, checkpoints keep it.
    /// </summary>
    public bool IsState { get; init; }

    /// <summary>Number of values.</summary>
    public int Size => Values.Length;

    /// <summary>Values of one row (first index).</summary>
    public int RowWidth => Shape.IsEmpty || Shape[0] == 0 ? Size : Size / Shape[0];

    /// <summary>Current values, row-major; written by optimizers, or by the engine if it is state.</summary>
    public AlignedNumbers<float> Values { get; }

    /// <summary>Gradient of the last backward pass, row-major.</summary>
    public AlignedNumbers<float> Gradient { get; }

    /// <summary>This parameter under another name: the same memory, for models that are parts of another.</summary>
    internal Parameter Named(string name) => new(name, this);

    /// <summary>
    /// The rows (first index) that <see cref="Gradient"/> may be other than zero in, distinct, in any order; null where
    /// that is not known. Set by engines for embedding tables, of which a batch touches a few rows.
    /// </summary>
    public ReadOnlyMemory<int>? TouchedRows { get; set; }
}
