using System.Collections.Immutable;
using System.Globalization;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness.References;

/// <summary>
/// Compares references with the plainly trained model on users on whom neither was trained: excess over a reference that is
/// worse than the model misleads the adversary.
/// </summary>
/// <param name="source">Makes batches.</param>
/// <param name="validation">Validation tasks.</param>
public sealed class ReferenceCheck(TaskSource source, ImmutableArray<UserTask> validation)
{
    private const int BatchSize = 256;
    private readonly TaskSource source = source ?? throw new ArgumentNullException(nameof(source));

    /// <summary>
    /// The reference with the least mean loss on the validation users, or none where the plain model's is not larger; and
    /// all losses, the plain model's first.
    /// </summary>
    /// <param name="candidates">References that predict, at least one.</param>
    /// <param name="plain">The plainly trained model.</param>
    /// <exception cref="ArgumentException">A candidate does not predict.</exception>
    public (Reference Chosen, IReadOnlyList<ReferenceLoss> Losses) Choose(
        IReadOnlyList<Reference> candidates,
        IPredictor plain
    )
    {
        var own = MeanLoss(plain);
        var losses = candidates
            .Select(candidate =>
                MeanLoss(
                    candidate.Predictor
                        ?? throw new ArgumentException($"The reference '{candidate.Name}' predicts nothing.")
                )
            )
            .ToArray();
        var best = Array.IndexOf(losses, losses.Min());
        var isBetter = losses[best] < own;
        return (
            isBetter ? candidates[best] : new NoReference(),
            [
                new(ReferenceLoss.PlainName, own, !isBetter),
                .. candidates.Select((c, i) => new ReferenceLoss(c.Name, losses[i], isBetter && i == best)),
            ]
        );
    }

    /// <summary>
    /// The comparison of a reference that is named with the plainly trained model: it is kept even where it is worse.
    /// </summary>
    /// <param name="reference">A reference that predicts.</param>
    /// <param name="plain">The plainly trained model.</param>
    /// <returns>The losses, the plain model's first.</returns>
    public IReadOnlyList<ReferenceLoss> Compare(Reference reference, IPredictor plain) =>
        [.. Choose([reference], plain).Losses.Select((loss, i) => loss with { IsChosen = i == 1 })];

    /// <summary>
    /// The result of the comparison in one sentence: which reference the adversary's losses are measured against, or that there
    /// is none, and by how much it is better on the validation users.
    /// </summary>
    /// <param name="losses">The plain model's, then those of the references.</param>
    public static string Choice(IReadOnlyList<ReferenceLoss> losses)
    {
        ArgumentNullException.ThrowIfNull(losses);
        var own = losses[0].Loss;
        var kept = losses.Skip(1).FirstOrDefault(loss => loss.IsChosen);
        var best = kept ?? losses.Skip(1).MinBy(loss => loss.Loss)!;
        var subject = kept is null
            ? $"no reference, and no adversary: the best, '{best.Name}',"
            : $"reference '{best.Name}'";
        var side = best.Loss < own ? "less" : "more";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{subject} has a mean loss of {best.Loss:F4} on the validation users, {Math.Abs(own - best.Loss):F4} {side} than the "
                + $"plainly trained model"
        );
    }

    /// <summary>A warning where the plain model has no larger loss than the one reference it is compared with.</summary>
    /// <param name="losses">The plain model's and the reference's.</param>
    public static string? Warning(IReadOnlyList<ReferenceLoss> losses)
    {
        ArgumentNullException.ThrowIfNull(losses);
        return losses[1].Loss < losses[0].Loss
            ? null
            : $"{Choice(losses)}: excess over a reference that is not better misleads the adversary. Take another (reference auto "
                + "chooses by validation), or none.";
    }

    private double MeanLoss(IPredictor predictor)
    {
        double total = 0;
        foreach (var batch in source.Batches(validation, BatchSize))
        {
            var losses = PointLoss.Of(source.Label, predictor.Predict(batch), batch.QueryLabels.AsSpan());
            for (var b = 0; b < batch.Count; b++)
            {
                total += Means.Of(losses.AsSpan(batch.QueryRange(b)));
            }
        }
        return total / validation.Length;
    }
}
