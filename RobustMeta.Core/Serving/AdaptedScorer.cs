using System.Collections.Immutable;
using RobustMeta.Models;
using RobustMeta.Models.Factors;
using RobustMeta.Tasks;

namespace RobustMeta.Serving;

/// <summary>
/// A model that has adapted to one user, as plain numbers: the score of item i is <c>base_i</c> plus a small network of the item's
/// vector. What adaptation changed is in the weights; what the model says of the user is in the first layer's bias.
/// </summary>
/// <param name="Items">Vector of each item, <c>[items, width]</c>, row after row.</param>
/// <param name="Offset">What each item's score begins with, <c>[items]</c>.</param>
/// <param name="Layers">The layers, the last of which has one output.</param>
/// <param name="Activation">Nonlinearity of the layers that have one.</param>
internal sealed record AdaptedScorer(
    float[] Items,
    float[] Offset,
    ImmutableArray<ScorerLayer> Layers,
    Activation Activation
)
{
    /// <summary>Length of an item's vector.</summary>
    public int Width => Layers[0].Inputs;

    /// <summary>
    /// The scorer of a user under a model; null where the model has no such form: it is no adapting perceptron, ridge head or
    /// MetaPMF (two of them with a safe prior are no single network), or it is an ensemble of several.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="user">The user's inputs.</param>
    /// <param name="rated">Dense indices of the rated items.</param>
    /// <param name="labels">Their labels.</param>
    public static AdaptedScorer? Of(TrainedRun run, FieldInput[] user, int[] rated, float[] labels)
    {
        if (run.Parameters is not { } parameters)
        {
            return null;
        }
        var task = new ScoredTask(run.Data, run.Model.Offset, user, rated, labels);
        var schema = new UserSlot(run.Data).Schema;
        return run.Model is MetaPmfSpec { UserPrior: not PriorKind.Safe } factors
                ? FactorScorer.Of(factors, task, parameters)
            : run.FormOn<PerceptronForm>(schema) is { } perceptron
                ? new PerceptronScorer(perceptron, task, parameters).Adapt()
            : run.FormOn<RidgeForm>(schema) is { } ridge ? new RidgeScorer(ridge, task, parameters).Adapt()
            : null;
    }
}
