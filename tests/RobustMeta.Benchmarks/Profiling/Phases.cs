namespace RobustMeta.Benchmarks.Profiling;

/// <summary>The phases of a command, told by the functions that are active.</summary>
internal sealed class Phases
{
    // A function's phase is that of the innermost of these.
    private static readonly (string Phase, string Function)[] Known =
    [
        ("read data", "RobustMeta.Data.DatasetCatalog::Load"),
        ("tasks and test sets", "RobustMeta.Experiments.PreparedExperiment::Of("),
        ("notices before training", "RobustMeta.Experiments.AdvanceNotices::Of"),
        ("reference", "RobustMeta.Experiments.ReferenceFitting::"),
        ("training", "RobustMeta.Experiments.MetaTraining::"),
        ("validation", "RobustMeta.Experiments.ValidationSets::"),
        ("evaluation", "RobustMeta.Experiments.PreparedExperiment::Evaluate"),
        ("baselines", "RobustMeta.Experiments.PreparedExperiment::Baselines"),
        ("files of the run", "RobustMeta.Experiments.RunFolder::"),
        ("files of the run", "RobustMeta.Scripts.Run::updatePerformance"),
        ("tables and figures", "RobustMeta.Scripts.Experiment::printTable"),
        ("tables and figures", "RobustMeta.Scripts.StudyReport::"),
        ("tables and figures", "RobustMeta.Scripts.ReportFolder::"),
        ("tables and figures", "RobustMeta.Experiments.Comparison::Means"),
    ];

    private string last = Start;

    /// <summary>What belongs to no other phase.</summary>
    public const string Start = "start, settings and the rest";

    /// <summary>Compilation on a thread of its own.</summary>
    public const string Compilation = "compilation in the background";

    /// <summary>Programs that the command starts.</summary>
    public const string Others = "other programs";

    /// <summary>All phases, in order.</summary>
    public static IReadOnlyList<string> All => [Start, .. Known.Select(k => k.Phase).Distinct(), Compilation, Others];

    /// <summary>The phase of a sample; a worker thread works for the phase that the main thread was in before.</summary>
    public string Of(Sample sample)
    {
        if (sample.Thread.StartsWith(".NET Tiered"))
        {
            return Compilation;
        }
        if (sample.Thread.StartsWith("worker"))
        {
            return last;
        }
        if (!sample.Thread.StartsWith("dotnet") && !sample.Thread.StartsWith(".NET"))
        {
            return Others;
        }
        foreach (var (function, _) in sample.Frames)
        {
            foreach (var (phase, known) in Known)
            {
                if (function.Contains(known))
                {
                    return last = phase;
                }
            }
        }
        return Start;
    }
}
