namespace RobustMeta.Data;

/// <summary>What reading a ratings file met: nothing is dropped without being counted here.</summary>
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
);
