using System.Diagnostics;
using RobustMeta.Evaluation;
using RobustMeta.Runtime;

namespace RobustMeta.Experiments;

/// <summary>Fits and measures baselines.</summary>
public static class BaselineRunner
{
    /// <summary>Fits a baseline to the meta-training users and measures it on every test set.</summary>
    /// <param name="prepared">The data side.</param>
    /// <param name="spec">The baseline; its data settings are those of <paramref name="prepared"/>.</param>
    public static BaselineResult Fit(PreparedExperiment prepared, BaselineRunSpec spec)
    {
        using var memory = new PeakMemory();
        var clock = Stopwatch.StartNew();
        var method = new NamedPredictor(
            spec.MethodName,
            spec.Baseline.Fit(prepared.Source, prepared.Split.MetaTrain, spec.Seed)
        );
        var fitted = clock.Elapsed;
        var peak = memory.Bytes;
        clock.Restart();
        var users = prepared.Evaluate(method);
        var evaluated = clock.Elapsed;
        // An order without labels has no error to select by.
        var canSelect = method.ScoresAreLabels || !spec.Evaluation.SelectionFor(spec.Split.Label).NeedsLabels;
        var validation = canSelect ? prepared.Validation.Evaluate(method) : double.NaN;
        return new(spec, users, validation, new(fitted, evaluated, prepared.Split.MetaTrain.Length, peak));
    }
}
