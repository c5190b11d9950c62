namespace RobustMeta.Robustness.Adversaries;

/// <summary>
/// A gradient step on the logits z of w = n · softmax(z). The gradient by z is w · (loss − mean loss under w), so that
/// the weights need no logits beside them: each is multiplied by the exponential of its logit's step.
/// </summary>
internal sealed class SoftmaxStep : IWeightStep
{
    private const double LargestExponent = 600;

    public void Move(Span<double> weights, ReadOnlySpan<double> losses, double rate)
    {
        double total = 0;
        double mean = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            total += weights[i];
            mean += weights[i] * losses[i];
        }
        mean = total > 0 ? mean / total : 0;
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] *= Math.Exp(Math.Min(rate * weights[i] * (losses[i] - mean), LargestExponent));
        }
    }

    public void Restore(Span<double> weights)
    {
        var mean = Means.Of(weights);
        foreach (ref var weight in weights)
        {
            weight /= mean;
        }
    }
}
