namespace RobustMeta.Robustness;

/// <summary>Means of effective shares over the batches of an epoch.</summary>
internal sealed class EffectiveShares
{
    private double users;
    private double interactions;
    private int batches;
    private int rows;

    public void AddUsers(ReadOnlySpan<double> weights)
    {
        users += HierarchicalWeights.EffectiveShare(weights);
        batches++;
    }

    public void AddInteractions(ReadOnlySpan<double> weights)
    {
        interactions += HierarchicalWeights.EffectiveShare(weights);
        rows++;
    }

    public (double Users, double Interactions) TakeMeans()
    {
        var means = (batches == 0 ? 1 : users / batches, rows == 0 ? 1 : interactions / rows);
        (users, interactions, batches, rows) = (0, 0, 0, 0);
        return means;
    }
}
