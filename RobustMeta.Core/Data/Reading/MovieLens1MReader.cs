namespace RobustMeta.Data.Reading;

/// <summary>The official files of MovieLens-1M, fields separated by <c>::</c>, ISO-8859-1.</summary>
internal sealed class MovieLens1MReader : IDatasetReader
{
    public string Format => "movielens-1m";

    public Ratings Read(string name, string folder, DuplicateRule rule)
    {
        var builder = MovieLens.ReadRatings(DataFile.Require(folder, "ratings.dat"), "::"u8, rule);
        var items = ReadItems(DataFile.Require(folder, "movies.dat"));
        var users = new FeatureTableBuilder(
            builder.Users(),
            ("age", FeatureKind.Token),
            ("gender", FeatureKind.Token),
            ("occupation", FeatureKind.Token),
            ("zip", FeatureKind.Token)
        );
        ReadUsers(DataFile.Require(folder, "users.dat"), users);
        var films = new FeatureTableBuilder(
            builder.Items(items.Select(item => item.Id)),
            ("genre", FeatureKind.Bag),
            ("year", FeatureKind.Token)
        );
        foreach (var (id, year, genres) in items)
        {
            films.Set(id, FeatureValue.Of(genres), FeatureValue.Of(year));
        }
        return builder.Build(name, users, films);
    }

    private static List<(string Id, string Year, string[] Genres)> ReadItems(string path)
    {
        var items = new List<(string, string, string[])>();
        using var reader = new ByteLineReader(path);
        while (reader.TryRead(out var line))
        {
            var fields = new Fields(reader, line, "::"u8);
            var id = MovieLens.Text(fields.NextToken("a movie id"));
            var title = MovieLens.Text(fields.Next("a title"));
            var genres = MovieLens.Text(fields.Next("genres")).Split('|');
            fields.RequireEnd();
            items.Add((id, MovieLens.Year(title), genres));
        }
        return items;
    }

    private static void ReadUsers(string path, FeatureTableBuilder users)
    {
        using var reader = new ByteLineReader(path);
        while (reader.TryRead(out var line))
        {
            var fields = new Fields(reader, line, "::"u8);
            var id = MovieLens.Text(fields.NextToken("a user id"));
            var gender = MovieLens.Text(fields.NextToken("a gender"));
            var age = MovieLens.Text(fields.NextToken("an age class"));
            var occupation = MovieLens.Text(fields.NextToken("an occupation"));
            var zip = MovieLens.Text(fields.NextToken("a zip code"));
            fields.RequireEnd();
            users.Set(
                id,
                FeatureValue.Of(age),
                FeatureValue.Of(gender),
                FeatureValue.Of(occupation),
                FeatureValue.Of(zip)
            );
        }
    }
}
