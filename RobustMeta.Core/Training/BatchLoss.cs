using RobustMeta.Tasks;

namespace RobustMeta.Training;

/// <summary>Averages of the losses of one batch, in double precision.</summary>
internal static class BatchLoss
{
    // Mean over users of the mean over each user's query.
    public static double Mean(TaskBatch batch, ReadOnlySpan<float> losses)
    {
        double total = 0;
        for (var b = 0; b < batch.Count; b++)
        {
            double user = 0;
            foreach (var loss in losses[batch.QueryRange(b)])
            {
                user += loss;
            }
            total += user / batch.QueryLength(b);
        }
        return total / batch.Count;
    }

    public static double Weighted(ReadOnlySpan<float> losses, ReadOnlySpan<float> weights)
    {
        double total = 0;
        for (var i = 0; i < losses.Length; i++)
        {
            total += (double)losses[i] * weights[i];
        }
        return total;
    }
}
