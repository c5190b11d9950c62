using System.Collections.Immutable;
using System.Globalization;
using RobustMeta.Runtime;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>
/// Protocols that draw test users, and each one's query interactions from its pool, with given weights and without
/// replacement by the Gumbel-top-k rule (Yellott 1977; Kool et al., ICML 2019). The support set is left alone unless
/// the protocol asks for another one (<see cref="IDrawWeights.Support"/>): a cold user is observed unshifted.
/// </summary>
public abstract class WeightedDraw : ShiftProtocol
{
    /// <summary>Fraction of the eligible test users in each draw.</summary>
    [Setting("fraction of the eligible test users in each draw", Min = 0.01, Max = 1)]
    public double TestUserFraction { get; init; } = 0.4;

    /// <summary>Longest query of a drawn test task.</summary>
    [Setting("longest query of a test task", Min = 1, Max = 100_000)]
    public int TestQueryLength { get; init; } = 20;

    /// <summary>Largest fraction of a user's pool that a drawn query takes: 1 leaves interactions nothing to shift by.</summary>
    [Setting(
        "largest fraction of a user's pool that a drawn query takes (1 leaves nothing to shift)",
        Min = 0.01,
        Max = 1
    )]
    public double TestPoolFraction { get; init; } = 0.5;

    /// <summary>Independent draws per test set; a user's metrics are averaged over the draws it is in.</summary>
    [Setting("independent draws per test set (a user's metrics are averaged over them)", Min = 1, Max = 1000)]
    public int ShiftDraws { get; init; } = 5;

    /// <summary>Coordinates of the test sets, in order.</summary>
    protected abstract IReadOnlyList<double> Coordinates { get; }

    /// <summary>The weights of a test set, for some data.</summary>
    /// <param name="input">Ratings and split.</param>
    protected abstract IDrawWeights Weights(ShiftInput input);

    /// <inheritdoc/>
    public sealed override ImmutableArray<ShiftedTestSet> TestSets(ShiftInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        SettingList.RequireInRange(this);
        var weights = Weights(input);
        var test = input.Split.Test;
        var eligible = test.Where(task => HasEnoughRatings(task, input.MinimumQuery)).ToImmutableArray();
        return eligible.IsEmpty
            ? throw new SettingException(TooFewRatings(input))
            : [.. RequireSome(Coordinates).Select((at, number) => TestSet(input, eligible, weights, number, at))];
    }

    /// <summary>Whether a query can be drawn from a test user's pool.</summary>
    /// <param name="task">The test user.</param>
    /// <param name="minimumQuery">Shortest query that can be measured.</param>
    internal bool HasEnoughRatings(UserTask task, int minimumQuery) => QueryLength(task) >= minimumQuery;

    private string TooFewRatings(ShiftInput input)
    {
        var needed = input.MinimumQuery;
        var cutoff = needed - 1;
        if (TestQueryLength < needed)
        {
            return $"testQueryLength is {TestQueryLength}, and the metrics' largest cut-off, {cutoff}, needs queries of at least "
                + $"{needed}. Set testQueryLength {needed} or more, or choose metrics with a cut-off below {TestQueryLength}.";
        }
        var pool = RatingsNeeded.Pool(needed, TestPoolFraction, TestQueryLength);
        int[] ratings = [.. input.Split.Test.Select(task => task.Support.Length + task.Query.Length).Order()];
        var usual = ratings[ratings.Length / 2];
        var settings = RatingsNeeded.Settings(usual, cutoff, input.Source.Label);
        var remedy =
            settings.Length > 0
                ? $"Half of them have {usual} ratings or more; for these set: {settings} "
                    + $"(with supportRule allButQuery: queryLength {pool} or more)."
                : "Take data with more ratings a user.";
        return string.Create(
                CultureInfo.InvariantCulture,
                $"None of the {ratings.Length} test users has enough ratings to be measured: a query of {needed}, one more than "
            )
            + string.Create(
                CultureInfo.InvariantCulture,
                $"the metrics' largest cut-off, is at most testPoolFraction {TestPoolFraction} of the ratings outside the support. "
            )
            + $"So {pool} are needed there, and the longest has {input.Split.Test.Max(task => task.Query.Length)}. {remedy}";
    }

    private int QueryLength(UserTask task) => Math.Min(TestQueryLength, (int)(TestPoolFraction * task.Query.Length));

