using RobustMeta.Data.Reading;
using RobustMeta.Runtime;
using RobustMeta.Settings;

namespace RobustMeta.Data;

/// <summary>
/// Reads the files of one format. A format of one's own is a class below this one, added to <see cref="Registry"/>; a
/// catalog entry then names it by <c>format</c>.
/// </summary>
public abstract class DatasetReader
{
    private static readonly Lazy<Registry<DatasetReader>> Standard = new(() =>
        new("reader", reader => reader.Format, Registry<DatasetReader>.Examples(typeof(DatasetReader).Assembly))
    );

    /// <summary>All readers by the name of their format.</summary>
    public static Registry<DatasetReader> Registry => Standard.Value;

    /// <summary>Name of the format in the catalog.</summary>
    public abstract string Format { get; }

    /// <summary>What the format is, in one sentence.</summary>
    public abstract string Meaning { get; }

    /// <summary>A small data set of the format, which the contract tests start from.</summary>
    public abstract ReaderExample Example { get; }

    /// <summary>Names of the files that a data set of this format needs, plain or <c>.gz</c>.</summary>
    /// <param name="entry">The data set.</param>
    public abstract IReadOnlyList<string> FilesOf(CatalogEntry entry);

    /// <summary>Reads a data set.</summary>
    /// <param name="source">Its files and settings.</param>
    /// <returns>The ratings; at least one.</returns>
    /// <exception cref="DataFormatException">A line is malformed, or there is no rating.</exception>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    public Ratings Read(ReaderSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var ratings = ReadFrom(source);
        return ratings.Count > 0
            ? ratings
            : throw Empty(
                source.Find(FilesOf(source.Entry).FirstOrDefault("")) ?? source.Folder,
                ratings.Report.Unrated
            );
    }

    /// <summary>The error of a file without a rating.</summary>
    internal static DataFormatException Empty(string path, long unrated) =>
        new(
            path,
            0,
            0,
            File.Exists(path) && new FileInfo(path).Length == 0
                ? "expected ratings, found an empty file (0 bytes); fetch or export it again"
                : $"expected ratings, found none{(unrated > 0 ? $" ({Counted.Of(unrated, "row is", "rows are")} not rated)" : "")}"
        );

    /// <summary>Reads the files of a data set.</summary>
    /// <param name="source">Its files and settings.</param>
    protected abstract Ratings ReadFrom(ReaderSource source);
}
