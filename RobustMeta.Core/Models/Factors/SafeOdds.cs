using RobustMeta.Models.Layers;
using RobustMeta.Tasks;
using static TorchSharp.torch;

namespace RobustMeta.Models.Factors;

/// <summary>
/// The odds of <see cref="SafeMixture"/> by minimax regret over two exposures of held-out training users: their own, and that of
/// another user, as exposure without information. The regret is the mean query loss beyond that of the better of the two hypotheses
/// alone; among odds of equal regret the highest are taken.
/// </summary>
internal static class SafeOdds
{
    private const int BatchSize = 128;
    private const double Tolerance = 1e-9;

    // From hardly any trust in exposure to nearly full: the weight of a user without evidence is σ of it.
    private static readonly double[] Grid = [-4, -3, -2, -1, 0, 1, 2, 3, 4];

    /// <summary>The odds.</summary>
    /// <param name="model">The model.</param>
    /// <param name="parameters">Fitted without the users.</param>
    /// <param name="held">Held-out training users.</param>
    public static double Of(MetaPmf model, ParameterSet parameters, TaskBatch held)
    {
        using var all = NewDisposeScope();
        var theta = PriorChoice.Tensors(parameters);
        // Losses by exposure (0 own, 1 another user's) and by odds, of which the first and last are −∞ and ∞.
        double[] odds = [double.NegativeInfinity, .. Grid, double.PositiveInfinity];
        var losses = new double[2, odds.Length];
        foreach (var places in Enumerable.Range(0, held.Count).Chunk(BatchSize))
        {
            using var scope = NewDisposeScope();
            using var batch = TaskTensors.Of(held.Part(places));
            for (var exposure = 0; exposure < 2; exposure++)
            {
                var (informed, other, evidence) = model.Hypotheses(theta, batch, isShuffled: exposure == 1);
                Add(losses, exposure, odds, model.Label, batch, informed, other, evidence);
            }
        }
        double Regret(int exposure, int place) =>
            losses[exposure, place] - Math.Min(losses[exposure, 0], losses[exposure, odds.Length - 1]);
        var regrets = Enumerable
            .Range(1, Grid.Length)
            .Select(place => Math.Max(Regret(0, place), Regret(1, place)))
            .ToArray();
        var least = regrets.Min();
        return Grid[Array.FindLastIndex(regrets, regret => regret <= least + Tolerance)];
    }

    private static void Add(
        double[,] losses,
        int exposure,
        double[] odds,
        LabelKind label,
        TaskTensors batch,
        Tensor informed,
        Tensor other,
        Tensor evidence
    )
    {
        float[] first = [.. informed.data<float>()];
        float[] second = [.. other.data<float>()];
        float[] gains = [.. evidence.data<float>()];
        float[] mask = [.. batch.Query.Mask.data<float>()];
        float[] labels = [.. batch.Query.Labels.data<float>()];
        float[] start = [.. batch.Query.Offset.expand_as(informed).contiguous().data<float>()];
        var width = first.Length / gains.Length;
        for (var user = 0; user < gains.Length; user++)
        {
            var query = Enumerable.Range(user * width, width).Where(j => mask[j] > 0).ToArray();
            for (var place = 0; place < odds.Length; place++)
            {
                var weight = Logistic.Sigmoid(odds[place] + gains[user]);
                losses[exposure, place] += query.Average(j =>
                    PointLoss.Of(label, start[j] + weight * first[j] + (1 - weight) * second[j], labels[j])
                );
            }
        }
    }
}
