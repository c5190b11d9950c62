using System.Collections.Immutable;
using System.Diagnostics;
using RobustMeta.Bias;
using RobustMeta.Engine;
using RobustMeta.Models;
using RobustMeta.Robustness;
using RobustMeta.Robustness.References;
using RobustMeta.Runtime;
using RobustMeta.Settings;
using RobustMeta.Tasks;
using RobustMeta.Training;

namespace RobustMeta.Experiments;

/// <summary>Trains meta-recommenders: fits the reference, builds engine and adversary, and runs the trainer.</summary>
internal static class MetaTraining
{
    /// <summary>Trains a method, once for each radius of its population.</summary>
    /// <param name="method">The method.</param>
    /// <param name="context">What it is fitted from.</param>
    /// <exception cref="SettingException">A setting asks the model for what it cannot do.</exception>
    public static TrainedPredictor Fit(MetaMethodSpec method, ExperimentFit context)
    {
        try
        {
            return FitAll(method, context);
        }
        catch (NotSupportedException error)
        {
            // Engines know no settings; here it is a setting that asked.
            throw new SettingException(error.Message);
        }
    }

    private static TrainedPredictor FitAll(MetaMethodSpec method, ExperimentFit context)
    {
        FittedReference FitReference() => new ReferenceFitting(method, context).Fit();
        var kind = method.Robustness.References.Reference;
        if (context.Source.HasFreshNegatives && (kind.Predicts || kind is AutoReference))
        {
            throw new SettingException(
                $"negativeDraw is fresh and reference is {kind.Name}: the losses of a reference are "
                    + "computed once, for the first negatives. Take negativeDraw fixed, or reference none."
            );
        }
        if (method.Robustness.Population.Count > 0)
        {
            return PopulationRun.Fit(method, context, FitReference);
        }
        var fitted = FitReference();
        var trained = TrainOne(method, context, fitted, context.Checkpoint);
        return new(new EnginePredictor(method.DisplayName, trained.Engine), [trained], fitted);
    }

    /// <summary>Trains a single model with a fitted reference.</summary>
    public static TrainedModel TrainOne(
        MetaMethodSpec method,
        ExperimentFit context,
        FittedReference fitted,
        Checkpoint? checkpoint
    )
    {
        var model = ModelOf(method, context);
        // A start that is computed from the data is a part of the training's cost.
        using var memory = new PeakMemory();
        var clock = Stopwatch.StartNew();
        var engine = EngineOf(method, context, model);
        try
        {
            var reweighter = Reweighter.Over(
                fitted.Adversary(method.Robustness),
                context.Source,
                context.Train,
                fitted.Reference,
                context.Seed
            );
            var trainer = TrainerOf(method, context, model, engine, reweighter);
            var training = trainer.Run(CheckpointOf(method, model, checkpoint), context.Progress, context.Cancellation);
            IReadOnlyList<string> warnings =
            [
                .. fitted.Warnings,
                .. TrainingWarnings.Of(
                    training,
                    context.Prepared.Validation.Name,
                    trainer.Pretraining,
                    model.StartsFitted
                ),
            ];
            var passes = (long)context.Train.Length * training.History.Count;
            var cost = new RunCost(clock.Elapsed, TimeSpan.Zero, passes, memory.Bytes);
            var losses =
                method.Robustness.Levels == WeightLevels.None
                    ? []
                    : TrainingLosses.Of(engine, context.Source, context.Train, model.Phases[^1]);
            return new(engine, training with { Warnings = warnings }, reweighter.Weights, losses, cost);
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    // A reference and phases before the last are trained for as many epochs as the whole.
    private static Checkpoint? CheckpointOf(MetaMethodSpec method, MetaRecommender model, Checkpoint? checkpoint) =>
        method.Robustness.References.Reference is NoReferenceKind
        && model.Phases[..^1].All(phase => phase.Epochs is not null)
            ? checkpoint
            : checkpoint?.FromStart();

    private static Trainer TrainerOf(
        MetaMethodSpec method,
        ExperimentFit context,
        MetaRecommender model,
        IMetaGradientEngine engine,
        Reweighter reweighter
    ) =>
        new(
            method.Training,
            engine,
            reweighter,
            context.Source,
            context.Train,
            context.Prepared.Validation,
            context.Seed,
            model.Phases
        );

    private static MetaRecommender ModelOf(MetaMethodSpec method, ExperimentFit context)
    {
        var features = method.Features;
        var model = method.Model.Create(
            context.Prepared.SchemaOf(features),
            features.EmbeddingScale,
            context.Source.Label
        );
        if (model is null)
        {
            throw new InvalidOperationException($"{method.Model.GetType()}.Create returned null; expected a model.");
        }
        return features.UserExposure == 0 || model.Shapes.Any(shape => shape.Name == ExposureInput.Vectors)
            ? model
            : throw new SettingException(
                $"userExposure is {features.UserExposure}, and {model.Name} takes no such input: leave it out, or choose MeLU, "
                    + "FOMeLU, ANIL, CAVIA, MetaSGD, MetaRidge or TaNP; MetaPMF has userPrior exposure in its place."
            );
    }

    // At the parameters that the model starts from on these tasks.
    private static IMetaGradientEngine EngineOf(MetaMethodSpec method, ExperimentFit context, MetaRecommender model)
    {
        var tasks = context.Train;
        var all = context.Source.All(tasks);
        var parameters = model.CreateParameters(context.Seed);
        if (method.Model.Offset == OffsetKind.None)
        {
            model.Start(parameters, all, context.Seed, ThreadLimit.Threads());
            return method.Engine.Create(model, parameters);
        }
        var bias = new BiasModel(context.Source, context.Prepared.Split.MetaTrain);
        var (support, query) = bias.Scores(all);
        model.Start(parameters, all.WithOffsets(support, query), context.Seed, ThreadLimit.Threads());
        return new OffsetEngine(method.Engine.Create(model, parameters), bias);
    }
}
