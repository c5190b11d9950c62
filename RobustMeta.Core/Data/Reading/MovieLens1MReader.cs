namespace RobustMeta.Data.Reading;

/// <summary>The official files of MovieLens-1M, fields separated by <c>::</c>, ISO-8859-1.</summary>
internal sealed class MovieLens1MReader : DatasetReader
{
    public override string Format => "movielens-1m";

    public override string Meaning => "MovieLens-1M: ratings.dat, users.dat, movies.dat";

    public override ReaderExample Example =>
        new(
            [
                ("ratings.dat", "1::10::4::880000000\n1::20::2::880000060\n2::10::5::880000120\n"),
                ("users.dat", "1::F::1::10::48067\n2::M::56::16::70072\n"),
                ("movies.dat", "10::A (1995)::Action|Drama\n20::B (1996)::Comedy\n"),
            ],
            [("1", "10", 4), ("1", "20", 2), ("2", "10", 5)]
        );

    public override IReadOnlyList<string> FilesOf(CatalogEntry entry) => ["ratings.dat", "users.dat", "movies.dat"];

    protected override Ratings ReadFrom(ReaderSource source)
    {
        var builder = MovieLens.ReadRatings(source, "ratings.dat", "::"u8);
        var items = ReadItems(source, "movies.dat");
        var users = new FeatureTableBuilder(
            builder.Users(),
            ("age", FeatureKind.Token),
            ("gender", FeatureKind.Token),
            ("occupation", FeatureKind.Token),
            ("zip", FeatureKind.Token)
        );
        ReadUsers(source, "users.dat", users);
        var films = new FeatureTableBuilder(
            builder.Items(items.Select(item => item.Id)),
            ("genre", FeatureKind.Bag),
            ("year", FeatureKind.Token)
        );
        foreach (var (id, year, genres, line) in items)
        {
            films.Set(id, source.Require("movies.dat"), line, FeatureValue.Of(genres), FeatureValue.Of(year));
        }
        return builder.Build(source.Name, users, films);
    }

    private static List<(string Id, string Year, string[] Genres, long Line)> ReadItems(
        ReaderSource source,
        string file
    )
    {
        var items = new List<(string, string, string[], long)>();
        using var reader = source.Lines(file);
        while (reader.TryRead(out var line))
        {
            var fields = new Fields(reader, line, "::"u8);
            var id = MovieLens.Text(fields.NextToken("a movie id"));
            var title = MovieLens.Text(fields.Next("a title"));
            var genres = MovieLens.Text(fields.Next("genres")).Split('|');
            fields.RequireEnd();
            items.Add((id, MovieLens.Year(title), genres, reader.Number));
        }
        return items;
    }

    private static void ReadUsers(ReaderSource source, string file, FeatureTableBuilder users)
    {
        using var reader = source.Lines(file);
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
