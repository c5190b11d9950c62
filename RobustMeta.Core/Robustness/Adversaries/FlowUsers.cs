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

    // z of the training users in a row.
    private readonly double[] identifiers;
    private readonly int width;
    private readonly double rate;
    private readonly PlanarFlow flow;
    private readonly double[] first;
    private readonly double[] second;
    private readonly double[] steps = new double[1];
    private readonly double[] gradient;

    // Of the batch that was weighed last, as long as φ stays as it was: its fractions, and what the flow noted of its users.
    private TaskBatch? weighed;
    private double[] fractions = [];
    private double[] traces = [];

    /// <summary>An adversary that weighs all users alike at first.</summary>
    /// <param name="identifiers">z of each training user.</param>
    /// <param name="rate">Learning rate of Adam.</param>
    /// <param name="seed">Master seed of the run.</param>
    public FlowUsers(ImmutableArray<double[]> identifiers, double rate, long seed)
    {
        this.identifiers = [.. identifiers.SelectMany(z => z)];
        this.rate = rate;
        width = identifiers[0].Length;
        flow = new(width, Layers, Seeds.Generator(seed, "adversary flow"));
        gradient = new double[flow.Parameters.Length];
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
        Follow(batch);
        for (var b = 0; b < batch.Count; b++)
        {
            weights[b] = fractions[b] * batch.Count;
        }
    }

    public void Ascend(TaskBatch batch, ReadOnlySpan<double> values)
    {
        if (rate == 0)
        {
            return;
        }
        if (!ReferenceEquals(batch, weighed))
        {
            Follow(batch);
        }
        weighed = null;
        Differentiate(batch, values);
        double squares = 0;
        foreach (var own in gradient)
        {
            squares += own * own;
        }
        var norm = Math.Sqrt(squares);
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
        Follow(batch);
        Differentiate(batch, values);
        return [.. gradient];
    }

    private void Differentiate(TaskBatch batch, ReadOnlySpan<double> values)
    {
        double mean = 0;
        for (var b = 0; b < batch.Count; b++)
        {
            mean += fractions[b] * values[b];
        }
        Array.Clear(gradient);
        for (var b = 0; b < batch.Count; b++)
        {
            var factor = fractions[b] * (values[b] - mean - Penalty) + Penalty / batch.Count;
            flow.AddGradientOf(TraceOf(b), factor, gradient);
        }
    }

    // Each user's p_φ / p_0, summing to one, into the fractions.
    private void Follow(TaskBatch batch)
    {
        if (fractions.Length < batch.Count)
        {
            fractions = new double[batch.Count];
            traces = new double[batch.Count * flow.TraceLength];
        }
        flow.Prepare();
        var largest = double.NegativeInfinity;
        for (var b = 0; b < batch.Count; b++)
        {
            fractions[b] = flow.LogRatio(identifiers.AsSpan(batch.Positions[b] * width, width), TraceOf(b));
            largest = Math.Max(largest, fractions[b]);
        }
        var own = fractions.AsSpan(0, batch.Count);
        double sum = 0;
        foreach (ref var fraction in own)
        {
            fraction = Math.Exp(fraction - largest);
            sum += fraction;
        }
        foreach (ref var fraction in own)
        {
            fraction /= sum;
        }
        weighed = batch;
    }

    private Span<double> TraceOf(int b) => traces.AsSpan(b * flow.TraceLength, flow.TraceLength);
}
