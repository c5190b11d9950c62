using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness.References;

/// <summary>Compares a reference with the trained model on users that neither has met.</summary>
/// <param name="source">Makes batches.</param>
/// <param name="validation">Validation tasks.</param>
public sealed class ReferenceCheck(TaskSource source, ImmutableArray<UserTask> validation)
{
    private const int BatchSize = 256;

    /// <summary>A warning when the reference has the larger mean loss, otherwise null.</summary>
    public string? Warning(IPredictor reference, IPredictor model)
    {
        var (theirs, own) = (MeanLoss(reference), MeanLoss(model));
        return theirs <= own
            ? null
            : FormattableString.Invariant(
                $"The reference '{reference.Name}' has a mean loss of {theirs:F4} on the validation users, the model {own:F4}"
            ) + ": excess over a reference that is worse than the model misleads the adversary. Take another, or none.";
    }

    private double MeanLoss(IPredictor predictor)
    {
        double total = 0;
        foreach (var batch in source.Batches(validation, BatchSize))
        {
            var losses = PointLoss.Of(source.Label, predictor.Predict(batch), batch.QueryLabels.AsSpan());
            for (var b = 0; b < batch.Count; b++)
            {
                total += Means.Of(losses.AsSpan(batch.QueryOffsets[b]..batch.QueryOffsets[b + 1]));
            }
        }
        return total / validation.Length;
    }
}
