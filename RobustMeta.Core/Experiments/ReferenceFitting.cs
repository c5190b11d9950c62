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
    private TimeSpan earlier;

    /// <summary>The reference that the spec names, or the best by validation where it names none.</summary>
    public FittedReference Fit()
    {
        var clock = Stopwatch.StartNew();
        var references = spec.Robustness.References;
        if (references.Reference == ReferenceKind.Auto)
        {
            var choice = check.Choose([Fit(ReferenceKind.Bias), Fit(ReferenceKind.Crossfit)], Base());
            return new(choice.Chosen, choice.Losses, [], clock.Elapsed + earlier);
        }
        var reference = Fit(references.Reference);
        if (reference.Predictor is null || !references.CheckReference || spec.Robustness.Levels == WeightLevels.None)
        {
            return new(reference, [], [], clock.Elapsed + earlier);
        }
        var (_, losses) = check.Choose([reference], Base());
        return new(
            reference,
            losses,
            ReferenceCheck.Warning(losses) is { } text ? [text] : [],
            clock.Elapsed + earlier
        );
    }

    private Reference Fit(ReferenceKind kind)
    {
        if (kind != ReferenceKind.Crossfit || foldModel is not null)
        {
            return FitAnew(kind);
        }
        var key = string.Create(
            CultureInfo.InvariantCulture,
            $"{Plain(FoldSpec).Hash} {spec.Robustness.References.ReferenceFolds}"
        );
        var shared = prepared.References.Of(key, () => FitAnew(kind));
        earlier += shared.Earlier;
        return shared.Reference;
    }

    private Reference FitAnew(ReferenceKind kind) =>
        (spec.Robustness.References with { Reference = kind, Distill = 0 }).Fit(
            prepared.Source,
            prepared.Split.MetaTrain,
            foldModel ?? FoldModel,
            spec.Seed
        );

    private ModelSpec FoldSpec =>
        spec.Robustness.References.ReferenceModel is var name && name == ReferenceSpec.SameModel
            ? spec.Model
            : ModelSpec.Named(name);

    private IPredictor FoldModel(ImmutableArray<UserTask> tasks)
    {
        folds++;
        return Train(Plain(FoldSpec), tasks, string.Create(CultureInfo.InvariantCulture, $"fold-{folds}"));
    }

    private IPredictor Base() => Train(Plain(spec.Model), prepared.Split.MetaTrain, "base");

    // The name of the method has no part in it: methods share what they have in common.
    private ExperimentSpec Plain(ModelSpec model) =>
        spec with
        {
            Model = model,
            // An engine that was named for the method need not know another model; the start of its
            // embeddings need not suit another one.
            Engine = model == spec.Model ? spec.Engine : new(),
            Features =
                model == spec.Model
                    ? spec.Features
                    : spec.Features with
                    {
                        EmbeddingScale = model.DefaultEmbeddingScale,
                    },
            Robustness = new() { Levels = WeightLevels.None },
            Method = "reference",
        };

    private IPredictor Train(ExperimentSpec plain, ImmutableArray<UserTask> tasks, string part) =>
        ExperimentRunner.PlainPredictor(prepared, plain, tasks, checkpoint?.Of(part), cancellation);
}
