using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using RobustMeta.Engine;
using RobustMeta.Models;
using RobustMeta.Models.Offsets;
using RobustMeta.Robustness;
using RobustMeta.Robustness.References;
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
        var model = spec.Model.Create(prepared.Schema, spec.Features.EmbeddingScale, spec.Split.Label);
        var train = prepared.Split.MetaTrain;
        // A start computed from the data, and a cross-fitted reference, are part of the training's cost.
        using var memory = new PeakMemory();
        var clock = Stopwatch.StartNew();
        using var engine = EngineOf(prepared, spec, model, train);
        var fit = reference ?? (fold => PlainPredictor(prepared, PlainReference(spec), fold, cancellation));
        var reweighter = Reweighter.Fit(spec.Robustness, prepared.Source, train, fit, spec.Seed);
        var trainer = TrainerOf(prepared, spec, model, engine, reweighter, train);
        var training = trainer.Run(checkpoint, progress, cancellation);
        var trained = clock.Elapsed;
        var peak = memory.Bytes;
        var users = prepared.Evaluate(new EnginePredictor(spec.MethodName, engine));
        var passes = (long)train.Length * training.History.Count;
        var cost = new RunCost(trained, clock.Elapsed - trained, passes, peak);
        return new(spec, users, training, engine.Parameters, reweighter.Weights, cost);
    }

    private static Trainer TrainerOf(
        PreparedExperiment prepared,
        ExperimentSpec spec,
        MetaRecommender model,
        IMetaGradientEngine engine,
        Reweighter reweighter,
        ImmutableArray<UserTask> tasks
    ) =>
        new(
            spec.Training,
            engine,
            reweighter,
            prepared.Source,
            tasks,
            prepared.Validation,
            spec.Seed,
            model.Phases,
            new(prepared.Source, prepared.Split.Validation)
        );

    // What a cross-fitted reference is: the model of the spec or another one at its defaults, without an adversary.
    private static ExperimentSpec PlainReference(ExperimentSpec spec)
    {
        var name = spec.Robustness.References.ReferenceModel;
        return spec with
        {
            Model = name == ReferenceSpec.SameModel ? spec.Model : ModelSpec.Named(name),
            Robustness = new() { Levels = WeightLevels.None },
        };
    }

    // The engine lives as long as the predictor does.
    private static EnginePredictor PlainPredictor(
        PreparedExperiment prepared,
        ExperimentSpec spec,
        ImmutableArray<UserTask> tasks,
        CancellationToken cancellation
    )
    {
        var model = spec.Model.Create(prepared.Schema, spec.Features.EmbeddingScale, spec.Split.Label);
        var engine = EngineOf(prepared, spec, model, tasks);
        var plain = Reweighter.Plain([.. tasks.Select(task => task.Query.Length)]);
        TrainerOf(prepared, spec, model, engine, plain, tasks).Run(null, null, cancellation);
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
            model.Start(parameters, all, spec.Seed);
            return spec.Engine.Create(model, parameters);
        }
        var bias = new BiasModel(prepared.Source, prepared.Split.MetaTrain);
        var (support, query) = bias.Scores(all);
        model.Start(parameters, all.WithBase(support, query), spec.Seed);
        return new OffsetEngine(spec.Engine.Create(model, parameters), bias);
    }

    private static void RequireSameData(ExperimentSpec data, ExperimentSpec method)
    {
        var prepared = DataSettings(data).ToDictionary(setting => setting.Key, setting => setting.Value);
        foreach (var (key, value) in DataSettings(method))
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

    // Everything that PreparedExperiment looks at.
    private static IEnumerable<(string Key, string Value)> DataSettings(ExperimentSpec spec) =>
        new object[] { spec.Features, spec.Split, spec.Shift, spec.Evaluation }
            .SelectMany(part => SettingList.Of(part).Select(setting => (setting.Key, setting.Print(part))))
            .Prepend(("seed", spec.Seed.ToString(CultureInfo.InvariantCulture)))
            .Prepend(("dataset", spec.Dataset));
}
