using System.Collections.Immutable;
using System.Diagnostics;
using RobustMeta.Evaluation;
using RobustMeta.Models;
using RobustMeta.Runtime;
using RobustMeta.Tasks;
using RobustMeta.Training;

namespace RobustMeta.Experiments;

/// <summary>Fits and measures methods.</summary>
public static class ExperimentRunner
{
    /// <summary>Fits one method to prepared data and measures it on every test set.</summary>
    /// <param name="prepared">The data side; several methods may share it.</param>
    /// <param name="spec">The method. Its data settings must be those of <paramref name="prepared"/>.</param>
    /// <param name="checkpoint">Where an interrupted training goes on, or null.</param>
    /// <param name="progress">Is told each epoch of a training, on this thread.</param>
    /// <param name="cancellation">Stops after the current batch.</param>
    /// <param name="reference">
    /// Fits the method of a cross-fitted reference to some tasks; null fits the one that the spec names.
    /// </param>
    /// <exception cref="ArgumentException">The data settings differ.</exception>
    /// <exception cref="Settings.SettingException">A setting is out of its range, or settings do not go together.</exception>
    /// <exception cref="DivergenceException">Training diverged.</exception>
    public static MethodResult Run(
        PreparedExperiment prepared,
        ExperimentSpec spec,
        Checkpoint? checkpoint = null,
        IProgress<EpochRecord>? progress = null,
        CancellationToken cancellation = default,
        Func<ImmutableArray<UserTask>, IPredictor>? reference = null
    )
    {
        ArgumentNullException.ThrowIfNull(prepared);
        ArgumentNullException.ThrowIfNull(spec);
        spec.RequireValid();
        RequireSameData(prepared.Spec, spec);
        using var notice = new FitNotice(spec.MethodName, prepared.Tell);
        var context = new ExperimentFit(prepared, cancellation)
        {
            Checkpoint = checkpoint,
            Progress = notice.Until(progress),
            Reference = reference,
        };
        using var memory = new PeakMemory();
        var clock = Stopwatch.StartNew();
        var predictor = spec.Method.Fit(context);
        using var engines = predictor as IDisposable;
        notice.Dispose();
        var cost = new RunCost(clock.Elapsed, TimeSpan.Zero, prepared.Split.MetaTrain.Length, memory.Bytes);
        clock.Restart();
        var users = prepared.Evaluate(new NamedPredictor(spec.MethodName, predictor));
        var evaluation = clock.Elapsed;
        return predictor is TrainedPredictor trained
            ? new(spec, users, trained.Training, trained.Cost with { Evaluation = evaluation })
            {
                Parameters = trained.Parameters,
                Weights = trained.Weights,
                TrainingLosses = trained.TrainingLosses,
                References = trained.References,
                Members = trained.Members,
            }
            : new(spec, users, Untrained(prepared, predictor), cost with { Evaluation = evaluation });
    }

    // An order without labels has no error to select by, and what scores test sets alone has no validation value.
    private static TrainingResult Untrained(PreparedExperiment prepared, IPredictor predictor)
    {
        var canSelect = predictor is not ITestSetPredictor && (predictor.ScoresAreLabels || !prepared.SelectsByLabels);
        return new([], 0, canSelect ? prepared.Validation.Evaluate(predictor) : double.NaN, false, []);
    }

    private static void RequireSameData(ExperimentSpec data, ExperimentSpec method)
    {
        var prepared = data.DataSettings.ToDictionary(setting => setting.Key, setting => setting.Value);
        foreach (var (key, value) in method.DataSettings)
        {
            if (prepared[key] != value)
            {
                throw new ArgumentException(
                    $"The data were prepared with {key} {prepared[key]}, the method asks for {value}: methods on the "
                        + "same data share all settings of data set, seed, split, shift and evaluation."
                );
            }
        }
    }
}
