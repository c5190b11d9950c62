namespace RobustMeta.Data.Reading;

/// <summary>
/// The official files of MovieLens-100K: <c>u.data</c> (tab), <c>u.user</c> and <c>u.item</c> (|, ISO-8859-1),
/// <c>u.genre</c>. Ages are put into the seven classes of MovieLens-1M.
/// </summary>
internal sealed class MovieLens100KReader : DatasetReader
{
    public override string Format => "movielens-100k";

    public override string Meaning => "MovieLens-100K: u.data, u.user, u.item, u.genre";

    public override ReaderExample Example =>
        new(
            [
                ("u.data", "1\t10\t4\t880000000\n1\t20\t2\t880000060\n2\t10\t5\t880000120\n"),
                ("u.user", "1|24|M|writer|85711\n2|53|F|other|94043\n"),
                ("u.item", "10|A (1995)|01-Jan-1995||http://x|0|1\n20|B (1996)|||http://y|1|0\n"),
                ("u.genre", "unknown|0\nAction|1\n"),
            ],
            [("1", "10", 4), ("1", "20", 2), ("2", "10", 5)]
        );

    public override IReadOnlyList<string> FilesOf(CatalogEntry entry) => ["u.data", "u.user", "u.item", "u.genre"];

    protected override Ratings ReadFrom(ReaderSource source)
    {
        var builder = MovieLens.ReadRatings(source, "u.data", "\t"u8);
        var genres = ReadGenres(source, "u.genre");
        var items = ReadItems(source, "u.item", genres);
        var users = new FeatureTableBuilder(
            builder.Users(),
            ("age", FeatureKind.Token),
            ("gender", FeatureKind.Token),
            ("occupation", FeatureKind.Token),
            ("zip", FeatureKind.Token)
        );
        ReadUsers(source, "u.user", users);
        var films = new FeatureTableBuilder(
            builder.Items(items.Select(item => item.Id)),
            ("genre", FeatureKind.Bag),
            ("year", FeatureKind.Token)
        );
        foreach (var (id, year, ofItem, line) in items)
        {
            films.Set(id, source.Require("u.item"), line, FeatureValue.Of(ofItem), FeatureValue.Of(year));
        }
        return builder.Build(source.Name, users, films);
    }

    private static List<string> ReadGenres(ReaderSource source, string file)
    {
        var genres = new List<string>();
        using var reader = source.Lines(file);
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

    private static List<(string Id, string Year, List<string> Genres, long Line)> ReadItems(
        ReaderSource source,
        string file,
        List<string> genres
    )
    {
        var items = new List<(string, string, List<string>, long)>();
        using var reader = source.Lines(file);
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
            items.Add((id, MovieLens.Year(title), ofItem, reader.Number));
        }
        return items;
    }

    private static void ReadUsers(ReaderSource source, string file, FeatureTableBuilder users)
    {
        using var reader = source.Lines(file);
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
                reader.Path,
                reader.Number,
                FeatureValue.Of(age),
                FeatureValue.Of(gender),
                FeatureValue.Of(occupation),
                FeatureValue.Of(zip)
            );
        }
    }
}
