using RobustMeta.Settings;

namespace RobustMeta.Models;

/// <summary>Which features of users and items a model takes, and how wide they are embedded.</summary>
public sealed record FeatureSpec : ISpec
{
    /// <summary>Stands for the features that the data set's catalog entry recommends.</summary>
    public const string Auto = "auto";

    /// <summary>Names of user features; <c>auto</c> takes the data set's own choice, an empty list none.</summary>
    [Setting("user features, comma-separated; auto takes the data set's choice, none takes no feature")]
    public IReadOnlyList<string> UserFeatures { get; init; } = [Auto];

    /// <summary>Names of item features; <c>auto</c> takes the data set's own choice, an empty list none.</summary>
    [Setting("item features, comma-separated; auto takes the data set's choice, none takes no feature")]
    public IReadOnlyList<string> ItemFeatures { get; init; } = [Auto];

    /// <summary>Whether users have an embedding of their own (a cold user has none: it serves warm users only).</summary>
    [Setting("whether users have an ID embedding (unknown for cold users)")]
    public bool UserId { get; init; }

    /// <summary>Whether items have an embedding of their own. MeLU as published has none; ranking needs it.</summary>
    [Setting("whether items have an ID embedding (published MeLU: false; new items then cannot be told apart)")]
    public bool ItemId { get; init; } = true;

    /// <summary>
    /// Length of the vectors by which the model sees which items a support has, as an input beside the user's features; 0 leaves
    /// them out. Models of an adapting perceptron (MeLU, ANIL, Meta-SGD, CAVIA), MetaRidge and TaNP take them, by automatic
    /// differentiation; MetaPMF has priors informed by exposure instead.
    /// </summary>
    [Setting(
        "length of the exposure vectors (which items a support has, whatever the ratings) that the model gets beside the user's features; "
            + "0 = not told",
        Min = 0,
        Max = 1024
    )]
    public int UserExposure { get; init; }

    /// <summary>Width of each embedded feature.</summary>
    [Setting("width of each embedded feature", Min = 1, Max = 4096, Low = 4, High = 64, IsLog = true)]
    public int EmbeddingDim { get; init; } = 32;

    /// <summary>Standard deviation of the initial embeddings.</summary>
    [Setting("standard deviation of the initial embeddings", Min = 0, Max = 10)]
    public double EmbeddingScale { get; init; } = 0.1;
}
