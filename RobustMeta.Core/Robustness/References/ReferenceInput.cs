using System.Collections.Immutable;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness.References;

/// <summary>What a reference is fitted with.</summary>
/// <param name="Source">Ratings and labels.</param>
/// <param name="Tasks">Training tasks.</param>
/// <param name="Spec">Settings that kinds of reference share.</param>
/// <param name="Model">Trains the model of a cross-fitted reference on some tasks; null where there is none.</param>
/// <param name="Seed">Master seed of the run.</param>
public sealed record ReferenceInput(
    TaskSource Source,
    ImmutableArray<UserTask> Tasks,
    ReferenceSpec Spec,
    Func<ImmutableArray<UserTask>, IPredictor>? Model,
    long Seed
)
{
    /// <summary>The model's training, for kinds that need it.</summary>
    /// <exception cref="SettingException">There is none.</exception>
    public Func<ImmutableArray<UserTask>, IPredictor> RequireModel() =>
        Model ?? throw new SettingException($"reference {Spec.Reference} needs a model to fit, and none is given.");
}
