using System.Runtime.InteropServices;
using System.Security.Cryptography;
using TorchSharp;

namespace RobustMeta.Runtime;

/// <summary>
/// Loads libtorch before anything uses it: from the executable, from the tests and from <c>dotnet fsi</c>.
/// <para>
/// The native half of TorchSharp 0.107 requires the symbol version GLIBCXX_3.4.32 (GCC 13), which Debian 12 and Ubuntu
/// 22.04 lack, although no symbol of it is ever called; the plain load then fails with a message that blames a missing
/// package. Where that happens, a copy in which this one requirement is marked weak is cached and loaded instead.
/// </para>
/// </summary>
public static class NativeLibraries
{
    private const string MissingVersion = "GLIBCXX_3.4.32";
    private const string Bridge = "libLibTorchSharp.so";
    private const string Torch = "libtorch.so";

    private static readonly Lock Gate = new();
    private static string? route;

    /// <summary>Which way the native library was loaded, in one line; null before <see cref="EnsureLoaded"/>.</summary>
    public static string? Route => route;

    /// <summary>
    /// Loads libtorch once; later calls return at once. Whatever computes with tensors calls it first: the engine of automatic
    /// differentiation does. Reading data, the fused engine and serving models of its forms need no libtorch and never load it;
    /// who uses TorchSharp directly calls this before.
    /// </summary>
    /// <exception cref="DllNotFoundException">The library cannot be loaded; the message names the remedy.</exception>
    public static void EnsureLoaded()
    {
        lock (Gate)
        {
            if (route is not null)
            {
                return;
            }
            // Must precede the load. Torch runs on one thread here: batches of tiny tensors lose by more.
            Environment.SetEnvironmentVariable("OMP_NUM_THREADS", "1");
            Environment.SetEnvironmentVariable("MKL_NUM_THREADS", "1");
            route = OperatingSystem.IsLinux() ? LoadOnLinux() : "plain load by TorchSharp";
            torch.set_num_threads(1);
        }
    }

    private static string LoadOnLinux()
    {
        KeepFreedMemory();
        var folders = CandidateFolders().Distinct().ToList();
        var torchPath = Find(folders, Torch);
        var bridgePath = Find(folders, Bridge);
        NativeLibrary.Load(torchPath);
        if (NativeLibrary.TryLoad(bridgePath, out _))
        {
            return $"plain load of {bridgePath}";
        }
        var image = File.ReadAllBytes(bridgePath);
        if (ElfVersionNeeds.MarkWeak(image, MissingVersion) == 0)
        {
            throw new DllNotFoundException(
                $"{bridgePath} cannot be loaded, for another reason than the missing {MissingVersion}. "
                    + $"'ldd {bridgePath}' names the libraries that are missing; install them."
            );
        }
        return $"{LoadPatched(image)} (this system's libstdc++ lacks {MissingVersion})";
    }

    private static string Find(List<string> folders, string file) =>
        folders.Select(f => Path.Combine(f, file)).FirstOrDefault(File.Exists)
        ?? throw new DllNotFoundException(
            $"{file} was not found. It comes with the package libtorch-cpu-linux-x64: run 'dotnet build -c Release'. "
                + "Looked in: "
                + string.Join(", ", folders)
        );

    // From the user's cache; where there is none that can be written, from a private folder that goes at once.
    private static string LoadPatched(byte[] image)
    {
        try
        {
            var cached = Cached(image);
            NativeLibrary.Load(cached);
            return $"patched copy {cached}";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return LoadOnce(image, error);
        }
    }

    private static string LoadOnce(byte[] image, Exception cause)
    {
        try
        {
            var folder = Directory.CreateTempSubdirectory("robustmeta-");
            try
            {
                var path = Path.Combine(folder.FullName, Bridge);
                File.WriteAllBytes(path, image);
                NativeLibrary.Load(path);
                return $"patched copy made for this process, for there is no cache: {cause.Message}";
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DllNotFoundException(
                $"{Bridge} has to be patched for this system, and there is no place for the patched copy: {cause.Message} "
                    + $"{error.Message} Give the user a home folder that can be written, or set TMPDIR to a folder that can.",
                error
            );
        }
    }

    // Named by content, and compared with it each time: a copy that was cut short or planted must not be executed.
    private static string Cached(byte[] image)
    {
        var cache = Environment.GetFolderPath(
            Environment.SpecialFolder.LocalApplicationData,
            Environment.SpecialFolderOption.DoNotVerify
        );
        if (cache.Length == 0)
        {
            throw new IOException("The user has no home folder.");
        }
        var sum = SHA256.HashData(image);
        var folder = Path.Combine(cache, "robustmeta", Convert.ToHexStringLower(sum)[..16]);
        var target = Path.Combine(folder, Bridge);
        if (!File.Exists(target) || !SHA256.HashData(File.ReadAllBytes(target)).AsSpan().SequenceEqual(sum))
        {
            if (!OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(
                    folder,
                    UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                );
            }
            DurableFile.Write(target, image);
        }
        return target;
    }

    private static IEnumerable<string> CandidateFolders()
    {
        var native = Path.Combine("runtimes", "linux-x64", "native");
        var bases = new List<string> { AppContext.BaseDirectory };
        // Under `dotnet fsi` the base directory is the SDK's: look beside the assemblies themselves.
        foreach (var assembly in new[] { typeof(NativeLibraries).Assembly, typeof(torch).Assembly })
        {
            if (Path.GetDirectoryName(assembly.Location) is { Length: > 0 } folder)
            {
                bases.Add(folder);
            }
        }
        if (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") is string searched)
        {
            bases.AddRange(searched.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
        }
        foreach (var folder in bases)
        {
            yield return folder;
            yield return Path.Combine(folder, native);
        }
        // TorchSharp referenced straight from the package folder: its neighbours hold the natives.
        if (Path.GetDirectoryName(typeof(torch).Assembly.Location) is { Length: > 0 } library)
        {
            var packages = Path.GetFullPath(Path.Combine(library, "..", "..", "..", ".."));
            yield return Path.Combine(packages, "torchsharp", "0.107.0", native);
            yield return Path.Combine(packages, "libtorch-cpu-linux-x64", "2.10.0", native);
        }
    }

    // A second-order graph allocates and frees megabytes every few milliseconds. By default glibc maps and unmaps each
    // block, and the page faults cost more than the arithmetic: keep what was freed.
    private static void KeepFreedMemory()
    {
        const int TrimThreshold = -1;
        const int TopPad = -2;
        const int MmapThreshold = -3;
        try
        {
            _ = mallopt(MmapThreshold, 1 << 30);
            _ = mallopt(TrimThreshold, int.MaxValue);
            _ = mallopt(TopPad, 64 << 20);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library (musl): it has no such knob, and works without.
        }
    }

    [DllImport("libc")]
    private static extern int mallopt(int parameter, int value);
}
