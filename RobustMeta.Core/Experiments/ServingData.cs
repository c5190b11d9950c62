using System.Collections.Immutable;
using RobustMeta.Bias;
using RobustMeta.Data;
using RobustMeta.Models;
using RobustMeta.Tasks;

namespace RobustMeta.Experiments;

/// <summary>
/// What a trained model needs of its data to serve users who come later, without the data: the items and what the model sees of
/// them, how features of users become inputs, and how often and how well the training users rated each item.
/// </summary>
public sealed record ServingData
{
    /// <summary>Fingerprint of the ratings that the model was trained on (<see cref="DataFingerprint"/>).</summary>
    public required string Fingerprint { get; init; }

    /// <summary>What is predicted.</summary>
    public required LabelKind Label { get; init; }

    /// <summary>Smallest rating that is relevant; clicks are ratings that reach it.</summary>
    public required double Threshold { get; init; }

    /// <summary>Identifiers of the items by dense index.</summary>
    public required Vocabulary Items { get; init; }

    /// <summary>What the model sees of the items.</summary>
    public required ImmutableArray<InputField> ItemFields { get; init; }

    /// <summary>What the model sees of users, in the order of its inputs.</summary>
    public required ImmutableArray<ServedFeature> UserFeatures { get; init; }

    /// <summary>Width of each embedded field.</summary>
    public required int EmbeddingDim { get; init; }

    /// <summary>Rows of a table of the users' identities: one more than there were training users.</summary>
    public required int UserRows { get; init; }

    /// <summary>Whether the data have no ratings; see <see cref="InputSchema.HasDrawnNegatives"/>.</summary>
    public bool HasDrawnNegatives { get; init; }

    /// <summary>Scale of the ratings; null where there are none, and in runs of before this was kept.</summary>
    public RatingScale? Scale { get; init; }

    /// <summary>Length of the vectors of the items' exposure that the model takes; 0 for none (<see cref="FeatureSpec.UserExposure"/>).</summary>
    public int UserExposure { get; init; }

    /// <summary>How often and how well the training users rated each item.</summary>
    public required ItemStatistics Statistics { get; init; }

    /// <summary>What a method was fitted to.</summary>
    /// <param name="prepared">The data side.</param>
    /// <param name="method">A meta-recommender.</param>
    public static ServingData Of(PreparedExperiment prepared, MetaMethodSpec method)
    {
        ArgumentNullException.ThrowIfNull(prepared);
        ArgumentNullException.ThrowIfNull(method);
        var ratings = prepared.Dataset.Ratings;
        var schema = prepared.SchemaOf(method.Features);
        return new()
        {
            Fingerprint = prepared.Fingerprint,
            Label = prepared.Source.Label,
            Threshold = prepared.Source.RatingRelevance.Threshold,
            Items = ratings.Items,
            ItemFields = schema.ItemFields,
            UserFeatures = [.. schema.UserFields.Select(field => ServedFeature.Of(field, ratings.UserFeatures))],
            EmbeddingDim = schema.EmbeddingDim,
            HasDrawnNegatives = schema.HasDrawnNegatives,
            Scale = schema.HasDrawnNegatives ? null : RatingScale.Of(ratings),
            UserExposure = schema.Exposure?.Rank ?? 0,
            UserRows = schema.UserIdentity.VocabularySize,
            Statistics = ItemStatistics.Of(prepared.Source, prepared.Split.MetaTrain),
        };
    }
}
