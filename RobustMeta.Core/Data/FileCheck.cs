using System.Globalization;
using System.Text;
using System.Text.Unicode;
using RobustMeta.Data.Reading;
using RobustMeta.Settings;

namespace RobustMeta.Data;

/// <summary>What a delimited file of one's own looks like to the readers, before it is in the catalog.</summary>
/// <param name="Path">The file.</param>
/// <param name="Detected">What was found out, e.g. <c>separator</c> → <c>tab</c>.</param>
/// <param name="FirstRows">The first rows as they are read, fields in brackets; at most five.</param>
/// <param name="Ratings">What was read; null where it could not be. With a problem: what the table reads nonetheless.</param>
/// <param name="Problem">Why it could not be read, or null.</param>
/// <param name="CatalogTable">
/// The table to paste into catalog.toml; empty where the file could not be read. With a problem: one that leaves out the rows
/// without a rating, which is all that is wrong.
/// </param>
/// <param name="FeatureLines">
/// Of a file of items or users: the lines for the table of the ratings that it belongs to. Empty of other files.
/// </param>
public sealed record FileCheck(
    string Path,
    IReadOnlyList<(string What, string Value)> Detected,
    IReadOnlyList<string> FirstRows,
    Ratings? Ratings,
    string? Problem,
    string CatalogTable,
    string FeatureLines = ""
)
{
    /// <summary>
    /// Of a file with headers that are not known: the table with a question mark for each column that has to be named, and
    /// the headers to choose from. Empty of other files.
    /// </summary>
    public string Draft { get; private init; } = "";

    private const string CatalogEnding = ".toml";
    private const int ShownRows = 5;

    // So many rows tell whether numbers have a decimal comma.
    private const int SampledRows = 1000;
    private const int SampledBytes = 1 << 20;

    // A number of this size in a fourth column is a Unix time rather than a count.
    private const double LeastTime = 1e8;

    /// <summary>Reads a file of ratings as well as it can be recognised.</summary>
    /// <param name="path">The file, plain or .gz.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static FileCheck Of(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var file = NameInTable(path);
        var detected = new List<(string, string)>();
        var rows = new List<string>();
        if (Uncompressed(file).EndsWith(CatalogEnding, StringComparison.OrdinalIgnoreCase))
        {
            return new(path, detected, rows, null, CatalogProblem(path), "");
        }
        DelimitedSpec? spec = null;
        try
        {
            spec = Recognise(path, new() { Ratings = file, Dialect = DialectOf(path) }, detected, rows);
            var ratings = ReadAs(path, file, spec);
            return new(path, detected, rows, ratings, null, ProposedTable.Of(NameOf(file), spec, ratings));
        }
        catch (DataFormatException error)
        {
            if (
                spec is not null
                && MissingRatings.LeftOut(path, spec, error, known => ReadAs(path, file, known)) is var (mended, left)
            )
            {
                return new(path, detected, rows, left, error.Message, ProposedTable.Of(NameOf(file), mended, left));
            }
            var lines = LinesOf(path, file);
            return new(path, detected, rows, null, error.Message, "", lines)
            {
                Draft = lines.Length == 0 ? DraftOf(path, file) : "",
            };
        }
    }

    // A compressed file is found by its plain name too, unless another file has that name.
    private static string NameInTable(string path)
    {
        var file = System.IO.Path.GetFileName(path);
        var folder =
            System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path, Environment.CurrentDirectory)) ?? "";
        var plain = Uncompressed(file);
        return System.IO.Path.GetFileName(DataFile.Find(folder, plain)) == file ? plain : file;
    }

    private static string Uncompressed(string file) =>
        DataFile.IsCompressed(file) ? file[..^DataFile.Compressed.Length] : file;

    private static Ratings ReadAs(string path, string file, DelimitedSpec spec) =>
        DelimitedFiles.Read(NameOf(file), System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!, spec);

    // How the file's bytes are read, before anything is known of its columns.
    private static FileDialect DialectOf(string path) =>
        new() { Encoding = DataFile.IsParquet(path) ? TextEncoding.Utf8 : EncodingOf(path) };

    // Recognised by its name: as a table of two columns it would be told by its first empty line.
    private static string CatalogProblem(string path)
    {
        string[] names =
        [
            .. CatalogFile.Parse(SettingsText.Read(path, "a catalog of data sets"), path).Entries.Select(e => e.Name),
        ];
        return names.Length == 0
            ? "it is TOML, and holds no ratings; expected a file of ratings, e.g. data check ratings.csv"
            : $"it is a catalog of data sets ({string.Join(", ", names)}), and holds no ratings itself; 'data {names[0]}' tells of one of "
                + "them, and 'data check' takes the file of its ratings";
    }

    // The table of a file whose headers are not known; empty where they are, or where it has none.
    private static string DraftOf(string path, string file)
    {
        try
        {
            using var source = new RecordFile(path, DialectOf(path), [], ReadLimits.Default);
            var names = source.Columns.Names;
            var user = HeaderNames.Find(names, HeaderNames.User);
            var item = HeaderNames.Find(names, HeaderNames.Item);
            var sample = FirstFields(source.Records, SampledRows);
            var commas = CommaLine(names, sample);
            if (sample.Count == 0 || names.Count < 2 || (user is not null && item is not null && commas.Length == 0))
            {
                return "";
            }
            string Column(string key, string? known) =>
                known is null
                    ? $"{key} = \"?\"  # one of {string.Join(", ", names.Select(name => Excerpt.Of(name)))}\n"
                    : $"{key} = {ProposedTable.Quoted(known)}\n";
            var rating = HeaderNames.Find(names, HeaderNames.Rating);
            return string.Concat(
                $"[{NameOf(file)}]\n",
                $"format = {ProposedTable.Quoted(DataFile.IsParquet(path) ? "parquet" : "delimited")}\n",
                rating is null
                    ? "feedback = \"positives\"  # or labelThreshold, and below rating = \"...\", where a column has ratings\n"
                    : "labelThreshold = 4  # the smallest rating that is relevant\n",
                $"[{NameOf(file)}.columns]\n",
                $"ratings = {ProposedTable.Quoted(file)}\n",
                Column("user", user),
                Column("item", item),
                rating is null ? "" : Column("rating", rating),
                commas
            );
        }
        catch (DataFormatException)
        {
            return "";
        }
    }

    private static string LinesOf(string path, string file)
    {
        try
        {
            using var source = new RecordFile(path, DialectOf(path), [], ReadLimits.Default);
            var rows = FirstFields(source.Records, SampledRows);
            return FeatureFileCheck.Lines(file, source.Columns.Names, rows, ShownRows, source.Dialect.Encoding);
        }
        catch (DataFormatException)
        {
            return "";
        }
    }

    private static TextEncoding EncodingOf(string path)
    {
        using var content = DataFile.Open(path, ReadLimits.Default);
        var head = new byte[SampledBytes];
        var read = content.ReadAtLeast(head, SampledBytes, throwOnEndOfStream: false);
        ReadOnlySpan<byte> bytes = head.AsSpan(0, read);
        // A sample may end within a character.
        var isUtf8 = Enumerable.Range(0, Math.Min(4, read + 1)).Any(cut => Utf8.IsValid(head.AsSpan(0, read - cut)));
        // UTF-32 is read by its mark, which begins as that of UTF-16; without a mark every second byte of UTF-16 is zero.
        return bytes is [0xFF, 0xFE, 0, 0, ..] or [0, 0, 0xFE, 0xFF, ..] ? TextEncoding.Utf8
            : bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [not 0, 0, not 0, 0, ..] ? TextEncoding.Utf16
            : isUtf8 ? TextEncoding.Utf8
            : TextEncoding.Latin1;
    }

    private static DelimitedSpec Recognise(
        string path,
        DelimitedSpec spec,
        List<(string, string)> detected,
        List<string> rows
    )
    {
        using var source = new RecordFile(path, spec.Dialect, [], ReadLimits.Default);
        var dialect = source.Dialect;
        if (source.Records is ParquetRecords parquet)
        {
            detected.Add(("columns", string.Join(", ", parquet.Names.Zip(parquet.Types, (n, t) => $"{n} ({t})"))));
        }
        else
        {
            detected.Add(("separator", Shown(dialect.Separator!)));
            detected.Add(("header", dialect.Header == true ? "yes" : "no"));
            detected.Add(("encoding", dialect.Encoding.ToString().ToLowerInvariant()));
        }
        var sample = FirstFields(source.Records, SampledRows);
        var first = sample.Take(ShownRows).ToList();
        rows.AddRange(first.Select(fields => string.Join(" ", fields.Select(f => $"[{Excerpt.Of(f)}]"))));
        if (dialect.Header == true && sample.Count == 0)
        {
            throw NoRows(path, source.Columns.Names);
        }
        var known =
            dialect.Header == true
                ? DelimitedFiles.Detect(path, spec with { Dialect = dialect }, ReadLimits.Default)
                : ByPosition(path, spec with { Dialect = dialect });
        if (dialect.Header != true && known is { Rating: null, Time: null } && first.Count > 0)
        {
            var names = string.Join(", ", first[0].Take(ShownRows).Select(name => Excerpt.Of(name)));
            detected.Add(
                (
                    "note",
                    "no column is known. Ratings? Name user and item. Items? Call the first column `item`. "
                        + $"If the first row ({names}) names the columns, set header = true in the table, and user and item to these names."
                )
            );
        }
        IReadOnlyList<string> Given(string? column, int count) =>
            column is null ? [] : GivenValues.Of(path, dialect, count, source.Columns.Find(column))[0];
        var commas = DecimalComma.Of(Given(known.Rating, SampledRows));
        if (commas == CommaUse.Decimal)
        {
            detected.Add(("decimal", "comma: 3,5 is read as 3.5"));
            known = known with { Dialect = known.Dialect with { Decimal = ',' } };
        }
        detected.Add(("user", Excerpt.Of(known.User ?? "none")));
        detected.Add(("item", Excerpt.Of(known.Item ?? "none")));
        detected.Add(("rating", Excerpt.Of(known.Rating ?? "none: every row is a positive")));
        detected.Add(("time", Excerpt.Of(known.Time ?? "none")));
        if (dialect.Header == true && known.Rating is null && Unused(source.Columns.Names, known, sample) is { } unused)
        {
            detected.Add(
                (
                    "note",
                    $"no column is known as ratings. If {Excerpt.Of(unused)} holds them, set rating = {ProposedTable.Quoted(unused)} and, in the place of feedback, "
                        + "labelThreshold in the table."
                )
            );
        }
        if (Given(known.Time, 1) is [var time] && TimeParser.IsMilliseconds(time))
        {
            known = known with { TimeFormat = TimeParser.Milliseconds };
            detected.Add(
                (
                    "note",
                    $"a Unix time in seconds is expected, found {Excerpt.Of(time)}, which is read as milliseconds. "
                        + "If times are something else, write them in seconds, and leave out timeFormat."
                )
            );
        }
        return known;
    }

    private static DataFormatException NoRows(string path, IReadOnlyList<string> names) =>
        new(
            path,
            0,
            0,
            $"expected rows below the header ({string.Join(", ", names.Select(name => Excerpt.Of(name)))}), found none"
                + (
                    HeaderNames.Find(names, HeaderNames.User) is null
                        ? $"; of ratings, a column of user identifiers too, such as {HeaderNames.User[0]}"
                        : ""
                )
        );

    // The first column of numbers that is neither user, item nor time.
    private static string? Unused(IReadOnlyList<string> names, DelimitedSpec known, IReadOnlyList<string[]> rows) =>
        names
            .Where((name, at) => !IsUsed(name, known) && AreNumbers(Column(rows, at)) && !AreTimes(Column(rows, at)))
            .FirstOrDefault();

    private static bool IsUsed(string name, DelimitedSpec known) =>
        name.Length == 0 || name == known.User || name == known.Item || name == known.Time;

    private static List<string> Column(IReadOnlyList<string[]> rows, int place) =>
        [.. rows.Where(row => place < row.Length && !FileDialect.IsUsualMissing(row[place])).Select(row => row[place])];

    private static CommaUse CommasOf(IReadOnlyList<string[]> rows, int place) =>
        DecimalComma.Of(rows.Where(row => place < row.Length).Select(row => row[place]));

    // The line for a table that is not complete, with an example of what it is about; empty where no number has a comma.
    private static string CommaLine(IReadOnlyList<string> names, IReadOnlyList<string[]> rows)
    {
        var columns = names.Select((name, place) => (Name: name, Place: place, Use: CommasOf(rows, place))).ToList();
        var (name, at, use) = columns.FirstOrDefault(column => column.Use == CommaUse.Decimal)
            is { Name: not null } found
            ? found
            : columns.FirstOrDefault(column => column.Use == CommaUse.Unclear);
        if (use == CommaUse.None)
        {
            return "";
        }
        var example = Excerpt.Of(rows.First(row => at < row.Length && row[at].Contains(','))[at]);
        var point = example.Replace(',', '.');
        return use == CommaUse.Decimal
            ? $"decimal = \",\"  # {name}: {example} is {point}\n"
            : $"decimal = \",\"  # if {example} in {name} is {point}; if commas divide thousands, take them out of the file\n";
    }

    private static List<string[]> FirstFields(Records records, int count)
    {
        var rows = new List<string[]>();
        while (rows.Count < count && records.TryRead())
        {
            rows.Add([.. Enumerable.Range(0, records.Count).Select(records.Text)]);
        }
        return rows;
    }

    // Without header: user, item, then a rating and a time in either order, where they are such.
    private static DelimitedSpec ByPosition(string path, DelimitedSpec spec)
    {
        var given = GivenValues.Of(path, spec.Dialect, SampledRows, 2, 3);
        var (third, fourth) = (given[0], given[1]);
        var isTimeFirst = AreTimes(third);
        return spec with
        {
            User = "1",
            Item = "2",
            Rating =
                !isTimeFirst && AreRatings(third) ? "3"
                : isTimeFirst && !AreTimes(fourth) && AreRatings(fourth) ? "4"
                : null,
            Time =
                isTimeFirst ? "3"
                : AreTimes(fourth) ? "4"
                : null,
        };
    }

    // Numbers with commas are ratings too: where it is unclear what the commas are, reading says so.
    private static bool AreRatings(IReadOnlyList<string> values) =>
        AreNumbers(values) || DecimalComma.Of(values) != CommaUse.None;

    private static bool AreTimes(IReadOnlyList<string> values) =>
        AreMost(values, value => IsNumber(value, LeastTime) || TimeParser.IsDate(value));

    private static bool AreNumbers(IReadOnlyList<string> values) =>
        AreMost(values, value => IsNumber(value, double.MinValue));

    // Reading says where one is none.
    private static bool AreMost(IReadOnlyList<string> values, Func<string, bool> isSuch) =>
        2 * values.Count(isSuch) > values.Count;

    private static bool IsNumber(string value, double least) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var x) && x >= least;

    private static string Shown(string separator) =>
        separator switch
        {
            "\t" => "tab",
            " " => "blank",
            _ => separator,
        };

    // A name that the catalog takes.
    private static string NameOf(string file)
    {
        var stem = System.IO.Path.GetFileNameWithoutExtension(Uncompressed(file));
        var name = string.Concat(stem.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-'))
            .Trim('-');
        return name.Length > 0 ? name : "own";
    }
}
