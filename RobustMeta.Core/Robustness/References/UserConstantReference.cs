using System.Collections.Immutable;
using RobustMeta.Bias;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness.References;

/// <summary>
/// One constant per user: the least mean loss that the item biases reach on the user's query when the user's effect is
/// fitted to that query itself, an estimate of the user's irreducible loss. It moves no weight between a user's
/// interactions, only between users (minimax excess risk, Agarwal and Zhang, 2022).
/// </summary>
public sealed class UserConstantReference()
    : ReferenceKind(Keyword, "the least loss that item biases reach on each user's query, one constant a user")
{
    private const string Keyword = "userConstant";

    private const int NewtonSteps = 50;

    /// <inheritdoc/>
    public override bool Predicts => false;

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
        var bias = new BiasModel(source, tasks).Scores(train).Query;
        var losses = ImmutableArray.CreateBuilder<double>(train.QueryItems.Length);
        for (var user = 0; user < train.Count; user++)
        {
            var own = train.QueryRange(user);
            var constant = LeastLoss(source.Label, bias.AsSpan()[own], train.QueryLabels.AsSpan()[own]);
            losses.AddRange(Enumerable.Repeat(constant, train.QueryLength(user)));
        }
        return new(Keyword, train, losses.MoveToImmutable(), [], null);
    }

    // The effect that fits the query best: convex in one variable. A weak prior keeps it finite when all labels are alike.
    private static double LeastLoss(LabelKind label, ReadOnlySpan<float> scores, ReadOnlySpan<float> labels)
    {
        const double Prior = 0.01;
        double effect = 0;
        for (var step = 0; step < NewtonSteps; step++)
        {
            var slope = Prior * effect;
            var curvature = Prior;
            for (var j = 0; j < scores.Length; j++)
            {
                var score = scores[j] + effect;
                var p = PointLoss.Prediction(label, score);
                slope += p - labels[j];
                curvature += label == LabelKind.Click ? p * (1 - p) : 1;
            }
            effect -= Math.Clamp(slope / curvature, -1, 1);
        }
        double loss = 0;
        for (var j = 0; j < scores.Length; j++)
        {
            loss += PointLoss.Of(label, scores[j] + effect, labels[j]);
        }
        return loss / scores.Length;
    }
}
