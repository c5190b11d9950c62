using RobustMeta.Runtime;

namespace RobustMeta.Shift.Diagnosis;

/// <summary>
/// The classifier two-sample test (Lopez-Paz and Oquab, ICLR 2017): a logistic regression that tells test from training, scored on
/// members it was not fitted to. Folds keep groups together, so that no user is in fit and score; the interval is that of a
/// clustered AUC (Obuchowski, Biometrics 1997), for the members of a group are not independent.
/// </summary>
internal static class TwoSampleTest
{
    private const int Folds = 5;
    private const double Normal95 = 1.959963984540054;

    /// <summary>Tests one level.</summary>
    /// <param name="samples">Features of both populations; both have members.</param>
    /// <param name="seed">Seed of the folds.</param>
    public static LevelShift Of(LevelSamples samples, long seed)
    {
        double[][] rows = [.. samples.Train, .. samples.Test];
        int[] groups = [.. samples.TrainingGroups, .. samples.TestGroups];
        bool[] isTest = [.. rows.Select((_, i) => i >= samples.Train.Length)];
        var folds = FoldOf(groups, isTest, seed, samples.Level);
        var placements = new double[rows.Length];
        for (var fold = 0; fold < Folds; fold++)
        {
            int[] held = [.. Enumerable.Range(0, rows.Length).Where(i => folds[groups[i]] == fold)];
            int[] others = [.. Enumerable.Range(0, rows.Length).Where(i => folds[groups[i]] != fold)];
            var areBoth = held.Any(i => isTest[i]) && held.Any(i => !isTest[i]);
            if (!areBoth || !others.Any(i => isTest[i]) || others.All(i => isTest[i]))
            {
                // One population alone: nothing to tell apart.
                foreach (var i in held)
                {
                    placements[i] = 0.5;
                }
                continue;
            }
            var fit = new LogisticFit([.. others.Select(i => rows[i])], [.. others.Select(i => isTest[i])]);
            Place(held, isTest, i => fit.Score(rows[i]), placements);
        }
        var (auc, error) = Clustered(placements, groups, isTest);
        return new(
            samples.Level,
            auc,
            Math.Max(0, auc - Normal95 * error),
            Math.Min(1, auc + Normal95 * error),
            samples.Train.Length,
            samples.Test.Length
        );
    }

    // Groups of both kinds in turn, each kind shuffled: every fold has its part of either population.
    private static Dictionary<int, int> FoldOf(int[] groups, bool[] isTest, long seed, string level)
    {
        var ofTest = groups.Where((_, i) => isTest[i]).ToHashSet();
        var folds = new Dictionary<int, int>();
        foreach (var kind in groups.Distinct().Order().ToLookup(ofTest.Contains).OrderBy(kind => kind.Key))
        {
            int[] members = [.. kind];
            Seeds.Generator(seed, "folds", level, kind.Key ? "test" : "training").Shuffle(members);
            foreach (var (place, group) in members.Index())
            {
                folds[group] = place % Folds;
            }
        }
        return folds;
    }

    // The fraction of the other population that a member is on the right side of; ties count half.
    private static void Place(int[] held, bool[] isTest, Func<int, double> score, double[] placements)
    {
        var scores = held.ToDictionary(i => i, score);
        double[] test = [.. held.Where(i => isTest[i]).Select(i => scores[i]).Order()];
        double[] training = [.. held.Where(i => !isTest[i]).Select(i => scores[i]).Order()];
        foreach (var i in held)
        {
            var others = isTest[i] ? training : test;
            var below = (Count(others, scores[i], false) + Count(others, scores[i], true)) / 2.0 / others.Length;
            placements[i] = isTest[i] ? below : 1 - below;
        }
    }

    // Number of sorted values below a value, or not above it.
    private static int Count(double[] sorted, double value, bool withEqual)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sorted[middle] < value || (withEqual && sorted[middle] == value))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }
        return low;
    }

    private static (double Auc, double Error) Clustered(double[] placements, int[] groups, bool[] isTest)
    {
        var all = Enumerable.Range(0, placements.Length).ToArray();
        double test = isTest.Count(x => x);
        var training = placements.Length - test;
        var auc = all.Where(i => isTest[i]).Average(i => placements[i]);
        var mirrored = all.Where(i => !isTest[i]).Average(i => placements[i]);
        var clusters = all.GroupBy(i => groups[i])
            .Select(group =>
                (
                    Test: group.Sum(i => isTest[i] ? placements[i] - auc : 0),
                    Training: group.Sum(i => isTest[i] ? 0 : placements[i] - mirrored)
                )
            )
            .ToArray();
        double testClusters = all.Where(i => isTest[i]).Select(i => groups[i]).Distinct().Count();
        double trainingClusters = all.Where(i => !isTest[i]).Select(i => groups[i]).Distinct().Count();
        double n = clusters.Length;
        var variance =
            Inflation(testClusters) * clusters.Sum(c => c.Test * c.Test) / (test * test)
            + Inflation(trainingClusters) * clusters.Sum(c => c.Training * c.Training) / (training * training)
            + 2 * Inflation(n) * clusters.Sum(c => c.Test * c.Training) / (test * training);
        return (auc, Math.Sqrt(Math.Max(0, variance)));
    }

    private static double Inflation(double clusters) => clusters > 1 ? clusters / (clusters - 1) : 1;
}
