using System.Collections.Immutable;

namespace RobustMeta.Data;

/// <summary>The features of all users or all items: columns of equal length, rows by dense index. Immutable.</summary>
public sealed class FeatureTable
{
    /// <summary>A table of columns.</summary>
    /// <param name="rows">Number of entities.</param>
    /// <param name="columns">Columns, each with <paramref name="rows"/> rows and a name of its own.</param>
    /// <exception cref="ArgumentException">A column has another length, or two share a name.</exception>
    public FeatureTable(int rows, IEnumerable<FeatureColumn> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        Rows = rows;
        Columns = [.. columns];
        foreach (var (place, column) in Columns.Index())
        {
            if (column is null)
            {
                throw new ArgumentNullException(nameof(columns), $"Feature {place + 1} of {Columns.Length} is null.");
            }
            if (column.Rows != rows)
            {
                throw new ArgumentException(
                    $"Feature '{column.Name}' has {column.Rows} rows, the table has {rows}.",
                    nameof(columns)
                );
            }
        }
        var twice = Columns.GroupBy(c => c.Name).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null)
        {
            throw new ArgumentException($"Two features have the name '{twice.Key}'.", nameof(columns));
        }
    }

    /// <summary>Number of entities.</summary>
    public int Rows { get; }

    /// <summary>The features.</summary>
    public ImmutableArray<FeatureColumn> Columns { get; }

    /// <summary>A table without features.</summary>
    public static FeatureTable Empty(int rows) => new(rows, []);

    /// <summary>The same features of the entities in another order; this table where nothing moves.</summary>
    /// <param name="order">Which entity comes at each place.</param>
    internal FeatureTable InOrder(int[] order)
    {
        var columns = Columns.Select(column => column.InOrder(order)).ToArray();
        return columns.Index().All(c => ReferenceEquals(c.Item, Columns[c.Index])) ? this : new(Rows, columns);
    }

    /// <summary>The feature of that name, or null.</summary>
    public FeatureColumn? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Columns.FirstOrDefault(c => c.Name == name);
    }
}
