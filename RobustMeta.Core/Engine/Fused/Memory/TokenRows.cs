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
    private bool byToken;

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
    /// <param name="byToken">Whether a token's row stands at the token's place; otherwise rows stand in the order of first appearance.</param>
    public void Begin(bool byToken)
    {
        this.byToken = byToken;
        first += vocabulary;
        if (first > int.MaxValue - 2 * vocabulary)
        {
            Array.Clear(numbers);
            first = 1;
        }
        Count = 0;
    }

    /// <summary>Notes a token, and says whether it is new.</summary>
    public bool Add(int token)
    {
        if (numbers[token] >= first)
        {
            return false;
        }
        if (Count == tokens.Length)
        {
            Array.Resize(ref tokens, 2 * Count);
        }
        numbers[token] = first + (byToken ? token : Count);
        tokens[Count++] = token;
        return true;
    }

    /// <summary>The row of the i-th of <see cref="Tokens"/>.</summary>
    public T* Row(int i) => Rows + (long)(byToken ? tokens[i] : i) * Stride;

    /// <summary>The row of a token; null where the part does not have it.</summary>
    public T* Find(int token) => numbers[token] < first ? null : Rows + (long)(numbers[token] - first) * Stride;
}
