using System.Collections.Immutable;

namespace RobustMeta.Models;

/// <summary>One input of a model: a field of all users or all items, ready to be embedded.</summary>
/// <param name="Name">Name of the field; its embedding table is the parameter <c>item.NAME</c> or <c>user.NAME</c>.</param>
public abstract record InputField(string Name);

/// <summary>
/// A field of tokens: each entity has a bag of token ids (a bag of one for a single token). It is embedded as the mean
/// of the rows of its table <c>[VocabularySize, embeddingDim]</c>; an empty bag gives zeros.
/// </summary>
/// <param name="Name">Name of the field.</param>
/// <param name="VocabularySize">Number of rows of the table; row 0 stands for unknown values.</param>
/// <param name="Starts">Entity e has <c>Tokens[Starts[e] .. Starts[e+1])</c>; length entities + 1.</param>
/// <param name="Tokens">Token ids, <c>0 .. VocabularySize-1</c>.</param>
public sealed record TokenField(string Name, int VocabularySize, ImmutableArray<int> Starts, ImmutableArray<int> Tokens)
    : InputField(Name)
{
    /// <summary>Whether every entity has exactly one token.</summary>
    public bool IsSingle { get; } = Tokens.Length == Starts.Length - 1 && IsIota(Starts);

    /// <summary>The tokens of one entity.</summary>
    public ReadOnlySpan<int> Bag(int entity) => Tokens.AsSpan()[Starts[entity]..Starts[entity + 1]];

    private static bool IsIota(ImmutableArray<int> starts)
    {
        for (var i = 0; i < starts.Length; i++)
        {
            if (starts[i] != i)
            {
                return false;
            }
        }
        return true;
    }
}

/// <summary>A field of numbers, passed to the network as they are (one input each).</summary>
/// <param name="Name">Name of the field.</param>
/// <param name="Values">Standardised value per entity; missing values are 0.</param>
public sealed record NumericField(string Name, ImmutableArray<float> Values) : InputField(Name)
{
    /// <summary>How a raw number becomes a value, for entities that come later.</summary>
    public Standardisation Scaling { get; init; } = new(0, 1);
}
