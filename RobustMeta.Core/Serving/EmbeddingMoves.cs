namespace RobustMeta.Serving;

/// <summary>What inner steps have added to rows of embedding tables, for one user, in double precision.</summary>
internal sealed class EmbeddingMoves
{
    private readonly Dictionary<(string Table, int Row), double[]> moves = [];

    /// <summary>Moves the rows of an entity's tokens, each by its fraction in the entity's mean.</summary>
    /// <param name="table">The parameter.</param>
    /// <param name="tokens">The entity's tokens.</param>
    /// <param name="move">How far the mean would move if it were a row of its own.</param>
    public void Add(string table, ReadOnlySpan<int> tokens, ReadOnlySpan<double> move)
    {
        foreach (var token in tokens)
        {
            if (!moves.TryGetValue((table, token), out var sum))
            {
                moves[(table, token)] = sum = new double[move.Length];
            }
            for (var k = 0; k < sum.Length; k++)
            {
                sum[k] += move[k] / tokens.Length;
            }
        }
    }

    /// <summary>Adds to an entity's mean what its tokens' rows have moved.</summary>
    public void AddTo(string table, ReadOnlySpan<int> tokens, Span<double> mean)
    {
        foreach (var token in tokens)
        {
            if (moves.TryGetValue((table, token), out var sum))
            {
                for (var k = 0; k < sum.Length; k++)
                {
                    mean[k] += sum[k] / tokens.Length;
                }
            }
        }
    }
}
