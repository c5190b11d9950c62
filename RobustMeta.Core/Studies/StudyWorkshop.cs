using RobustMeta.Data;
using RobustMeta.Experiments;

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

    /// <summary>Tasks and test sets of a spec.</summary>
    public PreparedExperiment Prepare(ExperimentSpec spec)
    {
        if (last is not null && last.Spec.DataHash == spec.DataHash)
        {
            return last;
        }
        if (dataset is null || datasetName != spec.Dataset)
        {
            last = null;
            dataset = DatasetCatalog.Default.Load(spec.Dataset, hooks.Downloads);
            datasetName = spec.Dataset;
        }
        last = PreparedExperiment.Of(spec, dataset);
        Describe(last);
        return last;
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
            hooks.Say($"left out: {count} users ({reason})");
        }
    }
}
