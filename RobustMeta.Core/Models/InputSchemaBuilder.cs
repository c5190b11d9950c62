using System.Collections.Immutable;
using RobustMeta.Data;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Models;

/// <summary>
/// Makes the inputs of a model from feature tables. A token that no meta-training task shows is mapped to 0
/// ("unknown", embedded as zeros until trained), so that nothing untrained and random reaches a prediction.
/// </summary>
public static class InputSchemaBuilder
{
    /// <summary>The schema of a data set.</summary>
    /// <param name="ratings">Ratings with feature tables.</param>
    /// <param name="train">Meta-training tasks: what they show is known.</param>
    /// <param name="spec">Features to take; <c>auto</c> must have been resolved.</param>
    /// <exception cref="SettingException">A feature does not exist, or items would have no input at all.</exception>
    public static InputSchema Build(Ratings ratings, ImmutableArray<UserTask> train, FeatureSpec spec)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        ArgumentNullException.ThrowIfNull(spec);
        var knownUsers = new bool[ratings.Users.Count];
        var knownItems = new bool[ratings.Items.Count];
        foreach (var task in train)
        {
            knownUsers[task.User] = true;
            foreach (var row in task.Support.Concat(task.Query))
            {
                knownItems[ratings.ItemIndex[row]] = true;
            }
        }
        var items = Fields("item", ratings.ItemFeatures, spec.ItemFeatures, knownItems, spec.ItemId);
        if (items.IsEmpty)
        {
            throw new SettingException(
                $"Items of '{ratings.Name}' would have no input: no item feature is chosen and itemId is false. "
                    + "Set itemId true, or name itemFeatures among: "
                    + Names(ratings.ItemFeatures)
            );
        }
        var users = Fields("user", ratings.UserFeatures, spec.UserFeatures, knownUsers, spec.UserId);
        return new(items, users, spec.EmbeddingDim)
        {
            UserIdentity = Identity(knownUsers),
            Exposure = spec.UserExposure == 0 ? null : new(ratings.Items.Count, spec.UserExposure),
        };
    }

    private static ImmutableArray<InputField> Fields(
        string side,
        FeatureTable table,
        IReadOnlyList<string> names,
        bool[] known,
        bool withId
    )
    {
        var fields = ImmutableArray.CreateBuilder<InputField>();
        if (withId)
        {
            fields.Add(Identity(known));
        }
        foreach (var name in names)
        {
            var column =
                table.Find(name)
                ?? throw new SettingException(
                    $"There is no {side} feature '{name}'{NearestName.End(name, table.Columns.Select(c => c.Name))} "
                        + $"Features of {side}s: {Names(table)}"
                );
            fields.Add(
                column switch
                {
                    TokenColumn c => Tokens(c.Name, c.Vocabulary.Count, Iota(c.Rows), c.Tokens, known),
                    TokenBagColumn c => Tokens(c.Name, c.Vocabulary.Count, c.Starts, c.Tokens, known),
                    FloatColumn c => Standardised(c, known),
                    _ => throw new ArgumentException($"Feature '{name}' is of an unknown kind."),
                }
            );
        }
        return fields.ToImmutable();
    }

    private static TokenField Identity(bool[] known)
    {
        var next = 0;
        ImmutableArray<int> tokens = [.. known.Select(isKnown => isKnown ? ++next : 0)];
        return new("id", next + 1, Iota(known.Length), tokens);
    }

    private static TokenField Tokens(
        string name,
        int vocabulary,
        ImmutableArray<int> starts,
        ImmutableArray<int> tokens,
        bool[] known
    )
    {
        var seen = new bool[vocabulary];
        for (var entity = 0; entity < known.Length; entity++)
        {
            if (known[entity])
            {
                foreach (var token in tokens.AsSpan()[starts[entity]..starts[entity + 1]])
                {
                    seen[token] = true;
                }
            }
        }
        return new(name, vocabulary, starts, [.. tokens.Select(token => seen[token] ? token : 0)]);
    }

    private static NumericField Standardised(FloatColumn column, bool[] known)
    {
        var scaling = Standardisation.Of([.. column.Values.Where((x, entity) => known[entity] && !float.IsNaN(x))]);
        return new(column.Name, [.. column.Values.Select(scaling.Apply)]) { Scaling = scaling };
    }

    private static ImmutableArray<int> Iota(int rows) => [.. Enumerable.Range(0, rows + 1)];

    private static string Names(FeatureTable table) =>
        table.Columns.IsEmpty ? "(none)" : string.Join(", ", table.Columns.Select(c => c.Name));
}
