using RobustMeta.Models.Layers;
using RobustMeta.Tasks;
using static TorchSharp.torch;

namespace RobustMeta.Models.Factors;

/// <summary>
/// Decides which priors are informed by exposure. What is to be decided (<see cref="PriorKind.Auto"/>) is tried on held-out training
/// users (<see cref="HeldOut"/>): the priors of the lowest query loss are taken where the plain ones are worse by more than 1.645
/// standard errors of the paired difference over users, else the plain ones.
/// </summary>
/// <param name="userPrior">What is asked for the users' prior.</param>
/// <param name="itemPrior">What is asked for the items' prior.</param>
internal sealed class PriorChoice(PriorKind userPrior, PriorKind itemPrior)
{
    private const int BatchSize = 128;

    /// <summary>Fits a model on some users with the given priors informed, and says how it scores others.</summary>
    /// <param name="train">The users.</param>
    /// <param name="informsUsers">Whether the users' prior is informed by exposure.</param>
    /// <param name="informsItems">Whether the items' prior is.</param>
    /// <returns>The model, and its fitted parameters.</returns>
    public delegate (MetaRecommender Model, ParameterSet Parameters) Trial(
        TaskBatch train,
        bool informsUsers,
        bool informsItems
    );

    /// <summary>Which priors are informed.</summary>
    /// <param name="train">All training users.</param>
    /// <param name="fit">Fits a trial.</param>
    public (bool Users, bool Items) Of(TaskBatch train, Trial fit)
    {
        var options = (
            from items in Options(itemPrior)
            from users in Options(userPrior)
            select (Users: users, Items: items)
        ).ToArray();
        // Too few users for a comparison: the plain priors are kept.
        if (options.Length == 1 || train.Count < 2)
        {
            return options[0];
        }
        var losses = options.Select(_ => new List<double>()).ToArray();
        foreach (var (part, held) in HeldOut.Divide(train))
        {
            for (var i = 0; i < options.Length; i++)
            {
                var (model, parameters) = fit(part, options[i].Users, options[i].Items);
                losses[i].AddRange(QueryLosses(model, parameters, held));
            }
        }
        var best = Enumerable.Range(0, options.Length).MinBy(i => losses[i].Average());
        var gains = losses[0].Zip(losses[best], (plain, own) => plain - own).ToArray();
        return HeldOut.HaveGained(gains) ? options[best] : options[0];
    }

    /// <summary>Values of parameters as tensors, in the scope that is open.</summary>
    public static Dictionary<string, Tensor> Tensors(ParameterSet parameters) =>
        parameters.All.ToDictionary(
            parameter => parameter.Name,
            parameter => Aligned.Of(parameter.Values, ScalarType.Float32, [.. parameter.Shape.Select(x => (long)x)])
        );

    private static bool[] Options(PriorKind kind) =>
        kind switch
        {
            PriorKind.Plain => [false],
            PriorKind.Exposure => [true],
            _ => [false, true],
        };

    // Mean loss of each user's query after folding in the support.
    private static double[] QueryLosses(MetaRecommender model, ParameterSet parameters, TaskBatch test)
    {
        using var all = NewDisposeScope();
        var theta = Tensors(parameters);
        var losses = new List<double>();
        foreach (var places in Enumerable.Range(0, test.Count).Chunk(BatchSize))
        {
            using var scope = NewDisposeScope();
            using var batch = TaskTensors.Of(test.Part(places));
            var scores = model.Predict(theta, batch, training: null).Scores.Plus(batch.Query.Offset);
            var masked = Losses.Of(model.Label, scores, batch.Query.Labels) * batch.Query.Mask;
            var means = masked.sum(1) / batch.Query.Mask.sum(1);
            losses.AddRange(means.data<float>().Select(x => (double)x));
        }
        return [.. losses];
    }
}
