using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness.References;

/// <summary>A reference loss per training query interaction, computed once before training.</summary>
public sealed class FixedReference : Reference
{
    private readonly ImmutableArray<int> starts;
    private readonly ImmutableArray<double> losses;
    private readonly ImmutableArray<float> scores;

    /// <summary>A reference from its losses.</summary>
    /// <param name="name">Name as it stands in specs.</param>
    /// <param name="train">All training tasks as one batch.</param>
    /// <param name="losses">Loss of each query interaction of <paramref name="train"/>.</param>
    /// <param name="scores">Score of each, or empty.</param>
    /// <param name="predictor">The reference for unseen users, or null.</param>
    /// <exception cref="ArgumentException">Lengths do not fit, or a loss is not finite.</exception>
    public FixedReference(
        string name,
        TaskBatch train,
        ImmutableArray<double> losses,
        ImmutableArray<float> scores,
        IPredictor? predictor
    )
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(train);
        if (losses.Length != train.QueryItems.Length || (!scores.IsEmpty && scores.Length != losses.Length))
        {
            throw new ArgumentException(
                $"A reference of {losses.Length} losses for {train.QueryItems.Length} query interactions."
            );
        }
        if (losses.Any(loss => !double.IsFinite(loss)))
        {
            throw new ArgumentException($"The reference '{name}' has a loss that is not finite.");
        }
        Name = name;
        Predictor = predictor;
        starts = train.QueryStarts;
        this.losses = losses;
        this.scores = scores;
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override IPredictor? Predictor { get; }

    /// <summary>The same reference with the losses that its scores have on other labels.</summary>
    /// <param name="label">What is predicted.</param>
    /// <param name="train">The tasks that it was made of, with other query labels.</param>
    public FixedReference On(LabelKind label, TaskBatch train) =>
        new(Name, train, [.. PointLoss.Of(label, scores.AsSpan(), train.QueryLabels.AsSpan())], scores, Predictor);

    /// <summary>Loss of each training query interaction, user after user.</summary>
    public ImmutableArray<double> Losses => losses;

    /// <inheritdoc/>
    public override ReadOnlyMemory<float> Scores => scores.AsMemory();

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double[]> State { get; } = new Dictionary<string, double[]>();

    /// <inheritdoc/>
    public override void UserMeans(TaskBatch batch, Span<double> means)
    {
        for (var b = 0; b < batch.Count; b++)
        {
            means[b] = Means.Of(Of(batch.Positions[b]));
        }
    }

    /// <inheritdoc/>
    public override void Excess(TaskBatch batch, ReadOnlySpan<float> losses, Span<double> excess)
    {
        for (var b = 0; b < batch.Count; b++)
        {
            var own = Of(batch.Positions[b]);
            var start = batch.QueryStarts[b];
            for (var j = 0; j < own.Length; j++)
            {
                excess[start + j] = losses[start + j] - own[j];
            }
        }
    }

    private ReadOnlySpan<double> Of(int user) => losses.AsSpan(starts[user]..starts[user + 1]);
}
