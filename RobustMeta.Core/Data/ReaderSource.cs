using RobustMeta.Data.Reading;

namespace RobustMeta.Data;

/// <summary>What a reader reads: the files of a data set in a folder, with what the catalog says about them.</summary>
/// <param name="entry">The catalog's entry.</param>
/// <param name="folder">Folder that holds the files.</param>
public sealed class ReaderSource(CatalogEntry entry, string folder)
{
    /// <summary>The catalog's entry.</summary>
    public CatalogEntry Entry { get; } = entry ?? throw new ArgumentNullException(nameof(entry));

    /// <summary>Name of the data set.</summary>
    public string Name => Entry.Name;

    /// <summary>Folder that holds the files.</summary>
    public string Folder { get; } = folder ?? throw new ArgumentNullException(nameof(folder));

    /// <summary>What the files may hold.</summary>
    public ReadLimits Limits => Entry.Limits;

    /// <summary>A setting of the entry's table <c>options</c>, or null.</summary>
    public string? Option(string key) => Entry.Options.GetValueOrDefault(key);

    /// <summary>The path of a file, plain or <c>.gz</c>; null where it is not there.</summary>
    public string? Find(string file) => DataFile.Find(Folder, file);

    /// <summary>The path of a file, plain or <c>.gz</c>.</summary>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    public string Require(string file) => DataFile.Require(Folder, file);

    /// <summary>The ratings, their values as the files have them: counts as counts.</summary>
    /// <exception cref="DataFormatException">A line is malformed, or there is no rating.</exception>
    /// <exception cref="Settings.SettingException">There is no such format.</exception>
    public Ratings Read() => DatasetReader.Registry.Named(Entry.Format).Read(this);

    /// <summary>Names of the files that the format reads.</summary>
    public IReadOnlyList<string> Files => DatasetReader.Registry.Named(Entry.Format).FilesOf(Entry);

    /// <summary>SHA-256 of the uncompressed content of a file, in lower-case hexadecimal.</summary>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    public string Sum(string file) => Checksums.Of(Require(file), Limits);

    /// <summary>The lines of a file as bytes: the fastest way to read.</summary>
    public ByteLineReader Lines(string file) => new(Require(file), Limits);

    /// <summary>The rows of a delimited file as texts: the shortest way to read.</summary>
    /// <param name="file">Name of the file.</param>
    /// <param name="dialect">How it is written; what is null is detected.</param>
    public IEnumerable<TextRow> Rows(string file, FileDialect dialect) => TextRow.Of(Require(file), dialect, Limits);

    /// <summary>An empty collection of ratings with the entry's rule for duplicates and limits.</summary>
    public RatingsBuilder Collect() => new(Entry.Duplicates, null, Limits);
}
