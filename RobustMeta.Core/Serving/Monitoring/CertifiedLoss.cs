using RobustMeta.Evaluation;
using RobustMeta.Robustness.Sets;
using RobustMeta.Shift.Diagnosis;

namespace RobustMeta.Serving.Monitoring;

/// <summary>
/// The loss of a run's test users and its worst case: the largest mean loss of any population whose users are weighted within a
/// Kullback-Leibler divergence of uniform, by the exact best response over the test users. It holds for the test users that
/// there are; the error of their sample is not in it.
/// </summary>
/// <param name="Of">Which losses.</param>
/// <param name="Users">Number of test users.</param>
/// <param name="Mean">Mean loss: squared error of ratings, logistic loss of clicks.</param>
/// <param name="Worst">Worst mean loss at the realised radius.</param>
/// <param name="WorstHigh">Worst mean loss at the upper end of the radius' interval.</param>
/// <param name="EffectiveSampleFraction">Effective sample fraction of the weights that reach <paramref name="Worst"/>.</param>
/// <param name="Now">Mean loss of the users who arrive; null where it is not comparable.</param>
public sealed record CertifiedLoss(
    string Of,
    int Users,
    double Mean,
    double Worst,
    double WorstHigh,
    double EffectiveSampleFraction,
    double? Now
)
{
    /// <summary>Certifies losses.</summary>
    internal static CertifiedLoss Certify(string of, double[] losses, RealisedRadius radius, double? now)
    {
        var worst = WorstCase.Of(losses, false, new KullbackLeiblerBallSet(radius.Kl));
        var high = WorstCase.Of(losses, false, new KullbackLeiblerBallSet(radius.High));
        return new(of, losses.Length, losses.Average(), worst.Mean, high.Mean, worst.EffectiveSampleFraction, now);
    }
}
