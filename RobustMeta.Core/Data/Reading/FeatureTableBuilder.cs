using System.Collections.Immutable;

namespace RobustMeta.Data.Reading;

/// <summary>Collects the features of users or items, entity by entity, in any order.</summary>
/// <param name="entities">Identifiers by dense index.</param>
/// <param name="columns">Name and kind of each feature.</param>
public sealed class FeatureTableBuilder(Vocabulary entities, params (string Name, FeatureKind Kind)[] columns)
{
    // Line of the first row of an entity, from 1; 0 where there was none.
    private readonly long[] lines = new long[entities.Count];
    private readonly Vocabulary.Builder[] vocabularies =
    [
        .. columns.Select(_ => new Vocabulary.Builder(withUnknown: true)),
    ];
    private readonly int[][][] tokens = [.. columns.Select(_ => new int[entities.Count][])];
    private readonly float[][] numbers = [.. columns.Select(_ => NotANumber(entities.Count))];

    /// <summary>Identifiers by dense index.</summary>
    public Vocabulary Entities { get; } = entities;

    /// <summary>What a second row of an entity means.</summary>
    public RepeatRule Repeats { get; init; } = RepeatRule.Refuse;

    /// <summary>Sets the features of an entity; one that is unknown or has no rating is left out.</summary>
    /// <param name="entity">Identifier.</param>
    /// <param name="path">File of the row, for the error.</param>
    /// <param name="line">Line of the row, from 1.</param>
    /// <param name="values">For each column its tokens (one for a token, any number for a bag) or its number.</param>
    /// <exception cref="DataFormatException">The entity has a row already, and <see cref="Repeats"/> refuses another.</exception>
    public void Set(string entity, string path, long line, params FeatureValue[] values)
    {
        if (Entities.Find(entity) is not { } row)
        {
            return;
        }
        var isFirst = lines[row] == 0;
        if (!isFirst && Repeats == RepeatRule.Refuse)
        {
            throw new DataFormatException(
                path,
                line,
                0,
                $"'{Excerpt.Of(entity)}' has a second row; the first is on line {lines[row]}. Where rows add up (one for each "
                    + "tag), set usersRepeats or itemsRepeats = \"bag\"; where the first counts, \"first\""
            );
        }
        if (!isFirst && Repeats == RepeatRule.First)
        {
            return;
        }
        lines[row] = isFirst ? line : lines[row];
        for (var c = 0; c < columns.Length; c++)
        {
            var added = values[c].Tokens.Where(t => t.Length > 0).Select(t => vocabularies[c].Add(t));
            tokens[c][row] = isFirst ? [.. added] : [.. tokens[c][row].Union(added)];
            numbers[c][row] = isFirst ? values[c].Number : numbers[c][row];
        }
    }

    /// <summary>Number of entities without a line in the feature file, among some; 0 when there is no feature at all.</summary>
    public int Missing(Func<int, bool> counts) =>
        columns.Length == 0 ? 0 : Enumerable.Range(0, lines.Length).Count(row => lines[row] == 0 && counts(row));

    /// <summary>The table; what was never set is unknown.</summary>
    public FeatureTable Build() =>
        new(Entities.Count, columns.Select((column, c) => Column(c, column.Name, column.Kind)));

    private FeatureColumn Column(int c, string name, FeatureKind kind) =>
        kind switch
        {
            FeatureKind.Token => new TokenColumn(
                name,
                vocabularies[c].Build(),
                [.. tokens[c].Select(bag => bag is [var token, ..] ? token : 0)]
            ),
            FeatureKind.Bag => Bags(c, name),
            FeatureKind.Number => new FloatColumn(name, [.. numbers[c]]),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind of feature."),
        };

    private TokenBagColumn Bags(int c, string name)
    {
        var starts = ImmutableArray.CreateBuilder<int>(Entities.Count + 1);
        var all = ImmutableArray.CreateBuilder<int>();
        starts.Add(0);
        foreach (var bag in tokens[c])
        {
            all.AddRange(bag ?? []);
            starts.Add(all.Count);
        }
        return new(name, vocabularies[c].Build(), starts.MoveToImmutable(), all.DrainToImmutable());
    }

    private static float[] NotANumber(int count)
    {
        var values = new float[count];
        Array.Fill(values, float.NaN);
        return values;
    }
}
