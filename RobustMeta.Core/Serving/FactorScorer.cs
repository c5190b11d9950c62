using RobustMeta.Models;

namespace RobustMeta.Serving;

/// <summary>A user's posterior mean under a MetaPMF as the one layer of a scorer.</summary>
internal static class FactorScorer
{
    /// <summary>The scorer of a user.</summary>
    public static AdaptedScorer Of(MetaPmfSpec spec, ScoredTask task, ParameterSet parameters)
    {
        using var model = new FactorModel(spec, task.Data, parameters);
        var user = (FactorUser)model.Adapt(task.User, task.Rated, task.Labels);
        var all = Enumerable.Range(0, task.Data.Items.Count).ToArray();
        return new(
            [.. all.SelectMany(item => model.Items.Vector(item).ToArray()).Select(x => (float)x)],
            [.. all.Select(item => (float)(task.ItemOffset[item] + model.Center + model.Items.Mean(item)))],
            [new([.. user.Vector.Select(x => (float)x)], [0], false)],
            Activation.Relu
        );
    }
}
