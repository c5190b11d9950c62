using System.Collections.Immutable;
using RobustMeta.Data.Reading;
using RobustMeta.Settings;

namespace RobustMeta.Data;

/// <summary>
/// The data sets that can be named. Files are looked for in each folder in turn and, where they are nowhere, downloaded
/// into the first. A folder below one of these that holds prepared data has its own table (<c>prepared.toml</c>).
/// </summary>
public sealed class DatasetCatalog
{
    /// <summary>Environment variable that names the first folder to look in.</summary>
    public const string FolderVariable = "ROBUSTMETA_DATA";

    /// <summary>Environment variable that, set to 1, forbids downloads.</summary>
    public const string OfflineVariable = "ROBUSTMETA_OFFLINE";

    /// <summary>Name of the file in a folder of prepared data that holds the table of that data set.</summary>
    public const string PreparedFileName = "prepared.toml";

    private const string FileName = "catalog.toml";
    private const long SyntheticSeed = 1128;

    private static readonly Lazy<DatasetCatalog> Standard = new(() =>
        new(StandardFolders(), Environment.GetEnvironmentVariable(OfflineVariable) == "1" ? null : HttpDownloads.Open)
    );

    private readonly ImmutableArray<string> folders;
    private readonly ImmutableSortedDictionary<string, CatalogEntry> entries;
    private readonly ImmutableSortedDictionary<string, string> problems;
    private readonly Func<Uri, Download>? open;

    /// <summary>The catalog of this project and of given folders.</summary>
    /// <param name="folders">Folders to look in, the first being where downloads go; each may hold a catalog.toml.</param>
    /// <param name="open">Opens an address for a download; null forbids downloads.</param>
    public DatasetCatalog(IEnumerable<string> folders, Func<Uri, Download>? open)
    {
        ArgumentNullException.ThrowIfNull(folders);
        this.folders = [.. folders];
        this.open = open;
        var all = new SortedDictionary<string, CatalogEntry>(StringComparer.Ordinal);
        var wrong = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Add(BuiltIn(), FileName);
        foreach (var path in this.folders.SelectMany(CatalogFiles))
        {
            try
            {
                Add(SettingsText.Read(path, "a catalog of data sets"), path);
            }
            // One bad file must not take the other data sets away.
            catch (Exception error) when (error is SettingException or IOException or UnauthorizedAccessException)
            {
                wrong[path] = error.Message;
            }
        }
        entries = all.ToImmutableSortedDictionary(StringComparer.Ordinal);
        problems = wrong.ToImmutableSortedDictionary(StringComparer.Ordinal);

        void Add(string text, string place)
        {
            var (good, bad) = CatalogFile.Parse(text, place);
            foreach (var entry in good)
            {
                all[entry.Name] = entry;
                wrong.Remove(entry.Name);
            }
            foreach (var (name, problem) in bad)
            {
                all.Remove(name);
                wrong[name] = problem;
            }
        }
    }

    /// <summary>The catalog that looks in <c>ROBUSTMETA_DATA</c>, then in the project's folder <c>data</c>.</summary>
    public static DatasetCatalog Default => Standard.Value;

    /// <summary>What is wrong with the tables and files of the catalog that cannot be read, by name or path.</summary>
    public IReadOnlyDictionary<string, string> Problems => problems;

    /// <summary>Names of the data sets.</summary>
    public IReadOnlyList<string> Names => [SyntheticRatings.Name, .. entries.Keys];

