using RobustMeta.Runtime;

namespace RobustMeta.Data.Reading;

/// <summary>Fetches the files of a catalog entry into a folder: all of them, checked, or none.</summary>
/// <param name="open">Opens an address.</param>
internal sealed class Downloader(Func<Uri, Download> open)
{
    private const string Archive = ".zip";

    /// <summary>Longest wait for the next byte.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Downloads, unpacks, checks, and only then moves the folder to its place.</summary>
    /// <param name="entry">What to fetch; has an address.</param>
    /// <param name="files">Files that its reader needs.</param>
    /// <param name="folder">The folder to make; its parent is made too.</param>
    /// <param name="progress">Is told how far the download has come.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="IOException">The download or a check failed; nothing was left behind.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was left behind.</exception>
    public void Fetch(
        CatalogEntry entry,
        IReadOnlyList<string> files,
        string folder,
        IProgress<DownloadProgress>? progress,
        CancellationToken cancellation = default
    )
    {
        RequireEncrypted(entry);
        TemporaryFile.Sweep(Path.GetDirectoryName(Path.GetFullPath(folder))!);
        var aside = TemporaryFile.Beside(folder);
        Directory.CreateDirectory(aside);
        try
        {
            var file = Path.Combine(aside, FileName(entry.Url!));
            var isWhole = Download(entry.Url!, file, progress, cancellation);
            if (file.EndsWith(Archive, StringComparison.OrdinalIgnoreCase))
            {
                ZipMembers.Unpack(file, files, aside, entry.Limits);
                File.Delete(file);
                isWhole = true;
            }
            foreach (var name in files)
            {
                Check(entry, aside, name, isWhole);
            }
            Place(files, aside, folder);
        }
        finally
        {
            if (Directory.Exists(aside))
            {
                Directory.Delete(aside, recursive: true);
            }
        }
    }

    private static void RequireEncrypted(CatalogEntry entry)
    {
        if (entry.Url!.Scheme != Uri.UriSchemeHttps && !(entry.Insecure && entry.Url.Scheme == Uri.UriSchemeHttp))
        {
            throw new IOException(
                $"{entry.Url} is not https. For an http address that you trust set insecure = true in the catalog"
            );
        }
    }

    private static string FileName(Uri address) =>
        Path.GetFileName(Uri.UnescapeDataString(address.LocalPath)) is { Length: > 0 } name and not ("." or "..")
            ? name
            : throw new IOException($"{address} names no file");

    // True where the server said how long the file is.
    private bool Download(
        Uri address,
        string file,
        IProgress<DownloadProgress>? progress,
        CancellationToken cancellation
    )
    {
        var download = Task.Run(() => open(address), cancellation)
            .WaitAsync(cancellation)
            .ConfigureAwait(false)
            .GetAwaiter()
            .GetResult();
        var host = download.From.Host == address.Host ? null : download.From.Host;
        using var content = download.Content;
        using var target = File.Create(file);
        var buffer = new byte[1 << 16];
        long total = 0;
        int read;
        while ((read = Next(address, content, buffer, cancellation)) > 0)
        {
            target.Write(buffer, 0, read);
            total += read;
            progress?.Report(new(Path.GetFileName(file), total, download.Length, host));
        }
        return download.Length is not { } expected ? false
            : expected == total ? true
            : throw new IOException($"{address} ended after {total} of {expected} bytes.");
    }

    private int Next(Uri address, Stream content, byte[] buffer, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Stall);
        try
        {
            return content.ReadAsync(buffer, patience.Token).AsTask().GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"{address} sent nothing for {Stall.TotalSeconds} seconds.");
        }
        catch (HttpRequestException error)
        {
            throw new IOException($"{address}: {error.Message}", error);
        }
    }

    // In one step where the folder is new; files that are there already are the user's and stay.
    private static void Place(IReadOnlyList<string> files, string aside, string folder)
    {
        DurableFile.FlushTree(aside);
        if (!Directory.Exists(folder))
        {
            Directory.Move(aside, folder);
            DurableFile.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(folder))!);
            return;
        }
        foreach (var name in files.Where(name => DataFile.Find(folder, name) is null))
        {
            var path = DataFile.Require(aside, name);
            var target = Path.Combine(folder, Path.GetRelativePath(aside, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Move(path, target);
            DurableFile.FlushFolder(Path.GetDirectoryName(target)!);
        }
    }

    private static void Check(CatalogEntry entry, string folder, string name, bool isWhole)
    {
        if (DataFile.Find(folder, name) is not { } path)
        {
            throw new IOException($"The download holds no file {name}.");
        }
        var sum = entry.Files.GetValueOrDefault(name, "");
        if (sum.Length == 0 && !isWhole && !path.EndsWith(DataFile.Compressed, StringComparison.Ordinal))
        {
            throw new IOException(
                $"{entry.Url} does not say how long it is, and the catalog has no SHA-256 of {name}: so a truncated download could not be noticed"
            );
        }
        // Reading it through also checks compressed content.
        var found = Checksums.Compute(path, entry.Limits);
        if (sum.Length > 0 && found != sum)
        {
            throw new IOException($"{name} has the SHA-256 {found}, expected {sum}.");
        }
    }
}
