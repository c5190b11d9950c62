using System.Collections.Immutable;
using RobustMeta.Bias;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Models;

/// <summary>
/// The hyper-parameters of one kind of model, and how to make it. A model of your own is a class that inherits this one, in C#
/// or F#, with a parameterless constructor; once it is in <see cref="Registry"/> it can be named in specs like those of the library.
/// </summary>
/// <example>
/// In C#: <c>new MeLUSpec { HiddenDim1 = 64 }</c>; in F#: <c>MeLUSpec(HiddenDim1 = 64)</c>.
/// </example>
public abstract class ModelSpec : Spec
{
    /// <summary>Name of the model in specs and results.</summary>
    public abstract string ModelName { get; }

    /// <summary>What the model predicts on top of.</summary>
    [Setting("what the model predicts on top of: none, or bias (item effect plus user effect)")]
    public OffsetKind Offset { get; init; }

    /// <summary>Standard deviation of the initial embeddings unless the spec says otherwise.</summary>
    public virtual double DefaultEmbeddingScale => new FeatureSpec().EmbeddingScale;

    /// <summary>
    /// Whether padding a batch to its longest user costs so much that users of like length share a batch unless the spec says
    /// otherwise (<see cref="Training.TrainerSpec.Bucketed"/>). MetaPMF is padded too, but published with random batches.
    /// </summary>
    public virtual bool IsPadded => false;

    /// <summary>
    /// Settings that all models have and this one, as it is set, does not look at, with what it has in their place: users who give
    /// them are told, and searches leave them out.
    /// </summary>
    /// <param name="features">What the model sees.</param>
    /// <param name="label">What it predicts.</param>
    public virtual IReadOnlyDictionary<string, string> WithoutEffect(FeatureSpec features, LabelKind label) =>
        ImmutableDictionary<string, string>.Empty;

    /// <summary>The model for given inputs.</summary>
    /// <param name="schema">The inputs of the model.</param>
    /// <param name="embeddingScale">Standard deviation of the initial embeddings.</param>
    /// <param name="label">What is predicted.</param>
    public abstract MetaRecommender Create(InputSchema schema, double embeddingScale, LabelKind label);

    /// <summary>All models at their defaults, by name: those of this library, and those that were added.</summary>
    public static Registry<ModelSpec> Registry { get; } =
        new("model", spec => spec.ModelName, Registry<ModelSpec>.Examples(typeof(ModelSpec).Assembly));
}
