using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace RobustMeta.Runtime;

/// <summary>
/// Files that survive a loss of power once a call returns. .NET's own <c>Flush(true)</c> hides errors of <c>fsync</c>, so it is
/// called directly; on Windows the runtime's call is used.
/// </summary>
public static class DurableFile
{
    private const int ReadOnly = 0;

    /// <summary>Writes a file aside, onto the disk, and renames it: after a loss of power there is the old file or the new one.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="text">Its text, written as UTF-8 without a byte-order mark.</param>
    /// <exception cref="IOException">It could not be flushed to the disk; the old file, if any, is as it was.</exception>
    public static void Write(string path, string text)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(text);
        Write(path, stream => stream.Write(new UTF8Encoding(false).GetBytes(text)));
    }

    /// <summary>As <see cref="Write(string, string)"/>, for content of any kind.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="content">The file's bytes.</param>
    /// <exception cref="IOException">It could not be flushed to the disk; the old file, if any, is as it was.</exception>
    public static void Write(string path, byte[] content)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(content);
        Write(path, stream => stream.Write(content));
    }

    /// <summary>As <see cref="Write(string, string)"/>, for content that is made while it is written.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="write">Writes all of it.</param>
    /// <exception cref="IOException">It could not be flushed to the disk; the old file, if any, is as it was.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(write);
        RequireReplaceable(path);
        var aside = TemporaryFile.Beside(path);
        try
        {
            using (var stream = Create(aside, path))
            {
                write(stream);
                stream.Flush();
                Flush(stream, path);
            }
            File.Move(aside, path, overwrite: true);
        }
        catch
        {
            Remove(aside);
            throw;
        }
        FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Brings what was written to a file onto the disk.</summary>
    /// <exception cref="IOException">It could not be.</exception>
    public static void Flush(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, 1);
        Flush(stream, path);
    }

    /// <summary>Brings the names of a folder's files onto the disk; Windows does so by itself.</summary>
    /// <exception cref="IOException">It could not.</exception>
    public static void FlushFolder(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        // The runtime takes a/../b for b, wherever a is; the system looks for a.
        var descriptor = Open(Path.GetFullPath(path), ReadOnly);
        Require(descriptor, path);
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        Require(Sync(handle), path);
    }

    /// <summary>Brings all files of a folder and of those below it onto the disk, with their names.</summary>
    /// <exception cref="IOException">They could not be.</exception>
    public static void FlushTree(string path)
    {
        foreach (var file in Directory.EnumerateFiles(path))
        {
            Flush(file);
        }
        foreach (var folder in Directory.EnumerateDirectories(path))
        {
            FlushTree(folder);
        }
        FlushFolder(path);
    }

    private static void Flush(FileStream stream, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            stream.Flush(flushToDisk: true);
        }
        else
        {
            Require(Sync(stream.SafeFileHandle), path);
        }
    }

    // Renaming would put the file in the place of a pipe or device, for all programs of the machine.
    private static void RequireReplaceable(string path)
    {
        if (Path.Exists(path) && !FileIdentity.Of(path).IsRegular)
        {
            throw new IOException($"{path} is a folder, pipe or device and cannot become a file; name another file.");
        }
    }

    private static FileStream Create(string aside, string path)
    {
        try
        {
            return new FileStream(aside, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
        }
        // The system's message would name the temporary file, which the user does not know.
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IOException($"{path} cannot be written: its folder does not exist or takes no files.", error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new UnauthorizedAccessException($"{path} may not be written.", error);
        }
    }

    // The first error is the one to report, not that its remains cannot be removed.
    private static void Remove(string aside)
    {
        try
        {
            File.Delete(aside);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // TemporaryFile.Sweep finds it later.
        }
    }

    private static void Require(int result, string path)
    {
        if (result < 0)
        {
            throw new IOException(
                $"{path} could not be flushed to the disk: {Marshal.GetLastPInvokeErrorMessage()}. What was written may be "
                    + "lost; free space or mend the disk, and run the same command again."
            );
        }
    }

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Sync(SafeFileHandle file);

    [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
}
