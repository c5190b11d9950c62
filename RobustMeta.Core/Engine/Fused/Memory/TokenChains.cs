using System.Numerics;

namespace RobustMeta.Engine.Fused.Memory;

/// <summary>
/// The rows that parts of a batch have of one embedding table, each chained to the row that an earlier part has of its token. Keeps its arrays
/// from batch to batch.
/// </summary>
/// <param name="width">Length of a row.</param>
/// <param name="vocabulary">Number of rows of the table.</param>
internal sealed unsafe class TokenChains<T>(int width, int vocabulary)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    // Rows of the table come in no order: they are prefetched.
    private const int Ahead = 8;

    // Of each token the number of its latest row, and of each row that of the row before it; from one, as zero stands for none.
    private readonly int[] latest = new int[vocabulary];
    private int[] before = [];
    private int[] parts = [];
    private nint[] rows = [];
    private double[] products = [];

    /// <summary>Inner products of the parts' rows <c>[parts, parts]</c>, of which the lower triangle counts; valid until the next call.</summary>
    /// <param name="ofParts">Rows of each part, in their places.</param>
    public double[] Products(ReadOnlySpan<TokenRows<T>> ofParts)
    {
        Begin(ofParts);
        var count = 0;
        for (var part = 0; part < ofParts.Length; part++)
        {
            var ofPart = products.AsSpan(part * ofParts.Length, ofParts.Length);
            var own = ofParts[part];
            var tokens = own.Tokens;
            double square = 0;
            for (var i = 0; i < tokens.Length; i++)
            {
                var row = own.Row(i);
                (parts[count], rows[count], before[count]) = (part, (nint)row, latest[tokens[i]]);
                latest[tokens[i]] = ++count;
                square += Dot(row, row);
                for (var other = before[count - 1]; other > 0; other = before[other - 1])
                {
                    ofPart[parts[other - 1]] += Dot(row, (T*)rows[other - 1]);
                }
            }
            ofPart[part] = square;
        }
        // For the next batch, which has other tokens.
        foreach (var own in ofParts)
        {
            foreach (var token in own.Tokens)
            {
                latest[token] = 0;
            }
        }
        return products;
    }

    /// <summary>Sets the table's gradient to the sum of the parts' rows, each times its part's factor.</summary>
    /// <param name="ofParts">Rows of each part, in their places.</param>
    /// <param name="table">The table.</param>
    /// <param name="factors">Factor of each part.</param>
    public void Combine(ReadOnlySpan<TokenRows<T>> ofParts, EmbeddingTable<T> table, ReadOnlySpan<T> factors)
    {
        table.Begin();
        fixed (T* gradient = table.Gradient)
        {
            for (var part = 0; part < ofParts.Length; part++)
            {
                var own = ofParts[part];
                var tokens = own.Tokens;
                for (var i = 0; i < tokens.Length; i++)
                {
                    if (i + Ahead < tokens.Length)
                    {
                        TableRow<T>.Prefetch(gradient + (long)tokens[i + Ahead] * width, width);
                    }
                    var target = gradient + (long)tokens[i] * width;
                    if (table.Touch(tokens[i]))
                    {
                        TableRow<T>.Scale(factors[part], own.Row(i), target, width);
                    }
                    else
                    {
                        TableRow<T>.AddScaled(factors[part], own.Row(i), target, width);
                    }
                }
            }
        }
        table.End();
    }

    private double Dot(T* x, T* y) => double.CreateTruncating(TableRow<T>.Dot(x, y, width));

    private void Begin(ReadOnlySpan<TokenRows<T>> ofParts)
    {
        var total = 0;
        foreach (var part in ofParts)
        {
            total += part.Count;
        }
        if (rows.Length < total)
        {
            var room = total + total / 2;
            (before, parts, rows) = (new int[room], new int[room], new nint[room]);
        }
        if (products.Length < ofParts.Length * ofParts.Length)
        {
            products = new double[ofParts.Length * ofParts.Length];
        }
        Array.Clear(products);
    }
}