    private ShiftedTestSet TestSet(
        ShiftInput input,
        ImmutableArray<UserTask> eligible,
        IDrawWeights weights,
        int number,
        double at
    )
    {
        var userWeights = weights.Users(eligible, at);
        var size = Math.Max(1, (int)Math.Round(TestUserFraction * eligible.Length));
        var tasks = ImmutableArray.CreateBuilder<UserTask>();
        var dropped = new SortedDictionary<DropReason, int>();
        double drawnUsers = 0;
        var interactions = new List<Divergence>();
        for (var draw = 0; draw < ShiftDraws; draw++)
        {
            var name = weights.IsPaired
                ? string.Create(CultureInfo.InvariantCulture, $"draw {draw}")
                : string.Create(CultureInfo.InvariantCulture, $"{AxisName} {at:R} draw {draw}");
            var chosen = Draw(userWeights.Logarithms, size, Seeds.Generator(input.Seed, "test users", name));
            drawnUsers += chosen.Average(i => userWeights.Property[i]);
            foreach (var i in chosen)
            {
                var pool = eligible[i].Query;
                var rowWeights = weights.Interactions(pool, at);
                var user = input.Source.Ratings.Users[eligible[i].User];
                var random = Seeds.Generator(input.Seed, "test queries", name, user);
                var taken = Draw(rowWeights.Logarithms, QueryLength(eligible[i]), random);
                var drawn = eligible[i] with { Query = [.. taken.Select(j => pool[j])] };
                var divergence = Divergence.Of(rowWeights.Logarithms, taken.Average(j => rowWeights.Property[j]));
                var (task, ofSupport) = WithSupport(input, weights, drawn, pool, at, name);
                interactions.Add(ofSupport is null ? divergence : divergence.And(ofSupport));
                var problem = task.Support.IsEmpty ? DropReason.NoSupport : input.Problem(task);
                if (problem is { } reason)
                {
                    dropped[reason] = dropped.GetValueOrDefault(reason) + 1;
                    continue;
                }
                tasks.Add(task);
            }
        }
        if (eligible.Length < input.Split.Test.Length)
        {
            dropped[DropReason.PoolTooShort] = (input.Split.Test.Length - eligible.Length) * ShiftDraws;
        }
        return new(
            number,
            at,
            TestSetTasks.Require(
                tasks.ToImmutable(),
                $"{number} ({AxisName} {at})",
                dropped,
                longest: input
                    .Split.Test.Select(task => QueryLength(task))
                    .Where(length => length < input.MinimumQuery)
                    .DefaultIfEmpty()
                    .Max(),
                needed: input.MinimumQuery
            ),
            Divergence.Of(userWeights.Logarithms, drawnUsers / ShiftDraws),
            Divergence.Mean(interactions),
            dropped.ToImmutableSortedDictionary()
        );
    }

    // The task with its support drawn again, and how far the law of that draw is from a uniform one; null for no shift.
    private static (UserTask Task, Divergence? Support) WithSupport(
        ShiftInput input,
        IDrawWeights weights,
        UserTask task,
        ImmutableArray<int> pool,
        double at,
        string name
    )
    {
        var asked = task.Query.ToHashSet();
        ImmutableArray<int> rated = [.. task.Support, .. pool.Where(row => !asked.Contains(row))];
        if (weights.Support(task, rated, at) is not { } law)
        {
            return (task, null);
        }
        if (Array.TrueForAll(law.Logarithms, log => log.Equals(law.Logarithms[0])))
        {
            return (double.IsNegativeInfinity(law.Logarithms[0]) ? task with { Support = [] } : task, null);
        }
        var random = Seeds.Generator(input.Seed, "test supports", name, input.Source.Ratings.Users[task.User]);
        var taken = Draw(law.Logarithms, task.Support.Length, random)
            .Where(place => !double.IsNegativeInfinity(law.Logarithms[place]))
            .ToArray();
        var divergence = Divergence.Of(law.Logarithms, taken.Average(place => law.Property[place]));
        return (task with { Support = [.. taken.Select(place => rated[place])] }, divergence);
    }

    // Gumbel-top-k; the result keeps the order of the pool.
    private static int[] Draw(double[] logarithms, int count, Random random)
    {
        var keys = Array.ConvertAll(logarithms, log => -(log + random.NextGumbel()));
        var order = Enumerable.Range(0, keys.Length).ToArray();
        Array.Sort(keys, order);
        return [.. order.Take(count).Order()];
    }

    private IReadOnlyList<double> RequireSome(IReadOnlyList<double> coordinates) =>
        coordinates.Count > 0
            ? coordinates
            : throw new SettingException(
                $"The shift {Name} has no test set: expected at least one {AxisName}, and none is set."
            );
}
