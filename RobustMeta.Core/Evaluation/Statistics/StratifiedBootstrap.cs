using System.Collections.Immutable;
using RobustMeta.Runtime;

namespace RobustMeta.Evaluation;

/// <summary>
/// Percentile bootstrap (Efron 1979) of any statistic of users that were tested under several seeds. The same draws serve
/// every statistic, so that differences of statistics are paired.
/// </summary>
public sealed class StratifiedBootstrap
{
    /// <summary>Number of draws unless another one is given.</summary>
    public const int Resamples = 1000;

    private readonly ImmutableArray<Resample> draws;
    private readonly Resample once;
    private readonly int count;

    /// <summary>Makes the draws.</summary>
    /// <param name="users">Identifiers of the users of each seed, in the order of their values.</param>
    /// <param name="level">What is resampled.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="resamples">Number of draws.</param>
    /// <exception cref="StatisticsInputException">There is no seed, or one without users.</exception>
    public StratifiedBootstrap(
        IReadOnlyList<IReadOnlyList<string>> users,
        BootstrapLevel level,
        long seed = 0,
        int resamples = Resamples
    )
    {
        ArgumentNullException.ThrowIfNull(users);
        if (users.Count == 0 || users.Any(own => own.Count == 0))
        {
            throw new StatisticsInputException("The bootstrap needs a seed, and users in every seed.", nameof(users));
        }
        once = new(Ones(users.Count), [.. users.Select(own => Ones(own.Count))]);
        var people = users.SelectMany(own => own).Distinct().ToArray();
        count = level switch
        {
            BootstrapLevel.Seeds => users.Count,
            BootstrapLevel.Users => people.Length,
            _ => users.Sum(own => own.Count),
        };
        var index = people.Index().ToDictionary(p => p.Item, p => p.Index);
        var places = users.Select(own => own.Select(user => index[user]).ToArray()).ToArray();
        var random = Seeds.Generator(seed, "stratified bootstrap", level.ToString());
        draws = [.. Enumerable.Range(0, resamples).Select(_ => Draw())];

        Resample Draw()
        {
            var ofSeeds = level is BootstrapLevel.Seeds or BootstrapLevel.SeedsAndUsers
                ? Counts(random, users.Count)
                : once.Seeds;
            if (level == BootstrapLevel.Users)
            {
                var counts = Counts(random, people.Length);
                return new(ofSeeds, [.. places.Select(own => Array.ConvertAll(own, p => counts[p]))]);
            }
            return level == BootstrapLevel.Seeds
                ? new(ofSeeds, once.Users)
                : new(ofSeeds, [.. users.Select(own => Counts(random, own.Count))]);
        }
    }

    /// <summary>Estimate, interval and p-value of a statistic.</summary>
    /// <param name="statistic">A function of how often each seed and user counts, e.g. <see cref="Resample.Mean"/> of differences.</param>
    /// <param name="level">Confidence, 0..1.</param>
    public BootstrapEstimate Estimate(Func<Resample, double> statistic, double level = 0.95)
    {
        ArgumentNullException.ThrowIfNull(statistic);
        var estimate = statistic(once);
        var values = draws.Select(statistic).Where(double.IsFinite).Order().ToArray();
        var undefined = draws.Length - values.Length;
        if (values.Length == 0 || count == 1)
        {
            return new(new(estimate, double.NaN, double.NaN, count), double.NaN, undefined);
        }
        var tail = (int)((1 - level) / 2 * values.Length);
        var below = values.Count(x => x <= 0);
        var above = values.Count(x => x >= 0);
        var p = Math.Min(1, 2.0 * (1 + Math.Min(below, above)) / (1 + values.Length));
        return new(new(estimate, values[tail], values[values.Length - 1 - tail], count), p, undefined);
    }

    private static double[] Ones(int n) => [.. Enumerable.Repeat(1.0, n)];

    private static double[] Counts(Random random, int n)
    {
        var counts = new double[n];
        for (var i = 0; i < n; i++)
        {
            counts[random.Next(n)]++;
        }
        return counts;
    }
}
