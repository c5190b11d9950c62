using RobustMeta.Settings;

namespace RobustMeta.Data;

/// <summary>Writes ratings and features as Parquet files, which the format <c>parquet</c> reads back, and pandas, Arrow and DuckDB.</summary>
public static class ParquetRatings
{
    /// <summary>The file of ratings.</summary>
    public const string RatingsFile = "ratings.parquet";

    /// <summary>The file of users, where they have features.</summary>
    public const string UsersFile = "users.parquet";

    /// <summary>The file of items, where they have features.</summary>
    public const string ItemsFile = "items.parquet";

    /// <summary>
    /// Writes <see cref="RatingsFile"/> with <c>user_id</c>, <c>item_id</c>, <c>rating</c> and, where known, <c>timestamp</c>
    /// (Unix seconds), and a file each of users and items that have features: a token as text, a bag as text separated by
    /// <c>|</c>, a number as single precision; what is unknown is a null or NaN.
    /// </summary>
    /// <param name="ratings">The ratings.</param>
    /// <param name="folder">The folder; made where it is not there.</param>
    /// <exception cref="SettingException">A token of a bag holds <c>|</c>, or a feature has the name of the identifiers.</exception>
    public static void Write(Ratings ratings, string folder)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        ArgumentNullException.ThrowIfNull(folder);
        Directory.CreateDirectory(folder);
        List<ParquetColumn<int>> columns =
        [
            ParquetColumn<int>.Text("user_id", row => ratings.Users[ratings.UserIndex[row]]),
            ParquetColumn<int>.Text("item_id", row => ratings.Items[ratings.ItemIndex[row]]),
            ParquetColumn<int>.Single("rating", row => ratings.Values[row]),
        ];
        if (!ratings.Times.IsEmpty)
        {
            columns.Add(ParquetColumn<int>.Integer("timestamp", row => ratings.Times[row]));
        }
        ParquetFile.Write(Path.Combine(folder, RatingsFile), Enumerable.Range(0, ratings.Count), columns);
        Write(Path.Combine(folder, UsersFile), "user_id", ratings.Users, ratings.UserFeatures);
        Write(Path.Combine(folder, ItemsFile), "item_id", ratings.Items, ratings.ItemFeatures);
    }

    private static void Write(string path, string id, Vocabulary entities, FeatureTable features)
    {
        if (features.Columns.Any(column => column.Name == id))
        {
            throw new SettingException(
                $"A feature has the name '{id}', which the identifiers have in {Path.GetFileName(path)}: give it another name."
            );
        }
        if (!features.Columns.IsEmpty)
        {
            ParquetFile.Write(
                path,
                Enumerable.Range(0, entities.Count),
                [ParquetColumn<int>.Text(id, row => entities[row]), .. features.Columns.Select(Column)]
            );
        }
    }

    private static ParquetColumn<int> Column(FeatureColumn feature) =>
        feature switch
        {
            TokenColumn tokens => ParquetColumn<int>.Text(
                feature.Name,
                row => tokens.Tokens[row] == 0 ? null : tokens.Vocabulary[tokens.Tokens[row]]
            ),
            TokenBagColumn bags => ParquetColumn<int>.Text(feature.Name, row => Joined(bags, row)),
            FloatColumn numbers => ParquetColumn<int>.Single(feature.Name, row => numbers.Values[row]),
            _ => throw new ArgumentOutOfRangeException(nameof(feature), feature, "Unknown kind of feature."),
        };

    private static string? Joined(TokenBagColumn bags, int row)
    {
        var tokens = Array.ConvertAll(bags.Bag(row).ToArray(), token => bags.Vocabulary[token]);
        var wrong = Array.Find(tokens, token => token.Contains('|'));
        return wrong is not null
                ? throw new SettingException(
                    $"'{Reading.Excerpt.Of(wrong)}' of the feature '{bags.Name}' holds '|', which separates the tokens of a bag."
                )
            : tokens.Length == 0 ? null
            : string.Join('|', tokens);
    }
}
