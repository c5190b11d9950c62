using System.Collections.Immutable;
using System.Diagnostics;
using RobustMeta.Engine;
using RobustMeta.Models;
using RobustMeta.Models.Offsets;
using RobustMeta.Robustness;
using RobustMeta.Runtime;
using RobustMeta.Settings;
using RobustMeta.Tasks;
using RobustMeta.Training;

namespace RobustMeta.Experiments;

/// <summary>Trains and measures methods.</summary>
public static class ExperimentRunner
{
    /// <summary>Trains one method on prepared data and measures it on every test set.</summary>
    /// <param name="prepared">The data side; several methods may share it.</param>
    /// <param name="spec">The method. Its data settings must be those of <paramref name="prepared"/>.</param>
    /// <param name="checkpoint">Where an interrupted training goes on, or null.</param>
    /// <param name="progress">Is told each epoch, on this thread.</param>
    /// <param name="cancellation">Stops after the current batch.</param>
    /// <param name="reference">
    /// Trains the model of a cross-fitted reference on some tasks; null trains the one that the spec names.
    /// </param>
    /// <exception cref="ArgumentException">The data settings differ.</exception>
    /// <exception cref="DivergenceException">Training diverged.</exception>
    public static MethodResult Train(
        PreparedExperiment prepared,
        ExperimentSpec spec,
        Checkpoint? checkpoint = null,
        IProgress<EpochRecord>? progress = null,
        CancellationToken cancellation = default,
        Func<ImmutableArray<UserTask>, IPredictor>? reference = null
    )
    {
        RequireSameData(prepared.Spec, spec);
        FittedReference Fit() => new ReferenceFitting(prepared, spec, checkpoint, reference, cancellation).Fit();
        if (spec.Robustness.Population.Count > 0)
        {
            return PopulationRun.Train(prepared, spec, Fit, checkpoint, progress, cancellation);
        }
        var fitted = Fit();
        using var trained = TrainOne(prepared, spec, fitted, checkpoint, progress, cancellation);
        var clock = Stopwatch.StartNew();
        var users = prepared.Evaluate(new EnginePredictor(spec.MethodName, trained.Engine));
        return new(
            spec,
            users,
            trained.Training,
            trained.Engine.Parameters,
            trained.Weights,
            trained.Cost with
            {
                Evaluation = clock.Elapsed,
                Reference = fitted.Time,
            }
        )
        {
            References = fitted.Losses,
        };
    }

    /// <summary>Trains a single model with a fitted reference.</summary>
    internal static TrainedMethod TrainOne(
        PreparedExperiment prepared,
        ExperimentSpec spec,
        FittedReference fitted,
        Checkpoint? checkpoint,
        IProgress<EpochRecord>? progress,
        CancellationToken cancellation
    )
    {
        var model = spec.Model.Create(prepared.Schema, spec.Features.EmbeddingScale, spec.Split.Label);
        var train = prepared.Split.MetaTrain;
        // A start that is computed from the data is a part of the training's cost.
        using var memory = new PeakMemory();
        var clock = Stopwatch.StartNew();
        var engine = EngineOf(prepared, spec, model, train);
        try
        {
            var reweighter = Reweighter.Over(
                fitted.Adversary(spec.Robustness),
                prepared.Source,
                train,
                fitted.Reference,
                spec.Seed
            );
            var trainer = TrainerOf(prepared, spec, model, engine, reweighter, train);
            var training = trainer.Run(checkpoint, progress, cancellation);
            var passes = (long)train.Length * training.History.Count;
            var cost = new RunCost(clock.Elapsed, TimeSpan.Zero, passes, memory.Bytes);
            return new(engine, training with { Warnings = fitted.Warnings }, reweighter.Weights, cost);
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    private static Trainer TrainerOf(
        PreparedExperiment prepared,
        ExperimentSpec spec,
        MetaRecommender model,
        IMetaGradientEngine engine,
        Reweighter reweighter,
        ImmutableArray<UserTask> tasks
    ) => new(spec.Training, engine, reweighter, prepared.Source, tasks, prepared.Validation, spec.Seed, model.Phases);

    /// <summary>Trains without an adversary on some of the tasks. The engine lives as long as the predictor does.</summary>
    internal static EnginePredictor PlainPredictor(
        PreparedExperiment prepared,
        ExperimentSpec spec,
        ImmutableArray<UserTask> tasks,
        Checkpoint? checkpoint,
        CancellationToken cancellation
    )
    {
        var model = spec.Model.Create(prepared.Schema, spec.Features.EmbeddingScale, spec.Split.Label);
        var engine = EngineOf(prepared, spec, model, tasks);
        var plain = Reweighter.Plain([.. tasks.Select(task => task.Query.Length)]);
        TrainerOf(prepared, spec, model, engine, plain, tasks).Run(checkpoint, null, cancellation);
        return new(spec.MethodName, engine);
    }

    // At the parameters that the model starts from on these tasks.
    private static IMetaGradientEngine EngineOf(
        PreparedExperiment prepared,
        ExperimentSpec spec,
        MetaRecommender model,
        ImmutableArray<UserTask> tasks
    )
    {
        var all = prepared.Source.Batch(tasks, [.. Enumerable.Range(0, tasks.Length)]);
        var parameters = model.CreateParameters(spec.Seed);
        if (spec.Model.Offset == OffsetKind.None)
        {
            model.Start(parameters, all, spec.Seed, EngineSpec.Threads());
            return spec.Engine.Create(model, parameters);
        }
        var bias = new BiasModel(prepared.Source, prepared.Split.MetaTrain);
        var (support, query) = bias.Scores(all);
        model.Start(parameters, all.WithBase(support, query), spec.Seed, EngineSpec.Threads());
        return new OffsetEngine(spec.Engine.Create(model, parameters), bias);
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
                        + "same data share all settings of data set, seed, features, split, shift and evaluation."
                );
            }
        }
    }
}
