using System.Collections.Immutable;

namespace RobustMeta.Evaluation;

/// <summary>
/// All that the paired differences between two methods say: the one place where differences are judged. Over seeds, a unit is
/// a seed's mean difference; over users, a user's mean difference over the seeds that tested the user.
/// </summary>
public sealed class PairedComparison
{
    private readonly ImmutableArray<SeedDifferences> seeds;
    private readonly ImmutableArray<double> bySeed;
    private readonly ImmutableArray<double> byUser;
    private readonly SignedRanks ranks;

    private PairedComparison(ImmutableArray<SeedDifferences> seeds)
    {
        this.seeds = seeds;
        bySeed = [.. seeds.Select(own => own.Values.Average())];
        byUser =
        [
            .. seeds
                .SelectMany(own => own.Users.Zip(own.Values))
                .GroupBy(difference => difference.First)
                .Select(user => user.Average(difference => difference.Second)),
        ];
        ranks = new(byUser);
    }

    /// <summary>Mean over seeds of the mean over users.</summary>
    public double Mean => bySeed.Average();

    /// <summary>Number of seeds.</summary>
    public int Seeds => bySeed.Length;

    /// <summary>Number of distinct users.</summary>
    public int Users => byUser.Length;

    /// <summary>Student's interval over seeds; NaN ends for one seed.</summary>
    public Interval OverSeeds => Significance.StudentInterval(bySeed);

    /// <summary>p-value of the paired t test over seeds; NaN for one seed.</summary>
    public double PairedTP => OverSeedsP(bySeed);

    /// <summary>p-value of the Wilcoxon signed-rank test over users.</summary>
    public double WilcoxonP => ranks.TwoSidedP;

    /// <summary>The larger of the p-values of the paired t test over seeds and of the Wilcoxon test over users.</summary>
    public double P => Larger(WilcoxonP, bySeed);

    /// <summary>Effect size over users: Cohen's d_z, mean over standard deviation; NaN for one user.</summary>
    public double CohenDz => byUser.Length > 1 ? Significance.CohenDz(byUser) : double.NaN;

    /// <summary>Effect size over users: rank-biserial correlation, −1..1.</summary>
    public double RankBiserial => ranks.RankBiserial;

    /// <summary>Judges the differences of two methods.</summary>
    /// <param name="seeds">Differences under each seed.</param>
    /// <exception cref="StatisticsInputException">There is no seed, one without users, or a difference that is not finite.</exception>
    public static PairedComparison Of(IReadOnlyList<SeedDifferences> seeds)
    {
        ArgumentNullException.ThrowIfNull(seeds);
        if (seeds.Count == 0)
        {
            throw new StatisticsInputException("A paired comparison needs a seed.", nameof(seeds));
        }
        foreach (var own in seeds)
        {
            StatisticsInputException.RequireFinite(own.Values, 1, nameof(seeds));
            if (own.Users.Count != own.Values.Count)
            {
                throw new StatisticsInputException(
                    $"Seed {own.Seed} has {own.Users.Count} users and {own.Values.Count} differences.",
                    nameof(seeds)
                );
            }
        }
        return new([.. seeds]);
    }

    /// <summary>Bootstrap of the mean difference, and its p-value.</summary>
    /// <param name="level">What is resampled.</param>
    /// <param name="seed">Seed of the resampling.</param>
    /// <param name="resamples">Number of draws.</param>
    public BootstrapEstimate Bootstrap(
        BootstrapLevel level,
        long seed = 0,
        int resamples = StratifiedBootstrap.Resamples
    )
    {
        ImmutableArray<IReadOnlyList<double>> values = [.. seeds.Select(own => own.Values)];
        var draws = new StratifiedBootstrap([.. seeds.Select(own => own.Users)], level, seed, resamples);
        return draws.Estimate(draw => draw.Mean(values));
    }

    /// <summary>p-value of the sign-flip permutation test over users.</summary>
    /// <param name="seed">Seed of the random assignments.</param>
    public double SignFlipP(long seed = 0) => Significance.SignFlip(byUser, seed);

    /// <summary>
    /// The p-value of a difference that has to hold both over users and over seeds: the larger of a test's over users and of
    /// the paired t test's over seeds. A test that could not be made (NaN; a single seed) does not count.
    /// </summary>
    /// <param name="overUsers">p-value over users.</param>
    /// <param name="bySeed">Difference of each seed.</param>
    public static double Larger(double overUsers, IReadOnlyList<double> bySeed)
    {
        ArgumentNullException.ThrowIfNull(bySeed);
        var overSeeds = OverSeedsP(bySeed);
        return double.IsNaN(overSeeds) ? overUsers
            : double.IsNaN(overUsers) ? overSeeds
            : Math.Max(overUsers, overSeeds);
    }

    private static double OverSeedsP(IReadOnlyList<double> bySeed) =>
        bySeed.Count > 1 ? Significance.PairedT(bySeed) : double.NaN;
}
