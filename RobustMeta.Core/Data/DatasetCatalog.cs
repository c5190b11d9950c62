using System.Collections.Immutable;
using RobustMeta.Data.Reading;
using RobustMeta.Settings;

namespace RobustMeta.Data;

/// <summary>
/// The data sets that can be named. Files are looked for in each folder in turn and, where they are nowhere, downloaded
/// into the first.
/// </summary>
public sealed class DatasetCatalog
{
    /// <summary>Environment variable that names the first folder to look in.</summary>
    public const string FolderVariable = "ROBUSTMETA_DATA";

    /// <summary>Environment variable that, set to 1, forbids downloads.</summary>
    public const string OfflineVariable = "ROBUSTMETA_OFFLINE";

    private const string FileName = "catalog.toml";
    private const long SyntheticSeed = 1128;

    private static readonly Lazy<DatasetCatalog> Standard = new(() =>
        new(StandardFolders(), Environment.GetEnvironmentVariable(OfflineVariable) == "1" ? null : Downloader.OpenHttp)
    );

    private static readonly ImmutableDictionary<string, IDatasetReader> Readers = typeof(IDatasetReader)
        .Assembly.GetTypes()
        .Where(type => type.IsAssignableTo(typeof(IDatasetReader)) && !type.IsInterface)
        .Select(type => (IDatasetReader)Activator.CreateInstance(type)!)
        .ToImmutableDictionary(reader => reader.Format);

    private readonly ImmutableArray<string> folders;
    private readonly ImmutableSortedDictionary<string, CatalogEntry> entries;
    private readonly Func<Uri, (Stream Content, long? Length)>? open;

    /// <summary>The catalog of this project and of given folders.</summary>
    /// <param name="folders">Folders to look in, the first being where downloads go; one may hold a catalog.toml.</param>
    /// <param name="open">Opens an address for a download: content and length; null forbids downloads.</param>
    /// <exception cref="SettingException">A catalog file is malformed.</exception>
    public DatasetCatalog(IEnumerable<string> folders, Func<Uri, (Stream Content, long? Length)>? open)
    {
        this.folders = [.. folders];
        this.open = open;
        entries = BuiltIn()
            .Concat(
                this.folders.Select(folder => Path.Combine(folder, FileName))
                    .Where(File.Exists)
                    .SelectMany(path => CatalogFile.Parse(File.ReadAllText(path), path))
            )
            .Aggregate(
                ImmutableSortedDictionary.Create<string, CatalogEntry>(StringComparer.Ordinal),
                (all, entry) => all.SetItem(entry.Name, entry)
            );
    }

    /// <summary>The catalog that looks in <c>ROBUSTMETA_DATA</c>, then in the project's folder <c>data</c>.</summary>
    public static DatasetCatalog Default => Standard.Value;

    /// <summary>Names of the data sets.</summary>
    public IReadOnlyList<string> Names => [SyntheticRatings.Name, .. entries.Keys];

    /// <summary>The entry of a name; null for <c>synthetic</c>, which has no files.</summary>
    /// <exception cref="SettingException">There is none; the message names the nearest.</exception>
    public CatalogEntry? Find(string name) =>
        name == SyntheticRatings.Name ? null
        : entries.TryGetValue(name, out var entry) ? entry
        : throw new SettingException(
            $"There is no data set '{name}'{NearestName.Hint(name, Names)}. Data sets: {string.Join(", ", Names)}"
        );

    /// <summary>The folder that holds all files of a data set, or null.</summary>
    /// <exception cref="SettingException">There is no such data set.</exception>
    public string? TryLocate(string name) =>
        Find(name) is { } entry
            ? folders
                .Select(folder => Path.Combine(folder, entry.Name))
                .FirstOrDefault(folder => entry.Files.Keys.All(file => DataFile.Find(folder, file) is not null))
            : null;

    /// <summary>Names of the files of a located data set whose content is not what the catalog's sums say.</summary>
    /// <exception cref="SettingException">There is no such data set.</exception>
    public IReadOnlyList<string> Differing(string name) =>
        Find(name) is { } entry && TryLocate(name) is { } folder
            ?
            [
                .. entry
                    .Files.Where(f => f.Value.Length > 0 && Downloader.Sum(DataFile.Require(folder, f.Key)) != f.Value)
                    .Select(f => f.Key),
            ]
            : [];

    /// <summary>Reads a data set, after downloading it where it is nowhere.</summary>
    /// <param name="name">Name in the catalog, or <c>synthetic</c>.</param>
    /// <param name="progress">Is told how far a download has come.</param>
    /// <exception cref="SettingException">There is no such data set.</exception>
    /// <exception cref="IOException">It is not there and cannot be downloaded; the message says what to put where.</exception>
    /// <exception cref="DataFormatException">A file is malformed.</exception>
    public Dataset Load(string name, IProgress<DownloadProgress>? progress = null)
    {
        if (Find(name) is not { } entry)
        {
            var world = SyntheticRatings.Generate(new SyntheticSpec(), SyntheticSeed);
            return new(world.Ratings, 4, ["segment"], ["category", "tags"]);
        }
        var folder = TryLocate(name) ?? Download(entry, progress);
        return new(Read(entry, folder), entry.LabelThreshold, entry.UserFeatures, entry.ItemFeatures);
    }

    private static Ratings Read(CatalogEntry entry, string folder) =>
        entry.Columns is { } columns ? DelimitedFiles.Read(entry.Name, folder, columns, entry.Duplicates)
        : Readers.TryGetValue(entry.Reader, out var reader) ? reader.Read(entry.Name, folder, entry.Duplicates)
        : throw new SettingException(
            $"'{entry.Name}' names the reader '{entry.Reader}'{NearestName.Hint(entry.Reader, Readers.Keys)}. "
                + $"Readers: {string.Join(", ", Readers.Keys.Order())}, or delimited with a table of columns"
        );

    private string Download(CatalogEntry entry, IProgress<DownloadProgress>? progress)
    {
        var folder = Path.Combine(folders[0], entry.Name);
        if (entry.Url is null)
        {
            throw new IOException(Remedy(entry, folder, "it is not offered for download"));
        }
        if (open is null)
        {
            throw new IOException(Remedy(entry, folder, $"{OfflineVariable} forbids downloads"));
        }
        try
        {
            new Downloader(open).Fetch(entry, folder, progress);
            return folder;
        }
        // A server's error page in place of an archive is data that cannot be unpacked.
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            throw new IOException(Remedy(entry, folder, error.Message), error);
        }
    }

    private static string Remedy(CatalogEntry entry, string folder, string why) =>
        $"The data set {entry.Name} ({entry.Title}) is not on this machine: {why.TrimEnd('.')}. "
        + $"Put {string.Join(", ", entry.Files.Keys)} (plain or .gz; see {entry.Page}) into {folder}, or set "
        + $"{FolderVariable} to a folder that has a folder {entry.Name} with them."
        + (entry.Note.Length > 0 ? $" {entry.Note}" : "");

    private static IEnumerable<CatalogEntry> BuiltIn()
    {
        using var stream = typeof(DatasetCatalog).Assembly.GetManifestResourceStream(FileName)!;
        using var text = new StreamReader(stream);
        return CatalogFile.Parse(text.ReadToEnd(), FileName);
    }

    private static IEnumerable<string> StandardFolders()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } named)
        {
            yield return named;
        }
        var current = Directory.GetCurrentDirectory();
        for (var folder = new DirectoryInfo(current); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "RobustMeta.sln")))
            {
                yield return Path.Combine(folder.FullName, "data");
                yield break;
            }
        }
        yield return Path.Combine(current, "data");
    }
}
