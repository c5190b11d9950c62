using System.Collections.Immutable;

namespace RobustMeta.Models;

/// <summary>
/// The inputs of a model: the fields of each, in the order in which their embeddings are concatenated
/// (item fields first, then user fields).
/// </summary>
/// <param name="ItemFields">Fields by dense item index.</param>
/// <param name="UserFields">Fields by dense user index.</param>
/// <param name="EmbeddingDim">Width of each embedded token field, at least 1.</param>
public sealed record InputSchema(
    ImmutableArray<InputField> ItemFields,
    ImmutableArray<InputField> UserFields,
    int EmbeddingDim
)
{
    /// <summary>Fields by dense item index.</summary>
    public ImmutableArray<InputField> ItemFields { get; init; } = Given(ItemFields, nameof(ItemFields));

    /// <summary>Fields by dense user index.</summary>
    public ImmutableArray<InputField> UserFields { get; init; } = Given(UserFields, nameof(UserFields));

    /// <summary>
    /// The users' identities: one token for each meta-training user, 0 for every other. Not among the fields: only models
    /// that learn a vector of each user of their own look at it.
    /// </summary>
    public TokenField UserIdentity { get; init; } = new("id", 1, [0], []);

    /// <summary>
    /// Whether the data have no ratings, so that interactions of label 0 are drawn negatives: nothing says that the user met them.
    /// </summary>
    public bool HasDrawnNegatives { get; init; }

    /// <summary>Which items a support has, as an input beside the user fields; null where it is none.</summary>
    public ExposureInput? Exposure { get; init; }

    /// <summary>Width of the concatenated item fields.</summary>
    public int ItemWidth => ItemFields.Sum(Width);

    /// <summary>Width of the concatenated user fields.</summary>
    public int UserWidth => UserFields.Sum(Width);

    /// <summary>The same with the inputs that say which items the support has, for models that take them.</summary>
    public int ExposedUserWidth => UserWidth + (Exposure?.Width ?? 0);

    private static ImmutableArray<InputField> Given(ImmutableArray<InputField> fields, string name) =>
        fields.IsDefault ? throw new ArgumentException("Expected fields, or an empty array of them.", name) : fields;

    private int Width(InputField field) => field is TokenField ? EmbeddingDim : 1;
}
