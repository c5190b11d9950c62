using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Networks;
using RobustMeta.Engine.Fused.Vectors;

namespace RobustMeta.Engine.Fused.Perceptron;

/// <summary>
/// What paired fields (<see cref="EmbeddingTables{T}.IsPaired"/>) add to the first layer's kernels: products between all pairs of a
/// field's tokens, <c>G = −α E Eᵀ</c>, which pairs of interactions look up, and the way back. See DERIVATION.md, once a batch.
/// </summary>
/// <param name="fields">The items' fields.</param>
/// <param name="localLr">α.</param>
/// <param name="arithmetic">Arithmetic.</param>
internal sealed unsafe class TokenPairs<T>(FieldMap<T> fields, T localLr, Arithmetic<T> arithmetic)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly EmbeddingTables<T> tables = fields.Tables;
    private readonly T*[] products = new T*[fields.Tables.Count];
    private readonly int[][] tokens = [.. Enumerable.Repeat<int[]>([], fields.Tables.Count)];

    // Of each paired field, where its adjoints stand among those of a chunk.
    private readonly int[] starts = new int[fields.Tables.Count];
    private readonly List<int> paired = [];
    private ItemSlots slots = null!;
    private int rows;

    /// <summary>Number of products of all paired fields of the batch.</summary>
    public int Size { get; private set; }

    /// <summary>Whether rows of items lack a field, whose products are looked up.</summary>
    public bool Has(int field) => !fields.Holds(field);

    /// <summary>Takes a batch whose items are numbered and whose fields are planned, and memory for the products.</summary>
    public void Begin(ItemSlots slots, int rows, Arena<T> arena)
    {
        (this.slots, this.rows, Size) = (slots, rows, 0);
        paired.Clear();
        for (var field = 0; field < tables.Count; field++)
        {
            if (!Has(field))
            {
                continue;
            }
            var column = tables.Column(field);
            var pairs = column.Table!.Rows * column.Table.Rows;
            paired.Add(field);
            starts[field] = Size;
            products[field] = arena.Take(pairs + Arithmetic<T>.ReadBehind);
            Size += pairs;
            if (tokens[field].Length < rows)
            {
                tokens[field] = new int[rows + rows / 2];
            }
        }
    }

    /// <summary>The tokens of all rows and the products between tokens of a field, if it is paired: before <see cref="Add"/>.</summary>
    public void Encode(int field)
    {
        if (!Has(field))
        {
            return;
        }
        var column = tables.Column(field);
        column.TokensOf(slots.Items, slots.Of[..rows], tokens[field]);
        var (table, width) = (column.Table!, column.Width);
        fixed (T* values = table.Values)
        {
            // Of each pair in one order: the products are few, and rows of tables are no whole vectors.
            for (var i = 0; i < table.Rows; i++)
            {
                for (var j = 0; j <= i; j++)
                {
                    var product = -localLr * TableRow<T>.Dot(values + i * width, values + j * width, width);
                    products[field][i * table.Rows + j] = product;
                    products[field][j * table.Rows + i] = product;
                }
            }
        }
    }

    /// <summary>Adds the products of paired fields to a kernel <c>[left rows, right rows]</c>.</summary>
    public void Add(RowRange left, RowRange right, T* kernel)
    {
        foreach (var field in paired)
        {
            var count = tables.Column(field).Table!.Rows;
            fixed (int* ofRows = tokens[field])
            {
                for (var i = 0; i < left.Count; i++)
                {
                    var products = this.products[field] + ofRows[left.First + i] * count;
                    arithmetic.AddLookedUp(
                        products,
                        count,
                        ofRows + right.First,
                        kernel + (long)i * right.Count,
                        right.Count
                    );
                }
            }
        }
    }

    /// <summary>Adds the adjoint of a kernel over −α to those of the products.</summary>
    /// <param name="left">Rows of the kernel.</param>
    /// <param name="right">Its columns.</param>
    /// <param name="move">The kernel's adjoint.</param>
    /// <param name="adjoints">Those of a chunk, <see cref="Size"/> numbers.</param>
    public void Reverse(RowRange left, RowRange right, T* move, T* adjoints)
    {
        foreach (var field in paired)
        {
            var count = tables.Column(field).Table!.Rows;
            fixed (int* ofRows = tokens[field])
            {
                var ofLeft = ofRows + left.First;
                var ofRight = ofRows + right.First;
                var of = adjoints + starts[field];
                var i = 0;
                for (; i + 2 <= left.Count; i += 2)
                {
                    var (first, second) = (ofLeft[i] * count, ofLeft[i + 1] * count);
                    ScatterTwo(move + (long)i * right.Count, ofRight, of + first, of + second, right.Count);
                }
                if (i < left.Count)
                {
                    Scatter(move + (long)i * right.Count, ofRight, of + ofLeft[i] * count, right.Count);
                }
            }
        }
    }

    /// <summary>Adds to the adjoint of a paired field's table what comes through the kernels.</summary>
    /// <param name="field">The field.</param>
    /// <param name="both">Whether both sides of the kernel count; otherwise the right one is a constant.</param>
    /// <param name="adjoints">Those of the first chunk, to which the others' are added.</param>
    /// <param name="chunkStride">From those of one chunk to those of the next.</param>
    /// <param name="chunks">Number of chunks.</param>
    /// <param name="target">The table's adjoint.</param>
    /// <param name="stride">Length of a row of it.</param>
    public void AddTable(int field, bool both, T* adjoints, long chunkStride, int chunks, T* target, int stride)
    {
        var column = tables.Column(field);
        var (table, width) = (column.Table!, column.Width);
        var count = table.Rows;
        var sums = adjoints + starts[field];
        for (var chunk = 1; chunk < chunks; chunk++)
        {
            Sum(adjoints + chunk * chunkStride + starts[field], sums, count * count);
        }
        fixed (T* values = table.Values)
        {
            for (var i = 0; i < count; i++)
            {
                for (var j = 0; j < count; j++)
                {
                    var factor = sums[i * count + j] + (both ? sums[j * count + i] : T.Zero);
                    if (factor != T.Zero)
                    {
                        TableRow<T>.AddScaled(factor, values + (long)j * width, target + (long)i * stride, width);
                    }
                }
            }
        }
    }

    private static void Sum(T* x, T* y, int n)
    {
        for (var i = 0; i < n; i++)
        {
            y[i] += x[i];
        }
    }

    // Two rows side by side: one alone waits for each addition to a token's number before the next. Where both have the same y, additions
    // follow one another all the same.
    private static void ScatterTwo(T* x, int* chosen, T* y, T* z, int n)
    {
        for (var i = 0; i < n; i++)
        {
            y[chosen[i]] += x[i];
            z[chosen[i]] += x[n + i];
        }
    }

    private static void Scatter(T* x, int* chosen, T* y, int n)
    {
        for (var i = 0; i < n; i++)
        {
            y[chosen[i]] += x[i];
        }
    }
}
