using System.Collections.Immutable;
using System.Globalization;
using RobustMeta.Runtime;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>
/// Test sets of growing shift by exponential tilting: test users are drawn with probability ∝ exp(β z_u), and each
/// one's query interactions from its pool ∝ exp(β z_uj), both without replacement by the Gumbel-top-k rule (Yellott
/// 1977; Kool et al., ICML 2019). The support set is never tilted: a cold user is observed as he or she is.
/// </summary>
public static class ExponentialTilt
{
    /// <summary>The numbered test sets of a spec.</summary>
    /// <param name="source">Ratings and labels.</param>
    /// <param name="split">Train tasks (for the scores) and test tasks, whose queries are the pools.</param>
    /// <param name="spec">Strengths and scores.</param>
    /// <param name="minimumQuery">Shortest query to draw: one more than the largest cut-off K of the metrics.</param>
    /// <param name="seed">Same seed, same test sets, whatever the method under test.</param>
    /// <exception cref="ArgumentException">A test set would be empty; the message says by which filters.</exception>
    public static ImmutableArray<ShiftedTestSet> TestSets(
        TaskSource source,
        TaskSplit split,
        ShiftSpec spec,
        int minimumQuery,
        long seed
    )
    {
        var scores = new ShiftScores(source, split.MetaTrain, spec);
        var eligible = split.Test.Where(t => QueryLength(t, spec) >= minimumQuery).ToImmutableArray();
        if (eligible.IsEmpty)
        {
            throw new ArgumentException(
                $"None of the {split.Test.Length} test users has a pool from which a query of {minimumQuery} "
                    + "interactions can be drawn (the metrics' largest cut-off needs one candidate more than it takes). "
                    + "Raise testPoolShare, testQueryLength or poolLength, or choose metrics with a smaller cut-off."
            );
        }
        return
        [
            .. spec.Betas.Select((beta, number) => TestSet(source, split, spec, eligible, scores, number, beta, seed)),
        ];
    }

    private static int QueryLength(UserTask task, ShiftSpec spec) =>
        Math.Min(spec.TestQueryLength, (int)(spec.TestPoolShare * task.Query.Length));

    private static ShiftedTestSet TestSet(
        TaskSource source,
        TaskSplit split,
        ShiftSpec spec,
        ImmutableArray<UserTask> eligible,
        ShiftScores scores,
        int number,
        double beta,
        long seed
    )
    {
        var userScores = eligible.Select(scores.User).ToArray();
        var size = Math.Max(1, (int)Math.Round(spec.TestUserShare * eligible.Length));
        var tasks = ImmutableArray.CreateBuilder<UserTask>();
        var singleClass = 0;
        double drawnUsers = 0;
        var interactions = new List<Divergence>();
        for (var draw = 0; draw < spec.ShiftDraws; draw++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"beta {beta:R} draw {draw}");
            var chosen = Draw(userScores, beta, size, Seeds.Generator(seed, "test users", name));
            drawnUsers += chosen.Average(i => userScores[i]);
            foreach (var i in chosen)
            {
                var pool = eligible[i].Query;
                var poolScores = pool.Select(scores.Interaction).ToArray();
                var user = source.Ratings.Users[eligible[i].User];
                var random = Seeds.Generator(seed, "test queries", name, user);
                var taken = Draw(poolScores, beta, QueryLength(eligible[i], spec), random);
                interactions.Add(Divergence.Of(poolScores, beta, taken.Average(j => poolScores[j])));
                ImmutableArray<int> query = [.. taken.Select(j => pool[j])];
                if (source.Label == LabelKind.Click && IsSingleClass(source, query))
                {
                    singleClass++;
                    continue;
                }
                tasks.Add(eligible[i] with { Query = query });
            }
        }
        return new(
            number,
            beta,
            RequireTasks(tasks.ToImmutable(), number, beta, singleClass),
            Divergence.Of(userScores, beta, drawnUsers / spec.ShiftDraws),
            Mean(interactions),
            Dropped((split.Test.Length - eligible.Length) * spec.ShiftDraws, singleClass)
        );
    }

    // Gumbel-top-k; the result keeps the order of the pool.
    private static int[] Draw(double[] scores, double beta, int count, Random random)
    {
        var keys = Array.ConvertAll(scores, score => -(beta * score + random.NextGumbel()));
        var order = Enumerable.Range(0, scores.Length).ToArray();
        Array.Sort(keys, order);
        return [.. order.Take(count).Order()];
    }

    private static bool IsSingleClass(TaskSource source, ImmutableArray<int> query)
    {
        var relevant = query.Count(source.IsRelevant);
        return relevant == 0 || relevant == query.Length;
    }

    private static ImmutableArray<UserTask> RequireTasks(
        ImmutableArray<UserTask> tasks,
        int number,
        double beta,
        int singleClass
    ) =>
        tasks.IsEmpty
            ? throw new ArgumentException(
                FormattableString.Invariant(
                    $"Test set {number} (beta {beta:R}) is empty: {singleClass} drawn queries have one class only. "
                ) + "Raise testQueryLength or testUserShare, or move labelThreshold."
            )
            : tasks;

    private static Divergence Mean(List<Divergence> all) =>
        new(
            all.Average(d => d.KullbackLeibler),
            all.Average(d => d.EffectiveSampleShare),
            all.Average(d => d.MeanScore)
        );

    private static ImmutableSortedDictionary<DropReason, int> Dropped(int tooShort, int singleClass) =>
        new Dictionary<DropReason, int>
        {
            [DropReason.PoolTooShort] = tooShort,
            [DropReason.SingleClassQuery] = singleClass,
        }
            .Where(d => d.Value > 0)
            .ToImmutableSortedDictionary();
}
