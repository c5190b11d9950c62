using System.Globalization;

namespace RobustMeta.Data.Reading;

/// <summary>
/// The CSV releases of MovieLens (latest, 20M, 25M, 32M): <c>ratings.csv</c>, <c>movies.csv</c> with the year in the title
/// and genres separated by <c>|</c>, and, where it is there, <c>tags.csv</c>, whose tags become a bag of the films.
/// </summary>
internal sealed class MovieLensCsvReader : DatasetReader
{
    private const string RatingsFile = "ratings.csv";
    private const string MoviesFile = "movies.csv";
    private const string TagsFile = "tags.csv";
    private const string NoGenre = "(no genres listed)";
    private static readonly FileDialect Csv = new()
    {
        Separator = ",",
        Header = true,
        LineBreaks = true,
    };

    public override string Format => "movielens-csv";

    public override string Meaning =>
        "MovieLens as CSV (latest, 20M, 25M, 32M): ratings.csv, movies.csv, tags.csv if there";

    public override ReaderExample Example =>
        new(
            [
                (
                    RatingsFile,
                    "userId,movieId,rating,timestamp\n1,10,4.5,880000000\n1,20,2,880000060\n2,10,5,880000120\n"
                ),
                (MoviesFile, "movieId,title,genres\n10,\"A, The (1995)\",Action|Drama\n20,B,(no genres listed)\n"),
                (TagsFile, "userId,movieId,tag,timestamp\n1,10,Funny,880000000\n2,10,funny,880000000\n"),
            ],
            [("1", "10", 4.5f), ("1", "20", 2), ("2", "10", 5)],
            HeaderLines: 1
        );

    public override IReadOnlyList<string> FilesOf(CatalogEntry entry) => [RatingsFile, MoviesFile];

    protected override Ratings ReadFrom(ReaderSource source)
    {
        var ratings = DelimitedFiles.ReadRatings(
            source.Require(RatingsFile),
            new()
            {
                Ratings = RatingsFile,
                User = "userId",
                Item = "movieId",
                Rating = "rating",
                Time = "timestamp",
                TimeFormat = "seconds",
                Dialect = Csv,
            },
            source.Collect(),
            source.Limits
        );
        var tags = source.Find(TagsFile) is null ? null : Tags(source);
        var movies = source.Rows(MoviesFile, Csv).ToList();
        (string, FeatureKind)[] columns =
        [
            ("genre", FeatureKind.Bag),
            ("year", FeatureKind.Token),
            .. tags is null ? Array.Empty<(string, FeatureKind)>() : [("tag", FeatureKind.Bag)],
        ];
        var films = new FeatureTableBuilder(ratings.Items(movies.Select(m => m.Text(1, "a movie id"))), columns);
        foreach (var movie in movies)
        {
            var id = movie.Text(1, "a movie id");
            var genres = movie.Text(3, "genres");
            FeatureValue[] values =
            [
                FeatureValue.Of(genres == NoGenre ? [] : genres.Split('|')),
                FeatureValue.Of(MovieLens.Year(movie.Text(2, "a title").TrimEnd())),
                .. tags is null
                    ? Array.Empty<FeatureValue>()
                    : [FeatureValue.Of([.. tags.GetValueOrDefault(id) ?? []])],
            ];
            films.Set(id, source.Require(MoviesFile), movie.Line, values);
        }
        return ratings.Build(source.Name, new(ratings.Users()), films);
    }

    // Tags of a film without regard to case, each once.
    private static Dictionary<string, SortedSet<string>> Tags(ReaderSource source)
    {
        var tags = new Dictionary<string, SortedSet<string>>();
        foreach (var row in source.Rows(TagsFile, Csv))
        {
            var movie = row.Text(2, "a movie id");
            if (!tags.TryGetValue(movie, out var own))
            {
                tags.Add(movie, own = new(StringComparer.Ordinal));
            }
            own.Add(row.Text(3, "a tag").Trim().ToLower(CultureInfo.InvariantCulture));
        }
        return tags;
    }
}
