using System.Diagnostics;
using RobustMeta.Experiments;

namespace RobustMeta.Studies;

/// <summary>
/// Tries what a run of each cell takes: the first method is trained for one epoch and measured, and the seconds of that
/// epoch are counted for all (a training that ends early takes less). Nothing is kept.
/// </summary>
public static class StudyProbe
{
    private const string Epochs = "epoch";

    /// <summary>Seconds of one run, by cell.</summary>
    /// <param name="spec">The study.</param>
    /// <param name="hooks">Is told of the progress.</param>
    /// <param name="cancellation">Stops after the current batch.</param>
    public static IReadOnlyDictionary<StudyCell, double> Seconds(
        StudySpec spec,
        StudyHooks hooks,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(hooks);
        var workshop = new StudyWorkshop(hooks);
        var settings = new RunSettings(spec);
        return spec.Cells.ToDictionary(
            cell => cell,
            cell =>
            {
                var method = spec.MethodsOf(cell)[0];
                var layers = settings.Layers(
                    cell,
                    method,
                    spec.Tuning.Values[0],
                    method.Tuned.Values[0],
                    spec.PointsOf(cell, method)[0]
                );
                var seed = spec.SeedsOf(cell)[0];
                var whole = RunSettings.Experiment(layers, method, seed);
                hooks.Say($"probe: {cell.Title}, {method.Name}");
                return Seconds(workshop.Prepare(whole), whole, cancellation);
            }
        );
    }

    private static double Seconds(PreparedExperiment prepared, ExperimentSpec whole, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        if (whole.Method is not MetaMethodSpec meta)
        {
            ExperimentRunner.Run(prepared, whole, cancellation: cancellation);
            return clock.Elapsed.TotalSeconds;
        }
        var result = ExperimentRunner.Run(prepared, whole.With((Epochs, "1")), cancellation: cancellation);
        return clock.Elapsed.TotalSeconds + (meta.Training.Epoch - 1) * result.Cost.Training.TotalSeconds;
    }
}
