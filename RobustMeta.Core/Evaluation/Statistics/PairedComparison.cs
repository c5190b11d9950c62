using System.Collections.Immutable;

namespace RobustMeta.Evaluation;

/// <summary>
/// All that the paired differences between two methods say: the one place where differences are judged. Over seeds, a unit is
/// a seed's mean difference; over users, a user's mean difference over the seeds that tested him or her.
/// </summary>
/// <param name="Mean">Mean over seeds of the mean over users.</param>
/// <param name="Seeds">Number of seeds.</param>
/// <param name="Users">Number of distinct users.</param>
/// <param name="OverSeeds">Student's interval over seeds; NaN ends for one seed.</param>
/// <param name="OverUsers">Bootstrap over people.</param>
/// <param name="UsersWithinSeeds">Bootstrap over users, stratified by seed.</param>
/// <param name="SeedsAndUsers">Bootstrap over seeds and over users within each.</param>
/// <param name="PairedTP">p-value of the paired t test over seeds; NaN for one seed.</param>
/// <param name="WilcoxonP">p-value of the Wilcoxon signed-rank test over users.</param>
/// <param name="SignFlipP">p-value of the sign-flip permutation test over users.</param>
/// <param name="CohenDz">Effect size over users: mean over standard deviation; NaN for one user.</param>
/// <param name="RankBiserial">Effect size over users: rank-biserial correlation, −1..1.</param>
public sealed record PairedComparison(
    double Mean,
    int Seeds,
    int Users,
    Interval OverSeeds,
    BootstrapEstimate OverUsers,
    BootstrapEstimate UsersWithinSeeds,
    BootstrapEstimate SeedsAndUsers,
    double PairedTP,
    double WilcoxonP,
    double SignFlipP,
    double CohenDz,
    double RankBiserial
)
{
    /// <summary>Judges the differences of two methods.</summary>
    /// <param name="seeds">Differences under each seed.</param>
    /// <param name="seed">Seed of the resampling.</param>
    /// <param name="resamples">Draws of each bootstrap.</param>
    /// <exception cref="StatisticsInputException">There is no seed, one without users, or a difference that is not finite.</exception>
    public static PairedComparison Of(IReadOnlyList<SeedDifferences> seeds, long seed = 0, int resamples = 1000)
    {
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
        ImmutableArray<IReadOnlyList<string>> users = [.. seeds.Select(own => own.Users)];
        ImmutableArray<IReadOnlyList<double>> values = [.. seeds.Select(own => own.Values)];
        double[] bySeed = [.. values.Select(own => own.Average())];
        double[] byUser =
        [
            .. seeds
                .SelectMany(own => own.Users.Zip(own.Values))
                .GroupBy(difference => difference.First)
                .Select(user => user.Average(difference => difference.Second)),
        ];
        var ranks = new SignedRanks(byUser);
        return new(
            bySeed.Average(),
            seeds.Count,
            byUser.Length,
            Significance.StudentInterval(bySeed),
            Bootstrap(BootstrapLevel.Users),
            Bootstrap(BootstrapLevel.UsersWithinSeeds),
            Bootstrap(BootstrapLevel.SeedsAndUsers),
            bySeed.Length > 1 ? Significance.PairedT(bySeed) : double.NaN,
            ranks.TwoSidedP,
            Significance.SignFlip(byUser, seed),
            byUser.Length > 1 ? Significance.CohenDz(byUser) : double.NaN,
            ranks.RankBiserial
        );

        BootstrapEstimate Bootstrap(BootstrapLevel level) =>
            new StratifiedBootstrap(users, level, seed, resamples).Estimate(draw => draw.Mean(values));
    }
}
