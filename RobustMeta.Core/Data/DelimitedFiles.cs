using RobustMeta.Data.Reading;

namespace RobustMeta.Data;

/// <summary>
/// Reads ratings and features from delimited text files and, by their ending <c>.parquet</c>, from Parquet files: one's own data.
/// </summary>
public static class DelimitedFiles
{
    /// <summary>Reads a data set.</summary>
    /// <param name="name">Name of the data set in results.</param>
    /// <param name="folder">Folder of the files.</param>
    /// <param name="spec">Which columns mean what.</param>
    /// <param name="rule">What becomes of several ratings of one item by one user.</param>
    /// <param name="limits">What the files may hold; null is the default.</param>
    /// <exception cref="DataFormatException">A line is malformed, or a column does not exist.</exception>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    public static Ratings Read(
        string name,
        string folder,
        DelimitedSpec spec,
        DuplicateRule rule = DuplicateRule.KeepLast,
        ReadLimits? limits = null
    )
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(spec);
        limits ??= ReadLimits.Default;
        var builder = ReadRatings(DataFile.Require(folder, spec.Ratings), spec, new(rule, null, limits), limits);
        var items = FeatureFile.Items(spec) is { } itemFile ? itemFile.Read(folder, limits) : [];
        var users = FeatureFile.Users(spec) is { } userFile ? userFile.Read(folder, limits) : [];
        return builder.Build(
            name,
            Table(builder.Users(), spec.UserFeatures, users, spec.UsersRepeats),
            Table(builder.Items(items.Select(row => row.Id)), spec.ItemFeatures, items, spec.ItemsRepeats)
        );
    }

    /// <summary>Which columns of a file hold users, items, ratings and times, and how it is written, once all is known.</summary>
    /// <param name="path">The file of ratings.</param>
    /// <param name="spec">What is given.</param>
    /// <param name="limits">What the file may hold.</param>
    internal static DelimitedSpec Detect(string path, DelimitedSpec spec, ReadLimits limits)
    {
        using var file = new RecordFile(path, spec.Dialect, Columns(spec), limits);
        return WithColumns(spec with { Dialect = file.Dialect }, file.Columns);
    }

    private static IEnumerable<string> Columns(DelimitedSpec spec) =>
        new[] { spec.User, spec.Item, spec.Rating, spec.Time }.OfType<string>();

    // Recognised only where neither identifier is named: a rating column that was left out on purpose stays out.
    private static DelimitedSpec WithColumns(DelimitedSpec spec, DelimitedColumns columns) =>
        spec.User is not null || spec.Item is not null
            ? spec with
            {
                User = spec.User ?? columns.Names[columns.Recognise("user identifiers", HeaderNames.User, "user")],
                Item = spec.Item ?? columns.Names[columns.Recognise("item identifiers", HeaderNames.Item, "item")],
            }
            : spec with
            {
                User =
                    columns.Names.Count == 0
                        ? throw new DataFormatException(
                            columns.File,
                            1,
                            0,
                            "the file has no header: name the columns by their positions, user = 1 and item = 2"
                        )
                        : columns.Names[columns.Recognise("user identifiers", HeaderNames.User, "user")],
                Item = columns.Names[columns.Recognise("item identifiers", HeaderNames.Item, "item")],
                Rating = spec.Rating ?? HeaderNames.Find(columns.Names, HeaderNames.Rating),
                Time = spec.Time ?? HeaderNames.Find(columns.Names, HeaderNames.Time),
            };

    /// <summary>Reads the rows of a file of ratings; a large one in chunks on all cores, with the same result.</summary>
    internal static RatingsBuilder ReadRatings(
        string path,
        DelimitedSpec given,
        RatingsBuilder builder,
        ReadLimits limits
    ) => ReadRatings(path, given, builder, limits, ReadChunks.Default);

    /// <summary>Reads the rows of a file of ratings, in chunks or, where they are null, from beginning to end.</summary>
    internal static RatingsBuilder ReadRatings(
        string path,
        DelimitedSpec given,
        RatingsBuilder builder,
        ReadLimits limits,
        ReadChunks? chunks
    )
    {
        using var file = new RecordFile(path, given.Dialect, Columns(given), limits);
        var spec = WithColumns(given, file.Columns);
        var fields = new RatingFields(file.Columns, spec, file.Dialect.Missing ?? []);
        if (chunks is not null && file.Lines is { } lines && ChunkedRatings.Suits(lines, limits, chunks))
        {
            var width = file.Dialect.Header == true ? file.Columns.Names.Count : Width(path, file.Dialect, limits);
            new ChunkedRatings(lines, file.Dialect, fields, width, spec.TimeFormat, limits, chunks).AddTo(builder);
        }
        else
        {
            var times = new TimeParser(spec.TimeFormat);
            while (file.Records.TryRead())
            {
                fields.AddTo(builder, file.Records, times);
            }
        }
        return builder.Count > 0 ? builder : throw DatasetReader.Empty(path, builder.Unrated);
    }

    private static int Width(string path, FileDialect dialect, ReadLimits limits)
    {
        using var file = new RecordFile(path, dialect, [], limits);
        return file.Records.TryRead() ? file.Records.Count : 0;
    }

    private static FeatureTableBuilder Table(
        Vocabulary entities,
        IReadOnlyList<DelimitedFeature> features,
        List<FeatureRow> rows,
        RepeatRule repeats
    )
    {
        var table = new FeatureTableBuilder(entities, [.. features.Select(f => (f.Name ?? f.Column, f.Kind))])
        {
            Repeats = repeats,
        };
        foreach (var row in rows)
        {
            table.Set(row.Id, row.Path, row.Line, row.Values);
        }
        return table;
    }
}
