using System.Collections.Immutable;
using RobustMeta.Bias;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness.References;

/// <summary>The shrunk item and user bias model; each training user's own ratings are left out of the item statistics.</summary>
public sealed class BiasReference() : ReferenceKind(Keyword, "the bias model, without the user's own ratings")
{
    private const string Keyword = "bias";

    /// <inheritdoc/>
    public override bool Predicts => true;

    /// <inheritdoc/>
    public override Reference Fit(ReferenceInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Of(input.Source, input.Tasks);
    }

    /// <summary>The reference losses of all training tasks.</summary>
    /// <param name="source">Their ratings and labels.</param>
    /// <param name="tasks">Training tasks.</param>
    public static FixedReference Of(TaskSource source, ImmutableArray<UserTask> tasks)
    {
        ArgumentNullException.ThrowIfNull(source);
        var train = source.All(tasks);
        var model = new BiasModel(source, tasks);
        var scores = model.Scores(train).Query;
        return new(
            Keyword,
            train,
            [.. PointLoss.Of(source.Label, scores.AsSpan(), train.QueryLabels.AsSpan())],
            scores,
            new BiasPredictor(model)
        );
    }
}