    /// <summary>The entry of a name; null for <c>synthetic</c>, which has no files.</summary>
    /// <exception cref="SettingException">There is none, or its table is malformed.</exception>
    public CatalogEntry? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name == SyntheticRatings.Name ? null
            : entries.TryGetValue(name, out var entry) ? entry
            : problems.TryGetValue(name, out var problem) ? throw new SettingException(problem)
            : throw new SettingException(
                $"There is no data set '{Excerpt.Of(name)}'{NearestName.End(name, Names)} Data sets: {string.Join(", ", Names)}"
                    + (problems.Count == 0 ? "" : $". Tables that cannot be read: {string.Join(" ", problems.Values)}")
                    + (
                        folders is [var first, ..] && Path.Combine(first, FileName) is var own && !File.Exists(own)
                            ? $". Your own stand in {own}, and there is no such file"
                            : ""
                    )
            );
    }

    /// <summary>The folder that holds all files of a data set, or null.</summary>
    /// <exception cref="SettingException">There is no such data set, or no such format.</exception>
    public string? TryLocate(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Find(name) is { } entry
            ? Places(entry)
                .FirstOrDefault(folder => FilesOf(entry).All(file => DataFile.Find(folder, file) is not null))
            : null;
    }

    /// <summary>Names of the files of a data set that are in none of the folders; empty when all are in one.</summary>
    /// <exception cref="SettingException">There is no such data set, or no such format.</exception>
    public IReadOnlyList<string> Lacking(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Find(name) is { } entry
            ?
            [
                .. Places(entry)
                    .Select(folder => FilesOf(entry).Where(file => DataFile.Find(folder, file) is null).ToList())
                    .MinBy(lacking => lacking.Count)
                    ?? FilesOf(entry),
            ]
            : [];
    }

    /// <summary>Names of the files of a located data set whose content is not what the catalog's sums say.</summary>
    /// <exception cref="SettingException">There is no such data set.</exception>
    /// <exception cref="DataFormatException">A file is damaged.</exception>
    public IReadOnlyList<string> Differing(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Find(name) is { } entry && TryLocate(name) is { } folder ? Differing(entry, folder) : [];
    }

    /// <summary>Reads a data set, after downloading it where it is nowhere.</summary>
    /// <param name="name">Name in the catalog, or <c>synthetic</c>.</param>
    /// <param name="progress">Is told how far a download has come.</param>
    /// <param name="cancellation">Ends a download; what it has fetched is removed.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="SettingException">There is no such data set.</exception>
    /// <exception cref="IOException">It is not there and cannot be downloaded; the message says what to put where.</exception>
    /// <exception cref="DataFormatException">A file is malformed, or not the one whose sum the catalog has.</exception>
    public Dataset Load(
        string name,
        IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Find(name) is not { } entry)
        {
            var world = SyntheticRatings.Generate(new SyntheticSpec(), SyntheticSeed);
            return new(world.Ratings, 4, ["segment"], ["category", "tags"]);
        }
        var source = Open(entry, progress, cancellation, out var differing);
        return new(
            source.Read().As(entry.Feedback, entry.Counts),
            entry.LabelThreshold,
            entry.UserFeatures,
            entry.ItemFeatures
        )
        {
            Feedback = entry.Feedback,
            Differing = differing,
        };
    }

    /// <summary>Requires that a word can name a data set: letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, at most 100.</summary>
    /// <param name="name">The word.</param>
    /// <param name="what">What is named, for the error.</param>
    /// <exception cref="SettingException">It cannot.</exception>
    public static void RequireName(string name, string what)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(what);
        CatalogFile.RequireName(name, what);
    }

    /// <summary>The files of a data set, after downloading them where they are nowhere, for a preparation of one's own.</summary>
    /// <param name="name">Name in the catalog; not <c>synthetic</c>, which has no files.</param>
    /// <param name="progress">Is told how far a download has come.</param>
    /// <param name="cancellation">Ends a download; what it has fetched is removed.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="SettingException">There is no such data set, or it has no files.</exception>
    /// <exception cref="IOException">It is not there and cannot be downloaded; the message says what to put where.</exception>
    /// <exception cref="DataFormatException">A file is not the one whose sum the catalog has.</exception>
    public ReaderSource Open(
        string name,
        IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(name);
        return Find(name) is { } entry
            ? Open(entry, progress, cancellation, out _)
            : throw new SettingException($"'{name}' is generated and has no files; choose a data set that has.");
    }

    private ReaderSource Open(
        CatalogEntry entry,
        IProgress<DownloadProgress>? progress,
        CancellationToken cancellation,
        out IReadOnlyList<string> differing
    )
    {
        var folder = TryLocate(entry.Name) ?? Download(entry, progress, cancellation);
        differing = Differing(entry, folder);
        if (differing.Count > 0 && !entry.AnyCopy)
        {
            var file = DataFile.Require(folder, differing[0]);
            throw new DataFormatException(
                file,
                0,
                0,
                $"expected the content with the SHA-256 {entry.Files[differing[0]]}, found {Checksums.Of(file, entry.Limits)}: the "
                    + "file is damaged or another version. Fetch it again; to read it as it is, give the data set a table of your "
                    + "own in catalog.toml with anyCopy = true or with its sum"
            );
        }
        return new(entry, folder);
    }

    // What was prepared comes first: the catalog of the folder may say otherwise.
    private static IEnumerable<string> CatalogFiles(string folder) =>
        Directory.Exists(folder)
            ? Directory
                .EnumerateDirectories(folder)
                .Order(StringComparer.Ordinal)
                .Select(inner => Path.Combine(inner, PreparedFileName))
                .Append(Path.Combine(folder, FileName))
                .Where(File.Exists)
            : [];

    private static IReadOnlyList<string> FilesOf(CatalogEntry entry) =>
        [.. DatasetReader.Registry.Named(entry.Format).FilesOf(entry).Concat(entry.Files.Keys).Distinct()];

    private static IReadOnlyList<string> Differing(CatalogEntry entry, string folder) =>
        [
            .. entry
                .Files.Where(f =>
                    f.Value.Length > 0 && Checksums.Of(DataFile.Require(folder, f.Key), entry.Limits) != f.Value
                )
                .Select(f => f.Key),
        ];

    private IEnumerable<string> Places(CatalogEntry entry) =>
        folders.Select(folder => Path.Combine(folder, entry.Folder ?? entry.Name)).Where(Directory.Exists);

    private string Download(CatalogEntry entry, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        if (folders.IsEmpty)
        {
            throw new IOException(
                $"The data set {entry.Name} is not there, and there is no folder to download it into."
            );
        }
        var folder = Path.Combine(folders[0], entry.Folder ?? entry.Name);
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
            new Downloader(open).Fetch(entry, FilesOf(entry), folder, progress, cancellation);
            return folder;
        }
        // A server's error page in place of an archive is data that cannot be unpacked.
        catch (Exception error)
            when (error is IOException or InvalidDataException or UnauthorizedAccessException or DataFormatException)
        {
            throw new IOException(Remedy(entry, folder, error.Message), error);
        }
    }

    private static string Remedy(CatalogEntry entry, string folder, string why) =>
        $"The data set {entry.Name} ({entry.Title}) is not on this machine: {why.TrimEnd('.')}. "
        + $"Put {string.Join(", ", FilesOf(entry))} (plain or .gz{(entry.Page is { Length: > 0 } page ? $"; see {page}" : "")}) into {folder}, or set "
        + $"{FolderVariable} to a folder that has a folder {entry.Folder ?? entry.Name} with them."
        + (entry.Note.Length > 0 ? $" {entry.Note}" : "");

    private static string BuiltIn()
    {
        using var stream = typeof(DatasetCatalog).Assembly.GetManifestResourceStream(FileName)!;
        using var text = new StreamReader(stream);
        return text.ReadToEnd();
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
