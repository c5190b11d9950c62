using System.Collections.Immutable;
using RobustMeta.Runtime;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness.Adversaries;

/// <summary>
/// AR-MAML (Wang, Lv, Mao, Qu, Xu, Ji: Robust fast adaptation from adversarially explicit task distribution generation, KDD 2025, arXiv
/// 2407.19523): the adversary is an explicit distribution of tasks, a normalising flow p_φ over their identifiers z, in a Stackelberg game
/// <c>min_θ max_φ E_{p_φ}[ℓ(z; θ)] + λ E_{p_0}[log p_φ(z)]</c>; the second term is, up to a constant, −λ KL(p_0 ‖ p_φ). φ ascends by the
/// gradient of the score function with the mean loss as its baseline, with Adam, after gradients were clipped to a norm of 5.
/// <para>
/// There tasks are generated from z (amplitude and phase of a sine). Users cannot be: here z are the standardised statistics of a
/// user's support, p_0 are the training users, and p_φ are the same users with weights w of mean one in the batch, proportional to the
/// density that the flow gives to z over the standard normal one that it starts from. The objective of a batch is
/// <c>Σ_b s_b ℓ_b + λ/B Σ_b log w_b</c>, s = w / B; its derivative by φ, <c>Σ_b (s_b (ℓ_b − Σ_c s_c ℓ_c − λ) + λ/B) ∇ log p_φ(z_b)</c>,
/// has the baseline of itself. Two planar layers and
/// λ = 0.1 are the defaults of the authors' program; their rate of 0.0001 is for 50,000 steps, and falls.
/// </para>
/// </summary>
internal sealed class FlowUsers : IUserAdversary
{
    private const int Layers = 2;
    private const double Penalty = 0.1;
    private const double Clip = 5;
    private const double Fast = 0.9;
    private const double Slow = 0.999;
    private const double Least = 1e-8;
    private readonly ImmutableArray<double[]> identifiers;
    private readonly double rate;
    private readonly PlanarFlow flow;
    private readonly double[] first;
    private readonly double[] second;
    private readonly double[] steps = new double[1];

    /// <summary>An adversary that weighs all users alike at first.</summary>
    /// <param name="identifiers">z of each training user.</param>
    /// <param name="rate">Learning rate of Adam.</param>
    /// <param name="seed">Master seed of the run.</param>
    public FlowUsers(ImmutableArray<double[]> identifiers, double rate, long seed)
    {
        (this.identifiers, this.rate) = (identifiers, rate);
        flow = new(identifiers[0].Length, Layers, Seeds.Generator(seed, "adversary flow"));
        first = new double[flow.Parameters.Length];
        second = new double[flow.Parameters.Length];
    }

    public IReadOnlyDictionary<string, double[]> State =>
        new Dictionary<string, double[]>
        {
            ["flow.parameters"] = flow.Parameters,
            ["flow.first"] = first,
            ["flow.second"] = second,
            ["flow.steps"] = steps,
        };

    public void Weigh(TaskBatch batch, ReadOnlySpan<double> values, Span<double> weights)
    {
        Fractions(batch, weights);
        foreach (ref var weight in weights)
        {
            weight *= batch.Count;
        }
    }

    public void Ascend(TaskBatch batch, ReadOnlySpan<double> values)
    {
        if (rate == 0)
        {
            return;
        }
        var gradient = Gradient(batch, values);
        var norm = Math.Sqrt(gradient.Sum(x => x * x));
        var scale = norm > Clip ? Clip / norm : 1;
        steps[0]++;
        var (ofFirst, ofSecond) = (1 - Math.Pow(Fast, steps[0]), 1 - Math.Pow(Slow, steps[0]));
        for (var k = 0; k < gradient.Length; k++)
        {
            var own = scale * gradient[k];
            first[k] = Fast * first[k] + (1 - Fast) * own;
            second[k] = Slow * second[k] + (1 - Slow) * own * own;
            flow.Parameters[k] += rate * (first[k] / ofFirst) / (Math.Sqrt(second[k] / ofSecond) + Least);
        }
    }

    public void EndEpoch(ReadOnlySpan<double> values) { }

    public double Worst(ReadOnlySpan<double> values) => double.NaN;

    /// <summary>Derivative of a batch's objective by the parameters of the flow.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="values">Loss of each user.</param>
    internal double[] Gradient(TaskBatch batch, ReadOnlySpan<double> values)
    {
        var fractions = new double[batch.Count];
        Fractions(batch, fractions);
        double mean = 0;
        for (var b = 0; b < batch.Count; b++)
        {
            mean += fractions[b] * values[b];
        }
        var gradient = new double[flow.Parameters.Length];
        for (var b = 0; b < batch.Count; b++)
        {
            var factor = fractions[b] * (values[b] - mean - Penalty) + Penalty / batch.Count;
            flow.AddGradient(identifiers[batch.Positions[b]], factor, gradient);
        }
        return gradient;
    }

    // p_φ / p_0 of each user, summing to one.
    private void Fractions(TaskBatch batch, Span<double> fractions)
    {
        var largest = double.NegativeInfinity;
        for (var b = 0; b < batch.Count; b++)
        {
            fractions[b] = flow.LogRatio(identifiers[batch.Positions[b]]);
            largest = Math.Max(largest, fractions[b]);
        }
        double sum = 0;
        foreach (ref var fraction in fractions)
        {
            fraction = Math.Exp(fraction - largest);
            sum += fraction;
        }
        foreach (ref var fraction in fractions)
        {
            fraction /= sum;
        }
    }
}
