using System.Collections.Immutable;
using RobustMeta.Models;

namespace RobustMeta.Serving;

/// <summary>Sums of feature vectors without tensors, as <see cref="RobustMeta.Models.Layers.FeatureSum"/> computes them.</summary>
internal static class FactorTables
{
    /// <summary>Adds the vectors of an entity's features.</summary>
    /// <param name="side">Prefix of the parameters' names.</param>
    /// <param name="fields">The fields.</param>
    /// <param name="parameters">Tables <c>SIDE.FIELD [V, D]</c>, and <c>SIDE.numbers [N, D]</c>.</param>
    /// <param name="entity">The entity.</param>
    /// <param name="sum">Is added to, <c>[D]</c>.</param>
    public static void Add(
        string side,
        ImmutableArray<InputField> fields,
        ParameterSet parameters,
        int entity,
        Span<double> sum
    )
    {
        var number = 0;
        foreach (var field in fields)
        {
            if (field is TokenField tokens)
            {
                Add(parameters[$"{side}.{field.Name}"].Values, tokens.Bag(entity), sum);
            }
            else if (field is NumericField numbers)
            {
                Add(parameters[$"{side}.numbers"].Values, number++, numbers.Values[entity], sum);
            }
        }
    }

    /// <summary>Adds the mean of some rows of a table; nothing for no rows.</summary>
    public static void Add(ReadOnlySpan<float> table, ReadOnlySpan<int> rows, Span<double> sum)
    {
        foreach (var row in rows)
        {
            Add(table, row, 1.0 / rows.Length, sum);
        }
    }

    /// <summary>Adds a multiple of a row of a table.</summary>
    public static void Add(ReadOnlySpan<float> table, int row, double factor, Span<double> sum)
    {
        var values = table.Slice(row * sum.Length, sum.Length);
        for (var k = 0; k < sum.Length; k++)
        {
            sum[k] += factor * values[k];
        }
    }
}
