namespace RobustMeta.Data;

/// <summary>Ratings with their entry of the catalog.</summary>
/// <param name="Ratings">The ratings.</param>
/// <param name="LabelThreshold">Smallest rating that usually counts as relevant.</param>
/// <param name="UserFeatures">User features that models should see by default.</param>
/// <param name="ItemFeatures">Item features that models should see by default.</param>
public sealed record Dataset(
    Ratings Ratings,
    double LabelThreshold,
    IReadOnlyList<string> UserFeatures,
    IReadOnlyList<string> ItemFeatures
)
{
    /// <summary>What the values of the rows are.</summary>
    public FeedbackKind Feedback { get; init; } = FeedbackKind.Explicit;

    /// <summary>The same data with users and items in each other's places.</summary>
    public Dataset Transposed() =>
        this with
        {
            Ratings = Ratings.Transposed(),
            UserFeatures = ItemFeatures,
            ItemFeatures = UserFeatures,
        };

    /// <summary>Files whose content is not what the catalog's sums say.</summary>
    public IReadOnlyList<string> Differing { get; init; } = [];

    /// <summary>What a user should know about the data, one sentence each: what was dropped, what is missing.</summary>
    public IReadOnlyList<string> Notes =>
        [
            .. Differing.Select(file => $"{file} is another copy than the one whose SHA-256 the catalog has."),
            .. Ratings.Report.Notes(Ratings),
        ];
}
