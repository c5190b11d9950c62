using System.Collections.Immutable;

namespace RobustMeta.Data;

/// <summary>One feature of all users or of all items: a row per entity, by dense index.</summary>
/// <param name="Name">Name of the feature, unique within its table, e.g. <c>genre</c>.</param>
public abstract record FeatureColumn(string Name)
{
    /// <summary>Number of rows (entities).</summary>
    public abstract int Rows { get; }

    /// <summary>
    /// The same feature of the entities in another order, with tokens in <see cref="IdentifierOrder"/>; this column where nothing
    /// moves.
    /// </summary>
    /// <param name="order">Which entity comes at each place.</param>
    internal abstract FeatureColumn InOrder(int[] order);

    // Index 0 stands for unknown and stays.
    private protected static (Vocabulary Vocabulary, int[] Places) Sorted(Vocabulary vocabulary)
    {
        var order = IdentifierOrder.Of(vocabulary, fixedTokens: 1);
        return IdentifierOrder.IsIdentity(order)
            ? (vocabulary, order)
            : (Vocabulary.Of(order.Select(token => vocabulary[token])), IdentifierOrder.Places(order));
    }
}

/// <summary>One token per entity, e.g. the occupation of a user. Token 0 is <see cref="Vocabulary.Unknown"/>.</summary>
/// <param name="Name">Name of the feature.</param>
/// <param name="Vocabulary">Tokens, index 0 reserved for unknown.</param>
/// <param name="Tokens">Token index per entity, <c>0 .. Vocabulary.Count-1</c>.</param>
public sealed record TokenColumn(string Name, Vocabulary Vocabulary, ImmutableArray<int> Tokens) : FeatureColumn(Name)
{
    /// <inheritdoc/>
    public override int Rows => Tokens.Length;

    internal override FeatureColumn InOrder(int[] order)
    {
        var (vocabulary, places) = Sorted(Vocabulary);
        return ReferenceEquals(vocabulary, Vocabulary) && IdentifierOrder.IsIdentity(order)
            ? this
            : new TokenColumn(Name, vocabulary, [.. order.Select(from => places[Tokens[from]])]);
    }
}

/// <summary>A bag of tokens per entity, e.g. the genres of a film, in compressed rows.</summary>
/// <param name="Name">Name of the feature.</param>
/// <param name="Vocabulary">Tokens, index 0 reserved for unknown.</param>
/// <param name="Starts">Row r holds <c>Tokens[Starts[r] .. Starts[r+1])</c>; length rows + 1.</param>
/// <param name="Tokens">Token indices of all rows, one after another.</param>
public sealed record TokenBagColumn(
    string Name,
    Vocabulary Vocabulary,
    ImmutableArray<int> Starts,
    ImmutableArray<int> Tokens
) : FeatureColumn(Name)
{
    /// <inheritdoc/>
    public override int Rows => Starts.Length - 1;

    internal override FeatureColumn InOrder(int[] order)
    {
        var (vocabulary, places) = Sorted(Vocabulary);
        if (ReferenceEquals(vocabulary, Vocabulary) && IdentifierOrder.IsIdentity(order))
        {
            return this;
        }
        var starts = ImmutableArray.CreateBuilder<int>(order.Length + 1);
        var tokens = ImmutableArray.CreateBuilder<int>(Tokens.Length);
        starts.Add(0);
        foreach (var from in order)
        {
            foreach (var token in Bag(from))
            {
                tokens.Add(places[token]);
            }
            starts.Add(tokens.Count);
        }
        return new TokenBagColumn(Name, vocabulary, starts.MoveToImmutable(), tokens.DrainToImmutable());
    }

    /// <summary>The tokens of one entity; may be empty.</summary>
    public ReadOnlySpan<int> Bag(int row) => Tokens.AsSpan()[Starts[row]..Starts[row + 1]];
}

/// <summary>One number per entity; NaN where it is missing.</summary>
/// <param name="Name">Name of the feature.</param>
/// <param name="Values">Value per entity.</param>
public sealed record FloatColumn(string Name, ImmutableArray<float> Values) : FeatureColumn(Name)
{
    /// <inheritdoc/>
    public override int Rows => Values.Length;

    internal override FeatureColumn InOrder(int[] order) =>
        IdentifierOrder.IsIdentity(order) ? this : new FloatColumn(Name, IdentifierOrder.Apply(Values, order));
}
