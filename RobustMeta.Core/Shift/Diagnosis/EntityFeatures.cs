using RobustMeta.Data;

namespace RobustMeta.Shift.Diagnosis;

/// <summary>The features of users or items as numbers: a number as it is, a token as 0 or 1.</summary>
internal sealed class EntityFeatures
{
    private const int MostTokens = 12;

    private readonly List<Func<int, double>> values = [];

    /// <summary>Features of a table: of tokens those that most entities have.</summary>
    public EntityFeatures(FeatureTable table)
    {
        foreach (var column in table.Columns)
        {
            switch (column)
            {
                case FloatColumn numbers:
                    var known = numbers.Values.Where(float.IsFinite).ToArray();
                    var mean = known.Length > 0 ? known.Average() : 0;
                    Add(column.Name, e => float.IsFinite(numbers.Values[e]) ? numbers.Values[e] : mean);
                    break;
                case TokenColumn tokens:
                    foreach (var token in MostFrequent(tokens.Tokens))
                    {
                        Add($"{column.Name}={tokens.Vocabulary[token]}", e => tokens.Tokens[e] == token ? 1 : 0);
                    }
                    break;
                case TokenBagColumn bags:
                    foreach (var token in MostFrequent(bags.Tokens))
                    {
                        Add($"{column.Name}={bags.Vocabulary[token]}", e => bags.Bag(e).Contains(token) ? 1 : 0);
                    }
                    break;
            }
        }
    }

    /// <summary>Their names.</summary>
    public List<string> Names { get; } = [];

    /// <summary>Their values for an entity.</summary>
    public IEnumerable<double> Of(int entity) => values.Select(value => value(entity));

    private void Add(string name, Func<int, double> value)
    {
        Names.Add(name);
        values.Add(value);
    }

    private static IEnumerable<int> MostFrequent(IEnumerable<int> tokens) =>
        tokens
            .CountBy(token => token)
            .OrderByDescending(t => t.Value)
            .ThenBy(t => t.Key)
            .Take(MostTokens)
            .Select(t => t.Key);
}
