using System.Collections.Immutable;
using RobustMeta.Models.Baselines;
using RobustMeta.Models.Offsets;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness.References;

/// <summary>The shrunk item and user bias model; each training user's own ratings are left out of the item statistics.</summary>
public static class BiasReference
{
    /// <summary>Name as it stands in specs.</summary>
    public const string Name = "bias";

    /// <summary>The reference losses of all training tasks.</summary>
    /// <param name="source">Their ratings and labels.</param>
    /// <param name="tasks">Training tasks.</param>
    public static FixedReference Of(TaskSource source, ImmutableArray<UserTask> tasks)
    {
        var train = source.Batch(tasks, [.. Enumerable.Range(0, tasks.Length)]);
        var model = new BiasModel(source, tasks);
        var scores = model.Scores(train).Query;
        return new(
            Name,
            train,
            [.. PointLoss.Of(source.Label, scores.AsSpan(), train.QueryLabels.AsSpan())],
            scores,
            new BiasBaseline(model)
        );
    }
}
