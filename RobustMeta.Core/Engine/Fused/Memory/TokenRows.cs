using System.Numerics;

namespace RobustMeta.Engine.Fused.Memory;

/// <summary>
/// Some rows of an embedding table's gradient, those that a part of a batch has: which tokens, and where the row of each stands.
/// </summary>
/// <param name="vocabulary">Number of rows of the table.</param>
internal sealed unsafe class TokenRows<T>(int vocabulary)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    // Of each token the place of its row plus the part's first number, which no number of an earlier part reaches.
    private readonly int[] numbers = new int[vocabulary];
    private int[] tokens = new int[16];
    private int first = 1;

    /// <summary>Number of tokens.</summary>
    public int Count { get; private set; }

    /// <summary>The tokens, in order of first appearance.</summary>
    public ReadOnlySpan<int> Tokens => tokens.AsSpan(0, Count);

    /// <summary>Where the first row stands.</summary>
    public T* Rows { get; private set; }

    /// <summary>From one row to the next.</summary>
    public int Stride { get; private set; }

    /// <summary>Says where the rows stand.</summary>
    public void Place(T* rows, int stride)
    {
        Rows = rows;
        Stride = stride;
    }

    /// <summary>Forgets the tokens.</summary>
    public void Begin()
    {
        first += vocabulary;
        if (first > int.MaxValue - 2 * vocabulary)
        {
            Array.Clear(numbers);
            first = 1;
        }
        Count = 0;
    }

    /// <summary>Notes a token whose row stands in the order of first appearance, and says whether it is new.</summary>
    public bool Add(int token) => Add(token, Count);

    /// <summary>Notes a token whose row stands at a place, and says whether it is new.</summary>
    public bool Add(int token, int place)
    {
        if (numbers[token] >= first)
        {
            return false;
        }
        if (Count == tokens.Length)
        {
            Array.Resize(ref tokens, 2 * Count);
        }
        tokens[Count++] = token;
        numbers[token] = first + place;
        return true;
    }

    /// <summary>The row of a token; null where the part does not have it.</summary>
    public T* Find(int token) => numbers[token] < first ? null : Rows + (long)(numbers[token] - first) * Stride;
}
