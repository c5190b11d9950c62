using System.Numerics;

namespace RobustMeta.Engine.Fused.Memory;

/// <summary>
/// The rows that parts of a batch have of one embedding table, token by token: for what is done with all rows of a token at once. Keeps its
/// arrays from batch to batch.
/// </summary>
/// <param name="width">Length of a row.</param>
/// <param name="vocabulary">Number of rows of the table.</param>
internal sealed unsafe class TokenChains<T>(int width, int vocabulary)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int[] numberOf = new int[vocabulary];
    private int[] tokens = new int[16];
    private int[] starts = new int[18];
    private int[] parts = new int[16];
    private nint[] rows = new nint[16];
    private int count;
    private double[] products = [];

    /// <summary>Takes the rows of parts.</summary>
    /// <param name="ofParts">Rows of each part, in their places.</param>
    public void Begin(ReadOnlySpan<TokenRows<T>> ofParts)
    {
        foreach (var token in tokens.AsSpan(0, count))
        {
            numberOf[token] = 0;
        }
        count = 0;
        var total = 0;
        foreach (var part in ofParts)
        {
            total += part.Count;
        }
        Reserve(total);
        // Numbers from one, as zero stands for none; how many rows the token has stands two places to the right of its start.
        Array.Clear(starts);
        foreach (var part in ofParts)
        {
            foreach (var token in part.Tokens)
            {
                if (numberOf[token] == 0)
                {
                    tokens[count++] = token;
                    numberOf[token] = count;
                }
                starts[numberOf[token] + 1]++;
            }
        }
        for (var i = 2; i <= count + 1; i++)
        {
            starts[i] += starts[i - 1];
        }
        // Filling moves every start to the end of its token, which is the start of the next.
        for (var part = 0; part < ofParts.Length; part++)
        {
            foreach (var token in ofParts[part].Tokens)
            {
                var place = starts[numberOf[token]]++;
                (parts[place], rows[place]) = (part, (nint)ofParts[part].Find(token));
            }
        }
    }

    /// <summary>Inner products of the parts' rows <c>[parts, parts]</c>, of which the lower triangle counts; valid until the next call.</summary>
    /// <param name="partCount">Number of parts.</param>
    public double[] Products(int partCount)
    {
        if (products.Length < partCount * partCount)
        {
            products = new double[partCount * partCount];
        }
        Array.Clear(products);
        for (var i = 0; i < count; i++)
        {
            for (var a = starts[i]; a < starts[i + 1]; a++)
            {
                var ofPart = products.AsSpan(parts[a] * partCount, partCount);
                for (var b = starts[i]; b <= a; b++)
                {
                    ofPart[parts[b]] += double.CreateTruncating(TableRow<T>.Dot((T*)rows[a], (T*)rows[b], width));
                }
            }
        }
        return products;
    }

    /// <summary>Sets the table's gradient to the sum of the parts' rows, each times its part's factor.</summary>
    public void Combine(EmbeddingTable<T> table, ReadOnlySpan<T> factors)
    {
        table.Begin();
        fixed (T* gradient = table.Gradient)
        {
            for (var i = 0; i < count; i++)
            {
                var target = gradient + (long)tokens[i] * width;
                table.Touch(tokens[i]);
                var start = starts[i];
                TableRow<T>.Scale(factors[parts[start]], (T*)rows[start], target, width);
                for (var a = start + 1; a < starts[i + 1]; a++)
                {
                    TableRow<T>.AddScaled(factors[parts[a]], (T*)rows[a], target, width);
                }
            }
        }
        table.End();
    }

    private void Reserve(int total)
    {
        if (parts.Length < total)
        {
            var room = total + total / 2;
            (tokens, starts) = (new int[room], new int[room + 2]);
            (parts, rows) = (new int[room], new nint[room]);
        }
    }
}
