namespace RobustMeta.Evaluation;

/// <summary>
/// Probability that a positive scores above a negative, ties counting half (whatever the tie rule). Undefined
/// without one of either.
/// </summary>
public sealed class Auc() : Metric("AUC", higherIsBetter: true)
{
    /// <inheritdoc/>
    protected override double? Value(RankedQuery query)
    {
        var negatives = query.Count - query.Positives;
        if (query.Positives == 0 || negatives == 0)
        {
            return null;
        }
        // Down the ranking, a group of equal scores at a time.
        double wins = 0;
        var positivesAbove = 0;
        for (var start = 0; start < query.Count; )
        {
            var positives = 0;
            var end = start;
            for (; end < query.Count && query.Scores[end] == query.Scores[start]; end++)
            {
                positives += query.Relevant[end] ? 1 : 0;
            }
            wins += (end - start - positives) * (positivesAbove + 0.5 * positives);
            positivesAbove += positives;
            start = end;
        }
        return wins / ((double)query.Positives * negatives);
    }
}
