using System.IO.Compression;
using System.Security.Cryptography;

namespace RobustMeta.Data.Reading;

/// <summary>Fetches the files of a catalog entry into a folder: all of them, checked, or none.</summary>
/// <param name="open">Opens an address: the content and, where known, its length.</param>
internal sealed class Downloader(Func<Uri, (Stream Content, long? Length)> open)
{
    private const string Archive = ".zip";

    /// <summary>Downloads, unpacks, checks, and only then moves the folder to its place.</summary>
    /// <param name="entry">What to fetch; has an address.</param>
    /// <param name="folder">The folder to make; its parent is made too.</param>
    /// <param name="progress">Is told how far the download has come.</param>
    /// <exception cref="IOException">The download or a check failed; nothing was left behind.</exception>
    public void Fetch(CatalogEntry entry, string folder, IProgress<DownloadProgress>? progress)
    {
        var aside = $"{folder}.{Environment.ProcessId}.part";
        Directory.CreateDirectory(aside);
        try
        {
            var file = Path.Combine(aside, Path.GetFileName(entry.Url!.LocalPath));
            Download(entry.Url, file, progress);
            if (file.EndsWith(Archive, StringComparison.OrdinalIgnoreCase))
            {
                Unpack(entry, file, aside);
                File.Delete(file);
            }
            foreach (var (name, sum) in entry.Files)
            {
                Check(aside, name, sum);
            }
            Place(entry, aside, folder);
        }
        finally
        {
            if (Directory.Exists(aside))
            {
                Directory.Delete(aside, recursive: true);
            }
        }
    }

    /// <summary>SHA-256 of a file's uncompressed content, in lower-case hexadecimal.</summary>
    public static string Sum(string path)
    {
        using var content = DataFile.Open(path);
        return Convert.ToHexStringLower(SHA256.HashData(content));
    }

    private void Download(Uri address, string file, IProgress<DownloadProgress>? progress)
    {
        var (content, length) = open(address);
        using (content)
        using (var target = File.Create(file))
        {
            var buffer = new byte[1 << 16];
            long total = 0;
            for (var read = content.Read(buffer); read > 0; read = content.Read(buffer))
            {
                target.Write(buffer, 0, read);
                total += read;
                progress?.Report(new(Path.GetFileName(file), total, length));
            }
            if (length is { } expected && expected != total)
            {
                throw new IOException($"{address} ended after {total} of {expected} bytes.");
            }
        }
    }

    private static void Unpack(CatalogEntry entry, string file, string folder)
    {
        using var archive = ZipFile.OpenRead(file);
        foreach (var name in entry.Files.Keys)
        {
            var packed =
                archive.Entries.FirstOrDefault(e => e.Name == name)
                ?? throw new IOException($"{entry.Url} holds no file {name}.");
            packed.ExtractToFile(Path.Combine(folder, name));
        }
    }

    // In one step where the folder is new; files that are there already are the user's and stay.
    private static void Place(CatalogEntry entry, string aside, string folder)
    {
        if (!Directory.Exists(folder))
        {
            Directory.Move(aside, folder);
            return;
        }
        foreach (var name in entry.Files.Keys.Where(name => DataFile.Find(folder, name) is null))
        {
            var path = DataFile.Require(aside, name);
            File.Move(path, Path.Combine(folder, Path.GetFileName(path)));
        }
    }

    private static void Check(string folder, string name, string sum)
    {
        if (DataFile.Find(folder, name) is not { } path)
        {
            throw new IOException($"The download holds no file {name}.");
        }
        if (sum.Length > 0 && Sum(path) is var found && found != sum)
        {
            throw new IOException($"{name} has the SHA-256 {found}, expected {sum}.");
        }
    }

    /// <summary>Opens an address over HTTP.</summary>
    /// <exception cref="IOException">It cannot be reached.</exception>
    public static (Stream Content, long? Length) OpenHttp(Uri address)
    {
        // One client a download: there are few, and the process ends soon after.
        var client = new HttpClient { Timeout = TimeSpan.FromMinutes(10) };
        try
        {
            var response = client
                .GetAsync(address, HttpCompletionOption.ResponseHeadersRead)
                .GetAwaiter()
                .GetResult()
                .EnsureSuccessStatusCode();
            var content = response.Content;
            return (content.ReadAsStreamAsync().GetAwaiter().GetResult(), content.Headers.ContentLength);
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            client.Dispose();
            throw new IOException($"{address} cannot be reached: {error.Message}", error);
        }
    }
}
