using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using RobustMeta.Models;
using RobustMeta.Robustness;
using RobustMeta.Robustness.References;
using RobustMeta.Tasks;
using RobustMeta.Training;

namespace RobustMeta.Experiments;

/// <summary>
/// Fits the reference of a method, and compares it with the plainly trained model on the validation users, whom neither has
/// met: a reference should be out-of-sample and better than that model.
/// </summary>
/// <param name="prepared">The data side.</param>
/// <param name="spec">The method.</param>
/// <param name="checkpoint">Where interrupted trainings go on, or null.</param>
/// <param name="foldModel">Trains the model of a cross-fitted reference; null trains the one that the spec names.</param>
/// <param name="cancellation">Stops after the current batch.</param>
internal sealed class ReferenceFitting(
    PreparedExperiment prepared,
    ExperimentSpec spec,
    Checkpoint? checkpoint,
    Func<ImmutableArray<UserTask>, IPredictor>? foldModel,
    CancellationToken cancellation
)
{
    private readonly ReferenceCheck check = new(prepared.Source, prepared.Split.Validation);
    private int folds;

    /// <summary>The reference that the spec names, or the best by validation where it names none.</summary>
    public FittedReference Fit()
    {
        var clock = Stopwatch.StartNew();
        var references = spec.Robustness.References;
        if (references.Reference == ReferenceKind.Auto)
        {
            var choice = check.Choose([Fit(ReferenceKind.Bias), Fit(ReferenceKind.Crossfit)], Base());
            return new(choice.Chosen, choice.Losses, [], clock.Elapsed);
        }
        var reference = Fit(references.Reference);
        if (reference.Predictor is null || !references.CheckReference || spec.Robustness.Levels == WeightLevels.None)
        {
            return new(reference, [], [], clock.Elapsed);
        }
        var (_, losses) = check.Choose([reference], Base());
        return new(reference, losses, ReferenceCheck.Warning(losses) is { } text ? [text] : [], clock.Elapsed);
    }

    private Reference Fit(ReferenceKind kind) =>
        (spec.Robustness.References with { Reference = kind, Distill = 0 }).Fit(
            prepared.Source,
            prepared.Split.MetaTrain,
            foldModel ?? FoldModel,
            spec.Seed
        );

    private IPredictor FoldModel(ImmutableArray<UserTask> tasks)
    {
        folds++;
        var name = spec.Robustness.References.ReferenceModel;
        var model = name == ReferenceSpec.SameModel ? spec.Model : ModelSpec.Named(name);
        return Plain(model, tasks, string.Create(CultureInfo.InvariantCulture, $"fold-{folds}"));
    }

    private IPredictor Base() => Plain(spec.Model, prepared.Split.MetaTrain, "base");

    private IPredictor Plain(ModelSpec model, ImmutableArray<UserTask> tasks, string part) =>
        ExperimentRunner.PlainPredictor(
            prepared,
            spec with
            {
                Model = model,
                // An engine that was named for the method need not know another model.
                Engine = model == spec.Model ? spec.Engine : new(),
                Robustness = new() { Levels = WeightLevels.None },
            },
            tasks,
            checkpoint?.Of(part),
            cancellation
        );
}
