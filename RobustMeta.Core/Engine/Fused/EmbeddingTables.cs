using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using RobustMeta.Models;

namespace RobustMeta.Engine.Fused;

/// <summary>
/// The embedded fields of one side (items or users): gathers rows of the tables, and scatters adjoints back into the rows
/// that a batch touched. Only those are ever cleared, so a batch costs what it uses and not what the tables hold.
/// </summary>
internal sealed unsafe class EmbeddingTables<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly ImmutableArray<Column> columns;

    /// <param name="side">Prefix of the parameter names: <c>item</c> or <c>user</c>.</param>
    /// <param name="fields">The fields, in the order of concatenation.</param>
    /// <param name="embeddingDim">Width of a token field.</param>
    /// <param name="arrays">Values and gradients.</param>
    public EmbeddingTables(string side, ImmutableArray<InputField> fields, int embeddingDim, ParameterArrays<T> arrays)
    {
        var start = 0;
        var made = ImmutableArray.CreateBuilder<Column>();
        foreach (var field in fields)
        {
            made.Add(
                field is TokenField tokens
                    ? new(field, start, embeddingDim, new(arrays, $"{side}.{field.Name}", tokens.VocabularySize))
                    : new(field, start, 1, null)
            );
            start += made[^1].Width;
        }
        columns = made.ToImmutable();
    }

    /// <summary>Number of fields.</summary>
    public int Count => columns.Length;

    /// <summary>Names of the tables and the rows that the last batch touched.</summary>
    public IEnumerable<(string Name, ReadOnlyMemory<int> Rows)> Touched =>
        columns.Where(c => c.Table is not null).Select(c => (c.Table!.Name, c.Table.Touched));

    /// <summary>Writes the embedded fields of an entity; the padding behind them has to be zero already.</summary>
    public void Gather(int entity, T* row)
    {
        foreach (var column in columns)
        {
            var target = new Span<T>(row + column.Start, column.Width);
            if (column.Table is not { } table)
            {
                target[0] = T.CreateTruncating(column.Numbers[entity]);
                continue;
            }
            var bag = column.Bag(entity);
            if (bag.Length == 1)
            {
                table.Values.AsSpan(bag[0] * column.Width, column.Width).CopyTo(target);
                continue;
            }
            target.Clear();
            var share = T.One / T.CreateChecked(Math.Max(1, bag.Length));
            foreach (var token in bag)
            {
                AddScaled(share, table.Values.AsSpan(token * column.Width, column.Width), target);
            }
        }
    }

    /// <summary>Writes the embedded fields of several entities, one below the other.</summary>
    public void Gather(ReadOnlySpan<int> entities, T* rows, int width)
    {
        for (var i = 0; i < entities.Length; i++)
        {
            Gather(entities[i], rows + (long)i * width);
        }
    }

    /// <summary>Gives a field's table the adjoints of a batch's entities, and forgets those of the batch before.</summary>
    public void Scatter(int field, ReadOnlySpan<int> entities, T* rows, int width)
    {
        columns[field].Table?.Clear();
        for (var i = 0; i < entities.Length; i++)
        {
            Scatter(field, entities[i], rows + (long)i * width);
        }
    }

    private void Scatter(int field, int entity, T* row)
    {
        var column = columns[field];
        if (column.Table is not { } table)
        {
            return;
        }
        var bag = column.Bag(entity);
        var source = new ReadOnlySpan<T>(row + column.Start, column.Width);
        var share = T.One / T.CreateChecked(Math.Max(1, bag.Length));
        foreach (var token in bag)
        {
            table.Touch(token);
            AddScaled(share, source, table.Gradient.AsSpan(token * column.Width, column.Width));
        }
    }

    // Rows of tables have the width that the user chose and no padding, so the last numbers go one by one.
    private static void AddScaled(T scale, ReadOnlySpan<T> x, Span<T> y)
    {
        var source = MemoryMarshal.Cast<T, Vector<T>>(x);
        var target = MemoryMarshal.Cast<T, Vector<T>>(y);
        var factor = new Vector<T>(scale);
        for (var i = 0; i < source.Length && i < target.Length; i++)
        {
            target[i] += factor * source[i];
        }
        for (var i = source.Length * Vector<T>.Count; i < x.Length; i++)
        {
            y[i] += scale * x[i];
        }
    }

    private sealed class Column(InputField field, int start, int width, Table? table)
    {
        private readonly int[] offsets =
            ImmutableCollectionsMarshal.AsArray((field as TokenField)?.Offsets ?? []) ?? [];
        private readonly int[] tokens = ImmutableCollectionsMarshal.AsArray((field as TokenField)?.Tokens ?? []) ?? [];

        public int Start => start;

        public int Width => width;

        public Table? Table => table;

        public float[] Numbers { get; } =
            ImmutableCollectionsMarshal.AsArray((field as NumericField)?.Values ?? []) ?? [];

        public ReadOnlySpan<int> Bag(int entity) =>
            tokens.AsSpan(offsets[entity], offsets[entity + 1] - offsets[entity]);
    }

    private sealed class Table(ParameterArrays<T> arrays, string name, int rows)
    {
        private readonly bool[] isTouched = new bool[rows];
        private int[] touched = new int[16];
        private int count;

        public string Name => name;

        public T[] Values { get; } = arrays.Values(name);

        public T[] Gradient { get; } = arrays.Gradient(name);

        public ReadOnlyMemory<int> Touched => touched.AsMemory(0, count);

        public void Touch(int row)
        {
            if (isTouched[row])
            {
                return;
            }
            isTouched[row] = true;
            if (count == touched.Length)
            {
                Array.Resize(ref touched, 2 * count);
            }
            touched[count++] = row;
        }

        public void Clear()
        {
            var width = Gradient.Length / rows;
            foreach (var row in Touched.Span)
            {
                Gradient.AsSpan(row * width, width).Clear();
                isTouched[row] = false;
            }
            count = 0;
        }
    }
}
