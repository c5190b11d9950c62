using System.Collections.Immutable;
using System.Numerics;
using RobustMeta.Models;

namespace RobustMeta.Engine.Fused.Memory;

/// <summary>
/// The embedded fields of one side (items or users): gathers rows of the tables, and scatters adjoints back into the rows
/// that a batch touched. Only those are ever cleared, so a batch costs what it uses and not what the tables hold. A field
/// of few tokens need not go entity by entity: see <see cref="Plan"/>.
/// </summary>
internal sealed unsafe class EmbeddingTables<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly ImmutableArray<EmbeddedColumn<T>> columns;

    // Products of all pairs of so many tokens stay in the nearest cache.
    private const int MaxPairedTokens = 64;

    private readonly bool[] isShared;
    private readonly ColumnRange[] ranges;
    private readonly ColumnRange[] sharedRanges;
    private int rangeCount;
    private int sharedCount;

    /// <param name="side">Prefix of the parameter names: <c>item</c> or <c>user</c>.</param>
    /// <param name="fields">The fields, in the order of concatenation.</param>
    /// <param name="embeddingDim">Width of a token field.</param>
    /// <param name="arrays">Values and gradients.</param>
    public EmbeddingTables(string side, ImmutableArray<InputField> fields, int embeddingDim, ParameterArrays<T> arrays)
    {
        var start = 0;
        var made = ImmutableArray.CreateBuilder<EmbeddedColumn<T>>();
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
        isShared = new bool[columns.Length];
        ranges = new ColumnRange[columns.Length];
        sharedRanges = new ColumnRange[columns.Length];
    }

    /// <summary>Number of fields.</summary>
    public int Count => columns.Length;

    /// <summary>Names of the tables and the rows that the last batch touched.</summary>
    public IEnumerable<(string Name, ReadOnlyMemory<int> Rows)> Touched =>
        columns.Where(c => c.Table is not null).Select(c => (c.Table!.Name, c.Table.Touched));

    /// <summary>
    /// Decides which fields are shared: those with few tokens for the number of entities. What a matrix does with such a
    /// field is computed once a token and looked up by entity, which is less work than once an entity.
    /// </summary>
    /// <param name="entities">Number of distinct entities of a batch.</param>
    /// <param name="entitiesPerToken">So many entities there must be at least for each token of the vocabulary.</param>
    public void Plan(int entities, int entitiesPerToken)
    {
        (rangeCount, sharedCount) = (0, 0);
        for (var field = 0; field < columns.Length; field++)
        {
            var column = columns[field];
            isShared[field] = column.Table is { } table && (long)entitiesPerToken * table.Rows <= entities;
            if (isShared[field])
            {
                Append(field, sharedRanges, ref sharedCount);
            }
            else
            {
                Append(field, ranges, ref rangeCount);
            }
        }
    }

    private void Append(int field, ColumnRange[] ranges, ref int count)
    {
        var column = columns[field];
        if (count > 0 && ranges[count - 1] is var last && last.EndField == field)
        {
            ranges[count - 1] = last with { Width = last.Width + column.Width, EndField = field + 1 };
        }
        else
        {
            ranges[count++] = new(column.Start, column.Width, field, field + 1);
        }
    }

    /// <summary>Whether a field is shared by the last <see cref="Plan"/>.</summary>
    public bool IsShared(int field) => isShared[field];

    /// <summary>
    /// Whether a shared field has one token an entity and so few of them that products between entities are better looked up by pairs of
    /// tokens.
    /// </summary>
    public bool IsPaired(int field) =>
        isShared[field] && columns[field].HasOneToken && columns[field].Table!.Rows <= MaxPairedTokens;

    /// <summary>Columns of fields that are not shared, those side by side in one.</summary>
    public ReadOnlySpan<ColumnRange> Ranges => ranges.AsSpan(0, rangeCount);

    /// <summary>Columns of shared fields, those side by side in one.</summary>
    public ReadOnlySpan<ColumnRange> SharedRanges => sharedRanges.AsSpan(0, sharedCount);

    /// <summary>A field.</summary>
    public EmbeddedColumn<T> Column(int field) => columns[field];

    /// <summary>
    /// Writes the embedded fields of several entities, one below the other; the padding behind them has to be zero already.
    /// </summary>
    public void Gather(ReadOnlySpan<int> entities, T* rows, int width)
    {
        foreach (var column in columns)
        {
            column.Gather(entities, entities.Length, rows + column.Start, width);
        }
    }

    /// <summary>Adds the adjoints of a batch's entities to a field's table, in place of those of the batch before.</summary>
    public void Scatter(int field, ReadOnlySpan<int> entities, T* rows, int width) =>
        columns[field].Scatter(entities, rows + columns[field].Start, width);
}
