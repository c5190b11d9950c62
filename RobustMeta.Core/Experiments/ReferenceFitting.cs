using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using RobustMeta.Models;
using RobustMeta.Robustness;
using RobustMeta.Robustness.References;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Experiments;

/// <summary>
/// Fits the reference of a method, and compares it with the plainly trained model on the validation users, whom neither was
/// fitted on: a reference should be out-of-sample and better than that model.
/// </summary>
/// <param name="method">The method.</param>
/// <param name="context">What it is fitted from.</param>
internal sealed class ReferenceFitting(MetaMethodSpec method, ExperimentFit context)
{
    private readonly ReferenceCheck check = new(context.Source, context.Prepared.Split.Validation);
    private int folds;
    private TimeSpan earlier;

    /// <summary>The reference that the spec names, or the best by validation where it names none.</summary>
    public FittedReference Fit()
    {
        var clock = Stopwatch.StartNew();
        var references = method.Robustness.References;
        if (references.Reference is AutoReference)
        {
            var choice = check.Choose([Fit(new BiasReference()), Fit(new CrossFittedReference())], Base());
            return new(choice.Chosen, choice.Losses, [], clock.Elapsed + earlier);
        }
        var reference = Fit(references.Reference);
        if (reference.Predictor is null || !references.CheckReference || method.Robustness.Levels == WeightLevels.None)
        {
            return new(reference, [], [], clock.Elapsed + earlier);
        }
        var losses = check.Compare(reference, Base());
        return new(
            reference,
            losses,
            ReferenceCheck.Warning(losses) is { } text ? [text] : [],
            clock.Elapsed + earlier
        );
    }

    private Reference Fit(ReferenceKind kind)
    {
        if (kind is not CrossFittedReference || context.Reference is not null)
        {
            return FitAnew(kind);
        }
        var key = string.Create(
            CultureInfo.InvariantCulture,
            $"{FoldMethod.Name} {string.Join(' ', SettingList.Of(FoldMethod).Select(s => s.Print(FoldMethod)))} "
                + $"{method.Robustness.References.ReferenceFolds}"
        );
        var shared = context.Prepared.References.Of(key, () => FitAnew(kind));
        earlier += shared.Earlier;
        return shared.Reference;
    }

    private Reference FitAnew(ReferenceKind kind) =>
        (method.Robustness.References with { Reference = kind, Distill = 0 }).Fit(
            context.Source,
            context.Train,
            context.Reference ?? FitFold,
            context.Seed
        );

    // The name of the method has no part in it: methods share what they have in common.
    private MethodSpec FoldMethod =>
        method.Robustness.References.ReferenceModel is not ReferenceSpec.SameModel and var name
            ? Methods.Named(name) is MetaMethodSpec other
                ? PlainOf(other)
                : Methods.Named(name)
            : method.Plain();

    // Another model is trained as the method is. An engine that was named for the method need not know the other model, and
    // the start of its embeddings need not suit it; nor need it take the exposure of the support.
    private MetaMethodSpec PlainOf(MetaMethodSpec other) =>
        other.Model.Equals(method.Model)
            ? method.Plain()
            : new(other.Model)
            {
                Training = method.Training,
                Features = method.Features with { EmbeddingScale = other.Features.EmbeddingScale, UserExposure = 0 },
                Robustness = method.Plain().Robustness,
            };

    private IPredictor FitFold(ImmutableArray<UserTask> tasks)
    {
        folds++;
        var name = string.Create(CultureInfo.InvariantCulture, $"fold-{folds}");
        var predictor = FoldMethod.Fit(context.Of(tasks, name));
        return predictor.ScoresAreLabels
            ? predictor
            : throw new SettingException(
                $"referenceModel {FoldMethod.Name} only orders items, and a reference predicts labels: take a model, bias, "
                    + "itemMean, or a collaborative baseline on residuals."
            );
    }

    private IPredictor Base() => method.Plain().Fit(context.Of(context.Train, "base"));
}
