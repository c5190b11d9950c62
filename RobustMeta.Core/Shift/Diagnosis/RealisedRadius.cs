using MathNet.Numerics.Distributions;
using RobustMeta.Runtime;

namespace RobustMeta.Shift.Diagnosis;

/// <summary>
/// How far the test population is from the training population as one number: the Kullback-Leibler divergence of users, by which
/// ambiguity sets are measured too. It is the variational form of Donsker and Varadhan,
/// <c>KL ≥ E_test f − log E_training exp f</c>, at the log-odds f of a logistic regression on the features of users, for users it was
/// not fitted to. What the features do not show is not in it.
/// </summary>
/// <param name="Kl">The estimate in nats, 0 or more.</param>
/// <param name="High">Upper end of its 95% interval, by the delta method; of a dozen users it covers the truth nine times in ten.</param>
public sealed record RealisedRadius(double Kl, double High)
{
    private const int Folds = 5;
    private const double UpperEnd = 0.975;

    /// <summary>Between the training tasks of a split and those of a test.</summary>
    /// <param name="input">Ratings and split.</param>
    /// <param name="test">Test tasks; not empty.</param>
    public static RealisedRadius Of(ShiftInput input, System.Collections.Immutable.ImmutableArray<Tasks.UserTask> test)
    {
        ArgumentNullException.ThrowIfNull(input);
        var users = new Populations(input).Beside(test, input.Source)[0];
        return Of(users.Train, users.Test, input.Seed);
    }

    /// <summary>Between two samples of features.</summary>
    /// <param name="training">Features of each training user.</param>
    /// <param name="test">Features of each test user.</param>
    /// <param name="seed">Seed of the folds.</param>
    internal static RealisedRadius Of(double[][] training, double[][] test, long seed)
    {
        double[][] rows = [.. training, .. test];
        var order = Seeds.Generator(seed, "radius").Permutation(rows.Length);
        var logOdds = new double[rows.Length];
        for (var fold = 0; fold < Folds; fold++)
        {
            int[] others = [.. order.Where((_, place) => place % Folds != fold)];
            var tests = others.Count(i => i >= training.Length);
            if (tests == 0 || tests == others.Length)
            {
                continue;
            }
            var fit = new LogisticFit([.. others.Select(i => rows[i])], [.. others.Select(i => i >= training.Length)]);
            // The classifier's odds are those of its sample: a fold with more test users would else score all users higher.
            var prior = Math.Log((double)tests / (others.Length - tests));
            foreach (var i in order.Where((_, place) => place % Folds == fold))
            {
                logOdds[i] = fit.Score(rows[i]) - prior;
            }
        }
        return Of(logOdds.AsSpan(0, training.Length), logOdds.AsSpan(training.Length));
    }

    private static RealisedRadius Of(ReadOnlySpan<double> training, ReadOnlySpan<double> test)
    {
        double[] ratios = [.. training.ToArray().Select(Math.Exp)];
        var (mean, error) = Moments(test.ToArray());
        var (ratio, ratioError) = Moments(ratios);
        var raw = mean - Math.Log(ratio);
        var spread = Math.Sqrt(error * error + ratioError * ratioError / (ratio * ratio));
        var quantile = StudentT.InvCDF(0, 1, Math.Max(1, test.Length - 1), UpperEnd);
        // With few users the classifier does worse than chance on those it was not fitted to, and the estimate falls below 0. By how
        // much is how far it can be wrong, and no sign that there is no divergence.
        return new(Math.Max(0, raw), Math.Abs(raw) + quantile * spread);
    }

    private static (double Mean, double Error) Moments(double[] values)
    {
        var mean = values.Average();
        var variance = values.Sum(x => (x - mean) * (x - mean)) / Math.Max(1, values.Length - 1);
        return (mean, Math.Sqrt(variance / values.Length));
    }
}
