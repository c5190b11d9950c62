using System.Collections.Immutable;
using RobustMeta.Robustness.References;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness;

/// <summary>
/// An ensemble over radii: predictors trained for several radii, of which each user gets the one that fits best at test time.
/// Every member adapts to one half of the support set and predicts the other, and the halves change roles (the population
/// of Ajay et al., NeurIPS 2022, with cross-validation on the support instead of a bandit). Ties go to the first member.
/// </summary>
public sealed class PopulationPredictor : IPredictor
{
    private readonly LabelKind label;
    private readonly ImmutableArray<IPredictor> members;
    private readonly double caution;

    /// <summary>A population.</summary>
    /// <param name="name">Name of the method.</param>
    /// <param name="label">What is predicted.</param>
    /// <param name="members">At least one; the first is the default.</param>
    /// <param name="caution">
    /// How much less a member's mean loss on the held-out halves must be than the first member's: few held-out interactions
    /// make choices noisy.
    /// </param>
    /// <exception cref="ArgumentException">There is no member.</exception>
    public PopulationPredictor(string name, LabelKind label, ImmutableArray<IPredictor> members, double caution)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (members.IsDefaultOrEmpty)
        {
            throw new ArgumentException("A population needs at least one predictor.", nameof(members));
        }
        Name = name;
        this.label = label;
        this.members = members;
        this.caution = caution;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool ScoresAreLabels => true;

    /// <inheritdoc/>
    public float[] Predict(TaskBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var chosen = Choose(batch);
        var scores = members[0].Predict(batch);
        foreach (var member in chosen.Distinct().Where(member => member > 0))
        {
            var own = members[member].Predict(batch);
            for (var b = 0; b < batch.Count; b++)
            {
                if (chosen[b] == member)
                {
                    var range = batch.QueryRange(b);
                    own.AsSpan(range).CopyTo(scores.AsSpan(range));
                }
            }
        }
        return scores;
    }

    /// <summary>The member that each task of a batch gets; looks at supports only.</summary>
    public ImmutableArray<int> Choose(TaskBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        // With one support interaction there is nothing to hold out.
        var halves = new[] { SupportHalves.Of(batch, 0), SupportHalves.Of(batch, 1) };
        var losses = members
            .Select(member =>
            {
                var total = new double[batch.Count];
                foreach (var half in halves)
                {
                    AddLosses(member, half, total);
                }
                return total;
            })
            .ToArray();
        var chosen = new int[batch.Count];
        for (var b = 0; b < batch.Count; b++)
        {
            var least = losses[0][b] - caution * batch.SupportLength(b);
            for (var m = 1; m < members.Length; m++)
            {
                if (losses[m][b] < least)
                {
                    (chosen[b], least) = (m, losses[m][b]);
                }
            }
        }
        return [.. chosen];
    }

    private void AddLosses(IPredictor member, (TaskBatch Batch, ImmutableArray<int> Tasks) half, double[] total)
    {
        if (half.Tasks.IsEmpty)
        {
            return;
        }
        var losses = PointLoss.Of(label, member.Predict(half.Batch), half.Batch.QueryLabels.AsSpan());
        for (var b = 0; b < half.Tasks.Length; b++)
        {
            for (var j = half.Batch.QueryStarts[b]; j < half.Batch.QueryStarts[b + 1]; j++)
            {
                total[half.Tasks[b]] += losses[j];
            }
        }
    }
}
