using RobustMeta.Data;
using RobustMeta.Experiments;
using RobustMeta.Shift;
using RobustMeta.Tasks;

namespace RobustMeta.Studies;

/// <summary>
/// Loads data and makes tasks only when a run needs them: the last data set, and the tasks of the last data settings and
/// seed, are kept.
/// </summary>
/// <param name="hooks">Is told what is prepared.</param>
internal sealed class StudyWorkshop(StudyHooks hooks)
{
    private Dataset? dataset;
    private string? datasetName;
    private PreparedExperiment? last;
    private (string Key, string Fingerprint) identified;

    /// <summary>Tasks and test sets of a spec.</summary>
    public PreparedExperiment Prepare(ExperimentSpec spec)
    {
        if (last is not null && last.Spec.DataHash == spec.DataHash)
        {
            return last;
        }
        last = PreparedExperiment.Of(spec, Load(spec.Dataset), hooks.Say);
        Describe(last);
        return last;
    }

    /// <summary>What identifies the data of a spec; null where they are not on this machine.</summary>
    public string? Fingerprint(ExperimentSpec spec)
    {
        if (last is not null && last.Spec.DataHash == spec.DataHash)
        {
            return last.Fingerprint;
        }
        var catalog = DatasetCatalog.Default;
        if (catalog.Find(spec.Dataset) is not null && catalog.TryLocate(spec.Dataset) is null)
        {
            return null;
        }
        // Other protocols may give test sets ratings of their own, which are a part of the data.
        if (spec.Shift is not ExponentialTilt || spec.Evaluation.SelectBy != "mean")
        {
            return Prepare(spec).Fingerprint;
        }
        // Seeds differ in the data only where negatives are drawn, which those without ratings need unless told otherwise.
        var seed = Load(spec.Dataset).Feedback == FeedbackKind.Explicit ? 0 : spec.Seed;
        var key = FormattableString.Invariant(
            $"{spec.Dataset} {spec.Split.TaskOf} {spec.Split.Negatives} {spec.Split.NegativePopularity} {seed}"
        );
        if (identified.Key != key)
        {
            identified = (key, PreparedExperiment.FingerprintOf(spec, Load(spec.Dataset)));
        }
        return identified.Fingerprint;
    }

    private Dataset Load(string name)
    {
        if (dataset is null || datasetName != name)
        {
            last = null;
            dataset = DatasetCatalog.Default.Load(name, hooks.Downloads);
            datasetName = name;
        }
        return dataset;
    }

    private void Describe(PreparedExperiment prepared)
    {
        var (ratings, split) = (prepared.Dataset.Ratings, prepared.Split);
        hooks.Say(
            $"{ratings.Name}: {ratings.Users.Count} users, {ratings.Items.Count} items, {ratings.Count} ratings; "
                + $"{split.MetaTrain.Length} users to train, {split.Validation.Length} to validate, {split.Test.Length} to test"
        );
        foreach (var (reason, count) in split.Dropped)
        {
            hooks.Say($"left out: {count} users ({DropReasons.Words(reason)})");
        }
    }
}
