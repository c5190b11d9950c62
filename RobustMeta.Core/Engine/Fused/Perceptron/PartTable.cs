using System.Numerics;
using RobustMeta.Engine.Fused.Memory;

namespace RobustMeta.Engine.Fused.Perceptron;

/// <summary>A table of embeddings, and which rows of it the parts of a batch have.</summary>
internal sealed class PartTable<T>(EmbeddedColumn<T> column, Func<PartBlock<T>, TokenRows<T>> rowsOf)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly TokenChains<T> chains = new(column.Width, column.Table!.Rows);
    private TokenRows<T>[] rows = [];
    private int count;

    /// <summary>Inner products of the parts' gradients of this table after <see cref="Multiply"/>, <c>[parts, parts]</c>, row by row.</summary>
    public double[] Products { get; private set; } = [];

    /// <summary>Computes <see cref="Products"/> of the first parts.</summary>
    public void Multiply(List<PartBlock<T>> parts, int count)
    {
        if (rows.Length < parts.Count)
        {
            rows = [.. parts.Select(rowsOf)];
        }
        this.count = count;
        Products = chains.Products(rows.AsSpan(0, count));
    }

    /// <summary>The table's gradient: the sum of the parts', each times its factor.</summary>
    public void Combine(ReadOnlySpan<T> factors) => chains.Combine(rows.AsSpan(0, count), column.Table!, factors);
}
