using System.Collections.Immutable;

namespace RobustMeta.Data;

/// <summary>
/// A two-way map between tokens (the identifiers as a file writes them) and the dense indices <c>0 .. Count-1</c>,
/// in the order of first appearance. Immutable.
/// </summary>
public sealed class Vocabulary
{
    /// <summary>The token that index 0 of a feature vocabulary stands for: padding, missing and unseen values.</summary>
    public const string Unknown = "<unknown>";

    private readonly Dictionary<string, int> indices;

    private Vocabulary(ImmutableArray<string> tokens, Dictionary<string, int> indices)
    {
        Tokens = tokens;
        this.indices = indices;
    }

    /// <summary>All tokens, by index.</summary>
    public ImmutableArray<string> Tokens { get; }

    /// <summary>Number of tokens.</summary>
    public int Count => Tokens.Length;

    /// <summary>The token at a dense index.</summary>
    /// <exception cref="IndexOutOfRangeException">The index is not in <c>0 .. Count-1</c>.</exception>
    public string this[int index] => Tokens[index];

    /// <summary>The index of a token, or null when the vocabulary lacks it.</summary>
    public int? Find(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return indices.TryGetValue(token, out var index) ? index : null;
    }

    /// <summary>A vocabulary of distinct tokens in the given order.</summary>
    /// <exception cref="ArgumentException">A token occurs twice.</exception>
    public static Vocabulary Of(IEnumerable<string> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var builder = new Builder();
        foreach (var token in tokens)
        {
            if (builder.Add(token) != builder.Count - 1)
            {
                throw new ArgumentException($"The token '{token}' occurs twice.", nameof(tokens));
            }
        }
        return builder.Build();
    }

    /// <summary>Collects tokens in order of first appearance. Looks spans up without allocating.</summary>
    public sealed class Builder
    {
        private readonly List<string> tokens = [];
        private readonly Dictionary<string, int> indices = new(StringComparer.Ordinal);
        private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup;

        /// <summary>An empty builder; <paramref name="withUnknown"/> reserves index 0 for <see cref="Unknown"/>.</summary>
        public Builder(bool withUnknown = false)
        {
            lookup = indices.GetAlternateLookup<ReadOnlySpan<char>>();
            if (withUnknown)
            {
                Add(Unknown);
            }
        }

        /// <summary>Number of tokens so far.</summary>
        public int Count => tokens.Count;

        /// <summary>The index of a token, which is added when new.</summary>
        public int Add(ReadOnlySpan<char> token)
        {
            if (lookup.TryGetValue(token, out var index))
            {
                return index;
            }
            var text = token.ToString();
            indices.Add(text, tokens.Count);
            tokens.Add(text);
            return tokens.Count - 1;
        }

        /// <summary>The finished vocabulary. The builder must not be used afterwards.</summary>
        public Vocabulary Build() => new([.. tokens], indices);
    }
}
