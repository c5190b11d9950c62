using System.Collections.Immutable;
using RobustMeta.Data;
using RobustMeta.Models;

namespace RobustMeta.Experiments;

/// <summary>One user feature as a model sees it: how the value of a user who comes later becomes an input.</summary>
/// <param name="Name">Name of the feature; <c>id</c> is the user's identity, which no new user has.</param>
public abstract record ServedFeature(string Name)
{
    /// <summary>The feature of a column that a field was made of.</summary>
    /// <param name="field">The field of the model.</param>
    /// <param name="table">The features that it was made from.</param>
    internal static ServedFeature Of(InputField field, FeatureTable table) =>
        (field, table.Find(field.Name)) switch
        {
            (NumericField numbers, _) => new ServedNumber(field.Name, numbers.Scaling),
            (TokenField tokens, TokenColumn column) => new ServedTokens(
                field.Name,
                Known(tokens, column.Vocabulary, column.Tokens),
                false
            ),
            (TokenField tokens, TokenBagColumn column) => new ServedTokens(
                field.Name,
                Known(tokens, column.Vocabulary, column.Tokens),
                true
            ),
            (TokenField tokens, _) => new ServedTokens(field.Name, [.. new string[tokens.VocabularySize]], false),
            _ => throw new ArgumentException($"Feature '{field.Name}' is of an unknown kind."),
        };

    // The texts that occur in meta-training; all others are unknown to the model.
    private static ImmutableArray<string?> Known(TokenField field, Vocabulary vocabulary, ImmutableArray<int> ofColumn)
    {
        var known = new string?[field.VocabularySize];
        for (var i = 0; i < ofColumn.Length; i++)
        {
            if (field.Tokens[i] is var token && token != 0)
            {
                known[token] = vocabulary[ofColumn[i]];
            }
        }
        return [.. known];
    }
}

/// <summary>A feature of one token or several.</summary>
/// <param name="Name">Name of the feature.</param>
/// <param name="Texts">Text of each token; null where the model does not know it, as it never knows token 0.</param>
/// <param name="IsBag">Whether a user may have several; they are separated by <c>|</c>.</param>
public sealed record ServedTokens(string Name, ImmutableArray<string?> Texts, bool IsBag) : ServedFeature(Name)
{
    private readonly Dictionary<string, int> indices = Texts
        .Index()
        .Where(entry => entry.Item is not null)
        .ToDictionary(entry => entry.Item!, entry => entry.Index);

    /// <summary>The tokens of a value; unknown ones are token 0.</summary>
    /// <param name="value">The text, or null where it is missing: a bag of none, else token 0.</param>
    /// <param name="unknown">Receives the texts that the model does not know.</param>
    public int[] Encode(string? value, ICollection<string> unknown)
    {
        if (string.IsNullOrEmpty(value))
        {
            return IsBag ? [] : [0];
        }
        return IsBag ? [.. value.Split('|').Select(Find)] : [Find(value)];

        int Find(string text)
        {
            if (indices.TryGetValue(text, out var token))
            {
                return token;
            }
            unknown.Add($"{Name} '{text}'");
            return 0;
        }
    }
}

/// <summary>A feature that is a number.</summary>
/// <param name="Name">Name of the feature.</param>
/// <param name="Scaling">How it becomes an input.</param>
public sealed record ServedNumber(string Name, Standardisation Scaling) : ServedFeature(Name);
