namespace RobustMeta.Data.Reading;

/// <summary>
/// The official files of MovieLens-100K: <c>u.data</c> (tab), <c>u.user</c> and <c>u.item</c> (|, ISO-8859-1),
/// <c>u.genre</c>. Ages are put into the seven classes of MovieLens-1M.
/// </summary>
internal sealed class MovieLens100KReader : IDatasetReader
{
    public string Format => "movielens-100k";

    public Ratings Read(string name, string folder, DuplicateRule rule)
    {
        var builder = MovieLens.ReadRatings(DataFile.Require(folder, "u.data"), "\t"u8, rule);
        var genres = ReadGenres(DataFile.Require(folder, "u.genre"));
        var items = ReadItems(DataFile.Require(folder, "u.item"), genres);
        var users = new FeatureTableBuilder(
            builder.Users(),
            ("age", FeatureKind.Token),
            ("gender", FeatureKind.Token),
            ("occupation", FeatureKind.Token),
            ("zip", FeatureKind.Token)
        );
        ReadUsers(DataFile.Require(folder, "u.user"), users);
        var films = new FeatureTableBuilder(
            builder.Items(items.Select(item => item.Id)),
            ("genre", FeatureKind.Bag),
            ("year", FeatureKind.Token)
        );
        foreach (var (id, year, ofItem) in items)
        {
            films.Set(id, FeatureValue.Of(ofItem), FeatureValue.Of(year));
        }
        return builder.Build(name, users, films);
    }

    private static List<string> ReadGenres(string path)
    {
        var genres = new List<string>();
        using var reader = new ByteLineReader(path);
        while (reader.TryRead(out var line))
        {
            // The official file ends with an empty line.
            if (!line.IsEmpty)
            {
                var fields = new Fields(reader, line, "|"u8);
                genres.Add(MovieLens.Text(fields.NextToken("a genre")));
                fields.NextInteger("the number of the genre");
                fields.RequireEnd();
            }
        }
        return genres;
    }

    private static List<(string Id, string Year, List<string> Genres)> ReadItems(string path, List<string> genres)
    {
        var items = new List<(string, string, List<string>)>();
        using var reader = new ByteLineReader(path);
        while (reader.TryRead(out var line))
        {
            var fields = new Fields(reader, line, "|"u8);
            var id = MovieLens.Text(fields.NextToken("a movie id"));
            var title = MovieLens.Text(fields.Next("a title"));
            fields.Next("a release date");
            fields.Next("a video release date");
            fields.Next("an address");
            var ofItem = new List<string>();
            foreach (var genre in genres)
            {
                var flag = fields.NextInteger("a genre flag, 0 or 1");
                if (flag is not (0 or 1))
                {
                    throw reader.Error(fields.Column, $"expected a genre flag, 0 or 1, found {flag}");
                }
                if (flag == 1)
                {
                    ofItem.Add(genre);
                }
            }
            fields.RequireEnd();
            items.Add((id, MovieLens.Year(title), ofItem));
        }
        return items;
    }

    private static void ReadUsers(string path, FeatureTableBuilder users)
    {
        using var reader = new ByteLineReader(path);
        while (reader.TryRead(out var line))
        {
            var fields = new Fields(reader, line, "|"u8);
            var id = MovieLens.Text(fields.NextToken("a user id"));
            var age = MovieLens.AgeClass(fields.NextInteger("an age in years"));
            var gender = MovieLens.Text(fields.NextToken("a gender"));
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
