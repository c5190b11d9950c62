using System.Collections.Immutable;
using RobustMeta.Runtime;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness.Adversaries;

/// <summary>
/// Adversarially reweighted learning (Lahoti et al., NeurIPS 2020): a network with one hidden layer maps statistics
/// of a user's support to λ in (0, 1); the weight is (1 + B λ/Σλ)/2. The network ascends the weighted loss by gradient steps
/// and, in contrast to stored weights, gives weights to new users, too.
/// </summary>
internal sealed class NetworkUsers : IUserAdversary
{
    private const int Hidden = 8;
    private readonly ImmutableArray<double[]> features;
    private readonly double rate;
    private readonly double[] inner;
    private readonly double[] outer;
    private readonly int width;

    public NetworkUsers(ImmutableArray<double[]> features, double rate, long seed)
    {
        this.features = features;
        this.rate = rate;
        width = features[0].Length + 1;
        var random = Seeds.Generator(seed, "adversary network");
        inner = [.. Enumerable.Range(0, Hidden * width).Select(_ => random.NextGaussian() / Math.Sqrt(width))];
        // Zero output weights: every λ is ½ and every weight one at first.
        outer = new double[Hidden + 1];
    }

    public IReadOnlyDictionary<string, double[]> State =>
        new Dictionary<string, double[]> { ["network.inner"] = inner, ["network.outer"] = outer };

    public void Weigh(TaskBatch batch, ReadOnlySpan<double> values, Span<double> weights)
    {
        Span<double> hidden = stackalloc double[Hidden];
        double total = 0;
        for (var b = 0; b < batch.Count; b++)
        {
            weights[b] = Forward(features[batch.Positions[b]], hidden);
            total += weights[b];
        }
        foreach (ref var weight in weights)
        {
            weight = (1 + batch.Count * weight / total) / 2;
        }
    }

    // F = mean(w · value), so dF/dλ_b = (value_b − mean of the values under λ) / (2 Σλ); times B, in the mean-one convention.
    public void Ascend(TaskBatch batch, ReadOnlySpan<double> values)
    {
        if (rate == 0)
        {
            return;
        }
        using var scratch = new Scratch(batch.Count);
        Span<double> hidden = stackalloc double[Hidden];
        double total = 0;
        double weighted = 0;
        for (var b = 0; b < batch.Count; b++)
        {
            scratch.Values[b] = Forward(features[batch.Positions[b]], hidden);
            total += scratch.Values[b];
            weighted += scratch.Values[b] * values[b];
        }
        for (var b = 0; b < batch.Count; b++)
        {
            var lambda = scratch.Values[b];
            var slope = batch.Count * (values[b] - weighted / total) / (2 * total) * lambda * (1 - lambda);
            Backward(features[batch.Positions[b]], rate * slope, hidden);
        }
    }

    public void EndEpoch(ReadOnlySpan<double> values) { }

    public double Worst(ReadOnlySpan<double> values) => double.NaN;

    private double Forward(double[] input, Span<double> hidden)
    {
        var output = outer[Hidden];
        for (var h = 0; h < Hidden; h++)
        {
            var sum = inner[h * width + input.Length];
            for (var i = 0; i < input.Length; i++)
            {
                sum += inner[h * width + i] * input[i];
            }
            hidden[h] = Math.Tanh(sum);
            output += outer[h] * hidden[h];
        }
        return Logistic.Sigmoid(output);
    }

    private void Backward(double[] input, double step, Span<double> hidden)
    {
        Forward(input, hidden);
        for (var h = 0; h < Hidden; h++)
        {
            var below = step * outer[h] * (1 - hidden[h] * hidden[h]);
            outer[h] += step * hidden[h];
            for (var i = 0; i < input.Length; i++)
            {
                inner[h * width + i] += below * input[i];
            }
            inner[h * width + input.Length] += below;
        }
        outer[Hidden] += step;
    }
}
