using System.Collections.Immutable;
using RobustMeta.Bias;
using RobustMeta.Tasks;

namespace RobustMeta.Models.Baselines;

/// <summary>Turns tasks into the rows that collaborative baselines learn from, and their output into scores.</summary>
/// <param name="kind">What they learn from: residuals or positives (see <see cref="KindFor"/>).</param>
/// <param name="source">Labels, and the threshold of relevance.</param>
/// <param name="bias">The bias model of the meta-training users.</param>
public sealed class Signal(SignalKind kind, TaskSource source, BiasModel bias)
{
    // A logit moves by 1 / (p (1 − p)) times a small change of p: by 4 at one half.
    private const double LogitPerProbability = 4;

    private readonly TaskSource source = source ?? throw new ArgumentNullException(nameof(source));
    private readonly BiasModel bias = bias ?? throw new ArgumentNullException(nameof(bias));

    /// <summary>What methods learn from in some data, with <see cref="SignalKind.Auto"/> resolved.</summary>
    public static SignalKind KindFor(TaskSource source, SignalKind kind)
    {
        ArgumentNullException.ThrowIfNull(source);
        return kind != SignalKind.Auto ? kind
            : source.HasRatings ? SignalKind.Residuals
            : SignalKind.Positives;
    }

    /// <summary>Whether methods learn residuals of the bias model, so that their scores are ratings or logits.</summary>
    public bool IsResidual => kind == SignalKind.Residuals;

    /// <summary>Rows of the meta-training users: their supports and queries.</summary>
    public IReadOnlyList<Profile> Train(ImmutableArray<UserTask> train)
    {
        var batch = source.All(train);
        var (support, query) = bias.Scores(batch);
        return
        [
            .. Enumerable
                .Range(0, batch.Count)
                .Select(b =>
                    Of([
                        .. Side(batch.SupportStarts, batch.SupportItems, batch.SupportLabels, support, b),
                        .. Side(batch.QueryStarts, batch.QueryItems, batch.QueryLabels, query, b),
                    ])
                ),
        ];
    }

    /// <summary>Rows of the supports of a batch.</summary>
    public IReadOnlyList<Profile> Supports(TaskBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var scores = bias.Scores(batch).Support;
        return
        [
            .. Enumerable
                .Range(0, batch.Count)
                .Select(b => Of([.. Side(batch.SupportStarts, batch.SupportItems, batch.SupportLabels, scores, b)])),
        ];
    }

    /// <summary>Scores that a method's output is added to, for each query interaction.</summary>
    public ImmutableArray<float> Offset(TaskBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return kind == SignalKind.Residuals ? bias.Scores(batch).Query : [.. new float[batch.QueryItems.Length]];
    }

    /// <summary>An output of a method, in the units of scores.</summary>
    public double ToScore(double output) =>
        kind == SignalKind.Residuals && source.Label == LabelKind.Click ? LogitPerProbability * output : output;

    private static IEnumerable<(int Item, float Label, float Offset)> Side(
        ImmutableArray<int> starts,
        ImmutableArray<int> items,
        ImmutableArray<float> labels,
        ImmutableArray<float> scores,
        int b
    )
    {
        for (var i = starts[b]; i < starts[b + 1]; i++)
        {
            yield return (items[i], labels[i], scores[i]);
        }
    }

    private Profile Of(IReadOnlyList<(int Item, float Label, float Offset)> known)
    {
        if (kind == SignalKind.Residuals)
        {
            return new([.. known.Select(x => x.Item)], [.. known.Select(x => Residual(x.Label, x.Offset))]);
        }
        var relevant = known.Where(x => source.Relevance.Holds(x.Label)).ToList();
        return new([.. relevant.Select(x => x.Item)], [.. relevant.Select(_ => 1.0)]);
    }

    private double Residual(double label, double score) => label - PointLoss.Prediction(source.Label, score);
}
