using System.Globalization;
using System.Text.Json;

namespace RobustMeta.Data.Reading;

/// <summary>
/// Amazon's reviews as JSON lines, in the layout of 2014 and of 2018: <c>reviewerID</c>, <c>asin</c>, <c>overall</c>,
/// <c>unixReviewTime</c>. The entry's columns name the file (<c>ratings</c>) and that of the metadata (<c>items</c>); without them
/// they are the folder's one file .json and, where it is there, its one file <c>meta_….json</c>.
/// </summary>
internal sealed class AmazonReader : DatasetReader
{
    private const string Json = ".json";
    private const string Metadata = "meta_";

    public override string Format => "amazon";

    public override string Meaning =>
        "Amazon reviews as JSON lines (2014, 2018), with the metadata of the products where they are there";

    public override ReaderExample Example =>
        new(
            [
                (
                    "reviews.json",
                    """
                    {"reviewerID": "A1", "asin": "B1", "reviewText": "so \"so\"", "overall": 4.0, "unixReviewTime": 1400000000}
                    {"overall": 1, "verified": true, "asin": "B2", "reviewerID": "A1", "style": {"x": ["y"]}, "unixReviewTime": 1400000060}
                    {"reviewerID": "A2", "asin": "B1", "overall": 5.0, "unixReviewTime": 1400000120}

                    """.ReplaceLineEndings("\n")
                ),
            ],
            [("A1", "B1", 4), ("A1", "B2", 1), ("A2", "B1", 5)]
        );

    public override IReadOnlyList<string> FilesOf(CatalogEntry entry) =>
        entry.Columns is { Ratings.Length: > 0 } columns ? columns.Files
        : entry.Files.Keys.FirstOrDefault(IsReviews) is { } file ? [file]
        : [];

    protected override Ratings ReadFrom(ReaderSource source)
    {
        var ratings = source.Collect();
        var json = JsonFiles(source.Folder);
        using var reader = source.Lines(
            FilesOf(source.Entry).FirstOrDefault() ?? OneFile(source.Folder, json.Where(IsReviews).ToList())
        );
        while (reader.TryRead(out var line))
        {
            var review = Parse(line, reader);
            ratings.Add(review.User, review.Item, review.Rating, review.Time, reader);
        }
        if (ratings.Count == 0)
        {
            throw Empty(reader.Path, 0);
        }
        var metadata = source.Entry.Columns?.Items ?? json.FirstOrDefault(file => !IsReviews(file));
        return metadata is null
            ? ratings.Build(source.Name)
            : ratings.Build(
                source.Name,
                new(ratings.Users()),
                AmazonProducts.Read(source, metadata, ratings.Items([]))
            );
    }

    private static bool IsReviews(string file) =>
        file.EndsWith(Json, StringComparison.Ordinal) && !file.StartsWith(Metadata, StringComparison.Ordinal);

    private static List<string> JsonFiles(string folder) =>
        Directory
            .EnumerateFiles(folder, $"*{Json}*")
            .Select(path => Path.GetFileName(path))
            .Select(file => file.EndsWith(DataFile.Compressed, StringComparison.Ordinal) ? file[..^3] : file)
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToList();

    private static string OneFile(string folder, List<string> reviews) =>
        reviews.Count == 1
            ? reviews[0]
            : throw new FileNotFoundException(
                $"{folder} must hold one file {Json} of reviews; it holds {reviews.Count}. Name it: [NAME.columns] with "
                    + "ratings = \"FILE\"."
            );

    private static (byte[] User, byte[] Item, float Rating, long Time) Parse(
        ReadOnlySpan<byte> line,
        ByteLineReader reader
    )
    {
        byte[]? user = null;
        byte[]? item = null;
        float? rating = null;
        long time = 0;
        var json = new Utf8JsonReader(line);
        try
        {
            json.Read();
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var isUser = json.ValueTextEquals("reviewerID"u8);
                var isItem = json.ValueTextEquals("asin"u8);
                var isRating = json.ValueTextEquals("overall"u8);
                var isTime = json.ValueTextEquals("unixReviewTime"u8);
                json.Read();
                user = isUser ? Bytes(json.GetString()) : user;
                item = isItem ? Bytes(json.GetString()) : item;
                rating = isRating ? json.GetSingle() : rating;
                time = isTime ? json.GetInt64() : time;
                json.Skip();
            }
            while (json.Read())
            {
                // The rest of the line must be well-formed too.
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw reader.Error(
                (int)Math.Min(json.BytesConsumed + 1, int.MaxValue),
                $"expected a review as JSON, found '{Excerpt.Of(line)}' ({error.GetType().Name})"
            );
        }
        return (
            user is { Length: > 0 } ? user : throw Lacks("reviewerID"),
            item is { Length: > 0 } ? item : throw Lacks("asin"),
            rating is { } value && float.IsFinite(value) ? value : throw Lacks("overall"),
            time
        );

        DataFormatException Lacks(string key) => reader.Error(0, $"expected a review with '{key}'");
    }

    private static byte[] Bytes(string? text) => System.Text.Encoding.UTF8.GetBytes(text ?? "");
}
