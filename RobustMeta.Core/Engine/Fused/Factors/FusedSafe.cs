using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;
using RobustMeta.Models.Factors;
using RobustMeta.Runtime;
using RobustMeta.Tasks;

namespace RobustMeta.Engine.Fused.Factors;

/// <summary>
/// Two factorisations side by side, one informed by exposure and a plain one, in any precision. They share no parameter, so that each
/// has the gradients that it would have alone; scores are weighed for each user by the evidence from the halves of the support
/// (<see cref="SafeMixture"/>). Losses are the informed one's. See DERIVATION.md, factors.
/// </summary>
internal sealed class FusedSafe<T> : IFusedCore<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly LabelKind label;
    private readonly LossKernel<T> loss;
    private readonly ParameterArrays<T> arrays;
    private readonly WorkerPool pool;
    private readonly FusedFactors<T> informed;
    private readonly FusedFactors<T> plain;
    private T[] supportGradient = [];

    /// <summary>An engine core for a model.</summary>
    /// <param name="form">Form of the model.</param>
    /// <param name="phase">What is learned.</param>
    /// <param name="label">What the model predicts.</param>
    /// <param name="arrays">Its parameters.</param>
    /// <param name="threads">Number of workers.</param>
    /// <param name="arithmetic">Width of vectors.</param>
    public FusedSafe(
        SafeForm form,
        TrainingPhase phase,
        LabelKind label,
        ParameterArrays<T> arrays,
        int threads,
        Arithmetic<T> arithmetic
    )
    {
        (this.label, this.arrays, loss, pool) = (label, arrays, new(label), new(threads));
        var learned = phase.Learned.ToLookup(SafeForm.IsPlain);
        var first = phase with { Learned = [.. learned[false]] };
        var second = phase with { Learned = [.. learned[true].Select(SafeForm.WithinPlain)] };
        var own = new ParameterArrays<T>(
            name => arrays.Values(SafeForm.NameOfPlain(name)),
            name => arrays.Gradient(SafeForm.NameOfPlain(name))
        );
        informed = new(form.Informed, first, label, arrays, threads, arithmetic, pool);
        plain = new(form.Plain, second, label, own, threads, arithmetic, pool);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<T> SupportGradient => supportGradient;

    /// <inheritdoc/>
    public IEnumerable<(string Name, ReadOnlyMemory<int> Rows)> Touched =>
        informed.Touched.Concat(plain.Touched.Select(own => (SafeForm.NameOfPlain(own.Name), own.Rows)));

    /// <inheritdoc/>
    public IEnumerable<(string Name, T[] Values)> NewState => [];

    /// <inheritdoc/>
    public ReadOnlySpan<T> Forward(TaskBatch tasks, ReadOnlySpan<T> supportWeights)
    {
        plain.Forward(tasks, supportWeights);
        return informed.Forward(tasks, supportWeights);
    }

    /// <inheritdoc/>
    public void Backward(ReadOnlySpan<T> queryWeights, ReadOnlySpan<T> userWeights)
    {
        informed.Backward(queryWeights, userWeights);
        plain.Backward(queryWeights, userWeights);
        supportGradient = informed.SupportGradient.ToArray();
        for (var i = 0; i < supportGradient.Length; i++)
        {
            supportGradient[i] += plain.SupportGradient[i];
        }
    }

    /// <inheritdoc/>
    public T[] Predict(TaskBatch tasks)
    {
        var scores = plain.Predict(tasks);
        var odds = arrays.Values(SafeForm.Odds)[0];
        if (odds <= T.CreateTruncating(SafeMixture.Never))
        {
            return scores;
        }
        var (other, evidence) = (informed.Predict(tasks), Evidence(tasks));
        for (var user = 0; user < tasks.Count; user++)
        {
            var weight = T.One / (T.One + T.Exp(-(odds + evidence[user])));
            for (var j = tasks.QueryStarts[user]; j < tasks.QueryStarts[user + 1]; j++)
            {
                scores[j] = weight * other[j] + (T.One - weight) * scores[j];
            }
        }
        return scores;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        informed.Dispose();
        plain.Dispose();
        pool.Dispose();
    }

    // Of each user, how much more likely each half of the support is under the informed model, given the other half.
    private T[] Evidence(TaskBatch tasks)
    {
        var gains = new T[tasks.Count];
        if (tasks.SupportItems.IsEmpty)
        {
            return gains;
        }
        var asked = SupportsAsQueries(tasks);
        var isFirst = SafeMixture.FirstHalf(tasks);
        foreach (var half in new[] { true, false })
        {
            T[] weights = [.. isFirst.Select(own => own == half ? T.One : T.Zero)];
            var ofInformed = Likelihoods(informed.Predict(asked, weights), tasks, arrays.Values("logNoise")[0]);
            var noise = arrays.Values(SafeForm.NameOfPlain("logNoise"))[0];
            var ofPlain = Likelihoods(plain.Predict(asked, weights), tasks, noise);
            for (var user = 0; user < tasks.Count; user++)
            {
                for (var j = tasks.SupportStarts[user]; j < tasks.SupportStarts[user + 1]; j++)
                {
                    gains[user] += isFirst[j] == half ? T.Zero : ofInformed[j] - ofPlain[j];
                }
            }
        }
        return gains;
    }

    // Log-likelihood of each label of the supports, up to a constant; see FactorFold.LogLikelihood.
    private T[] Likelihoods(T[] scores, TaskBatch tasks, T logNoise)
    {
        var all = new T[scores.Length];
        for (var j = 0; j < all.Length; j++)
        {
            var own = loss.Loss(scores[j], T.CreateTruncating(tasks.SupportLabels[j]));
            all[j] = label == LabelKind.Click ? -own : (own / T.Exp(logNoise) + logNoise) * T.CreateTruncating(-0.5);
        }
        return all;
    }

    private static TaskBatch SupportsAsQueries(TaskBatch tasks)
    {
        var asked = new TaskBatch(
            tasks.Users,
            tasks.Positions,
            tasks.SupportStarts,
            tasks.SupportItems,
            tasks.SupportLabels,
            tasks.SupportStarts,
            tasks.SupportItems,
            tasks.SupportLabels
        );
        return tasks.SupportOffset.IsEmpty ? asked : asked.WithOffsets(tasks.SupportOffset, tasks.SupportOffset);
    }
}
