using System.Collections.Immutable;
using RobustMeta.Models.Offsets;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Models;

/// <summary>
/// The hyper-parameters of one kind of model, and how to make it. A model is found by being there: every concrete
/// subclass with a parameterless constructor can be named in specs.
/// </summary>
public abstract record ModelSpec
{
    /// <summary>Name of the model in specs and results.</summary>
    public abstract string ModelName { get; }

    /// <summary>What the model predicts on top of.</summary>
    [Setting("what the model predicts on top of: none, or bias (item offset plus user offset)")]
    public OffsetKind Offset { get; init; }

    /// <summary>Standard deviation of the initial embeddings unless the spec says otherwise.</summary>
    public virtual double DefaultEmbeddingScale => new FeatureSpec().EmbeddingScale;

    /// <summary>
    /// Whether padding a batch to its longest user costs so much that users of like length share a batch unless the spec says
    /// otherwise (<see cref="Training.TrainerSpec.Bucketed"/>). MetaPMF is padded too, but published with random batches.
    /// </summary>
    public virtual bool IsPadded => false;

    /// <summary>The model for given inputs.</summary>
    /// <param name="schema">What the model sees.</param>
    /// <param name="embeddingScale">Standard deviation of the initial embeddings.</param>
    /// <param name="label">What is predicted.</param>
    public abstract MetaRecommender Create(InputSchema schema, double embeddingScale, LabelKind label);

    /// <summary>Defaults of all models, by name.</summary>
    public static ImmutableSortedDictionary<string, ModelSpec> All { get; } =
        typeof(ModelSpec)
            .Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(ModelSpec)) && !type.IsAbstract)
            .Select(type => (ModelSpec)Activator.CreateInstance(type)!)
            .ToImmutableSortedDictionary(spec => spec.ModelName, spec => spec, StringComparer.OrdinalIgnoreCase);

    /// <summary>Defaults of the model of that name.</summary>
    /// <exception cref="SettingException">There is none; the message names the nearest.</exception>
    public static ModelSpec Named(string name) =>
        All.TryGetValue(name, out var spec)
            ? spec
            : throw new SettingException(
                $"There is no model '{name}'{NearestName.Hint(name, All.Keys)}. Models: {string.Join(", ", All.Keys)}"
            );
}
