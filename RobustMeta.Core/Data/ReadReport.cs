using System.Globalization;

namespace RobustMeta.Data;

/// <summary>Counts of what was read and what was left out: nothing is dropped without being counted here.</summary>
/// <param name="Rows">Rating rows read.</param>
/// <param name="Duplicates">Rows whose user–item pair had occurred before.</param>
/// <param name="DuplicateRule">The rule that resolved them.</param>
/// <param name="ItemsWithoutFeatures">Rated items that the item file lacks (their features are unknown).</param>
/// <param name="UsersWithoutFeatures">Users with ratings that the user file lacks.</param>
/// <param name="Unrated">Rows without a rating (a value that stands for "not rated"), which were left out.</param>
/// <param name="HasTimes">Whether times are known; a column of one value alone counts as unknown.</param>
public sealed record ReadReport(
    long Rows,
    long Duplicates = 0,
    DuplicateRule DuplicateRule = DuplicateRule.KeepLast,
    int ItemsWithoutFeatures = 0,
    int UsersWithoutFeatures = 0,
    long Unrated = 0,
    bool HasTimes = false
)
{
    /// <summary>What a user should know, one sentence each; empty when nothing was left out or is missing.</summary>
    /// <param name="ratings">The ratings that were read.</param>
    public IReadOnlyList<string> Notes(Ratings ratings)
    {
        var notes = new List<string>();
        void Add(FormattableString note) => notes.Add(note.ToString(CultureInfo.InvariantCulture));
        if (Unrated > 0)
        {
            var rows = Unrated == 1 ? "row without a rating was" : "rows without a rating were";
            Add($"{Unrated:N0} {rows} left out.");
        }
        if (Duplicates > 0)
        {
            Add($"{Duplicates:N0} of {Rows:N0} rows repeat a user and item; the rule is {DuplicateRule}.");
        }
        if (ItemsWithoutFeatures > 0)
        {
            var rated = ratings.ItemIndex.Distinct().Count();
            Add(
                $"{Fraction(ItemsWithoutFeatures, rated)} rated items are not in the file of item features{Advice(rated)}."
            );
        }
        if (UsersWithoutFeatures > 0)
        {
            Add($"{Fraction(UsersWithoutFeatures, ratings.Users.Count)} users are not in the file of user features.");
        }
        return notes;

        string Advice(int rated) =>
            ItemsWithoutFeatures == rated ? ": compare the identifiers of the two files, blanks and case included" : "";
    }

    private static string Fraction(int missing, int all) =>
        missing == all
            ? string.Create(CultureInfo.InvariantCulture, $"All {all:N0}")
            : string.Create(CultureInfo.InvariantCulture, $"{missing:N0} of {all:N0}");
}
