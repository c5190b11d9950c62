using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
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
            if (column.Field is not TokenField tokens)
            {
                target[0] = T.CreateTruncating(((NumericField)column.Field).Values[entity]);
                continue;
            }
            var values = column.Table!.Values;
            var bag = tokens.Bag(entity);
            if (bag.Length == 1)
            {
                values.AsSpan(bag[0] * column.Width, column.Width).CopyTo(target);
                continue;
            }
            target.Clear();
            foreach (var token in bag)
            {
                TensorPrimitives.Add(target, values.AsSpan(token * column.Width, column.Width), target);
            }
            if (!bag.IsEmpty)
            {
                TensorPrimitives.Multiply(target, T.One / T.CreateChecked(bag.Length), target);
            }
        }
    }

    /// <summary>Forgets the adjoints of a field's last batch.</summary>
    public void Clear(int field) => columns[field].Table?.Clear();

    /// <summary>Adds an entity's adjoint to a field's table.</summary>
    public void Scatter(int field, int entity, T* row)
    {
        var column = columns[field];
        if (column.Table is not { } table)
        {
            return;
        }
        var bag = ((TokenField)column.Field).Bag(entity);
        if (bag.IsEmpty)
        {
            return;
        }
        var source = new ReadOnlySpan<T>(row + column.Start, column.Width);
        var share = T.One / T.CreateChecked(bag.Length);
        foreach (var token in bag)
        {
            table.Touch(token);
            var target = table.Gradient.AsSpan(token * column.Width, column.Width);
            TensorPrimitives.MultiplyAdd(source, share, target, target);
        }
    }

    private sealed record Column(InputField Field, int Start, int Width, Table? Table);

    private sealed class Table(ParameterArrays<T> arrays, string name, int rows)
    {
        private readonly bool[] isTouched = new bool[rows];
        private int[] touched = new int[16];
        private int count;

        public string Name => name;

        public T[] Values => arrays.Values(name);

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
