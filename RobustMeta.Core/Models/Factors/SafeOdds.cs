using RobustMeta.Models.Layers;
using RobustMeta.Tasks;
using static TorchSharp.torch;

namespace RobustMeta.Models.Factors;

/// <summary>
/// The odds of <see cref="SafeMixture"/> by minimax regret over two exposures of held-out training users: their own, and that of
/// another user, as exposure without information. The regret is the mean query loss beyond that of the better of the two hypotheses
/// alone; among odds of equal regret the highest are taken. Odds are at least even, or exposure is not looked at: a little of a second
/// model for every user costs more in training, which then ends when the mixture is best, than it can give. Nor is it where the mixture is not better
/// than the plain hypothesis for the users' own exposure, beyond chance.
/// </summary>
internal static class SafeOdds
{
    private const int BatchSize = 128;
    private const double Tolerance = 1e-9;

    // The plain hypothesis alone, mixtures from even to nearly full trust, and the informed one alone: the weight of a user without
    // evidence is σ of it.
    private static readonly double[] Odds = [double.NegativeInfinity, 0, 1, 2, 3, 4, double.PositiveInfinity];

    /// <summary>The odds; <see cref="SafeMixture.Never"/> where exposure gains nothing.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folds">Parameters, and held-out training users that they were not fitted to.</param>
    public static double Of(SafePmf model, IEnumerable<(ParameterSet Parameters, TaskBatch Held)> folds)
    {
        // Query losses of each user by exposure (0 own, 1 another user's) and by odds.
        var losses = Enumerable.Range(0, 2).Select(_ => Odds.Select(_ => new List<double>()).ToArray()).ToArray();
        foreach (var (parameters, held) in folds)
        {
            Score(model, parameters, held, losses);
        }
        if (losses[0][0].Count == 0)
        {
            return SafeMixture.Never;
        }
        var means = losses.Select(all => all.Select(own => own.Average()).ToArray()).ToArray();
        var regrets = Enumerable
            .Range(0, Odds.Length - 1)
            .Select(place => means.Max(own => own[place] - Math.Min(own[0], own[^1])))
            .ToArray();
        var least = regrets.Min();
        var best = Array.FindLastIndex(regrets, regret => regret <= least + Tolerance);
        var gains = losses[0][0].Zip(losses[0][best], (plain, own) => plain - own).ToArray();
        return best > 0 && HeldOut.HaveGained(gains) ? Odds[best] : SafeMixture.Never;
    }

    private static void Score(SafePmf model, ParameterSet parameters, TaskBatch held, List<double>[][] losses)
    {
        using var all = NewDisposeScope();
        var theta = PriorChoice.Tensors(parameters);
        foreach (var places in Enumerable.Range(0, held.Count).Chunk(BatchSize))
        {
            using var scope = NewDisposeScope();
            using var batch = TaskTensors.Of(held.Part(places));
            for (var exposure = 0; exposure < 2; exposure++)
            {
                var (informed, plain, evidence) = model.Hypotheses(theta, batch, isShuffled: exposure == 1);
                Add(losses[exposure], model.Label, batch, informed, plain, evidence);
            }
        }
    }

    private static void Add(
        List<double>[] losses,
        LabelKind label,
        TaskTensors batch,
        Tensor informed,
        Tensor plain,
        Tensor evidence
    )
    {
        float[] first = [.. informed.data<float>()];
        float[] second = [.. plain.data<float>()];
        float[] gains = [.. evidence.data<float>()];
        float[] mask = [.. batch.Query.Mask.data<float>()];
        float[] labels = [.. batch.Query.Labels.data<float>()];
        float[] start = [.. batch.Query.Offset.expand_as(informed).contiguous().data<float>()];
        var width = first.Length / gains.Length;
        for (var user = 0; user < gains.Length; user++)
        {
            var query = Enumerable.Range(user * width, width).Where(j => mask[j] > 0).ToArray();
            for (var place = 0; place < Odds.Length; place++)
            {
                var weight = Logistic.Sigmoid(Odds[place] + gains[user]);
                losses[place]
                    .Add(
                        query.Average(j =>
                            PointLoss.Of(label, start[j] + weight * first[j] + (1 - weight) * second[j], labels[j])
                        )
                    );
            }
        }
    }
}
