using System.Collections.Immutable;
using RobustMeta.Runtime;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness.References;

/// <summary>
/// Any model as reference: the training users are dealt into folds, and each fold is scored by a predictor that was
/// trained on the others (cross-fitting, Chernozhukov et al., 2018).
/// </summary>
public sealed class CrossFittedReference()
    : ReferenceKind(Keyword, "a model of its own, cross-fitted over folds of the training users")
{
    private const string Keyword = "crossfit";

    private const int BatchSize = 256;

    /// <inheritdoc/>
    public override bool Predicts => true;

    /// <inheritdoc/>
    public override Reference Fit(ReferenceInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Of(input.Source, input.Tasks, input.Spec.ReferenceFolds, input.RequireModel(), input.Seed);
    }

    /// <summary>The reference losses of all training tasks.</summary>
    /// <param name="source">Makes batches.</param>
    /// <param name="tasks">Training tasks.</param>
    /// <param name="folds">Number of folds, at least 2.</param>
    /// <param name="fit">Trains a predictor on some tasks; called once a fold.</param>
    /// <param name="seed">Deals the users.</param>
    /// <exception cref="SettingException">Fewer than two folds or more folds than tasks.</exception>
    public static FixedReference Of(
        TaskSource source,
        ImmutableArray<UserTask> tasks,
        int folds,
        Func<ImmutableArray<UserTask>, IPredictor> fit,
        long seed
    )
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(fit);
        if (folds < 2 || folds > tasks.Length)
        {
            throw new SettingException(
                $"{folds} folds of {tasks.Length} training users: referenceFolds needs at least 2, and a user each."
            );
        }
        var order = Seeds.Generator(seed, "reference folds").Permutation(tasks.Length);
        var fold = new int[tasks.Length];
        for (var i = 0; i < order.Length; i++)
        {
            fold[order[i]] = i % folds;
        }
        var train = source.All(tasks);
        var scores = new float[train.QueryItems.Length];
        var predictors = ImmutableArray.CreateBuilder<IPredictor>(folds);
        for (var f = 0; f < folds; f++)
        {
            var predictor = fit([.. tasks.Where((_, user) => fold[user] != f)]);
            predictors.Add(predictor);
            foreach (var users in Enumerable.Range(0, tasks.Length).Where(user => fold[user] == f).Chunk(BatchSize))
            {
                var batch = source.Batch(tasks, users);
                var predicted = predictor.Predict(batch);
                for (var b = 0; b < batch.Count; b++)
                {
                    predicted.AsSpan(batch.QueryRange(b)).CopyTo(scores.AsSpan(train.QueryStarts[users[b]]));
                }
            }
        }
        return new(
            Keyword,
            train,
            [.. PointLoss.Of(source.Label, scores, train.QueryLabels.AsSpan())],
            [.. scores],
            new MeanPredictor(Keyword, predictors.MoveToImmutable())
        );
    }
}
