using System.Diagnostics;

namespace RobustMeta.Benchmarks.Contenders;

/// <summary>
/// How PyTorch is started so that it does its best on small tensors: one thread, OpenBLAS on the kernels of the
/// machine's full vector width, and an allocator that keeps what was freed.
/// </summary>
/// <param name="Executable">The Python interpreter.</param>
/// <param name="CoreType">
/// Kernel that OpenBLAS is told to take; <c>auto</c> goes by the processor, <c>none</c> leaves it to OpenBLAS.
/// </param>
internal sealed record PythonSetup(string Executable, string CoreType)
{
    /// <summary>The kernel by the processor's abilities, or null to leave it to OpenBLAS.</summary>
    public string? Kernel =>
        CoreType switch
        {
            "auto" => WidestKernel(),
            "none" => null,
            _ => CoreType,
        };

    /// <summary>How a script among the peers is started.</summary>
    public ProcessStartInfo Command(string script, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Executable);
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "peers", script));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        var environment = start.Environment;
        environment["PYTHONDONTWRITEBYTECODE"] = "1";
        foreach (var threads in new[] { "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS" })
        {
            environment[threads] = "1";
        }
        // OpenBLAS then says on the standard error which kernel it took.
        environment["OPENBLAS_VERBOSE"] = "2";
        if (Kernel is { } kernel)
        {
            environment["OPENBLAS_CORETYPE"] = kernel;
        }
        environment["MALLOC_MMAP_THRESHOLD_"] = "1073741824";
        environment["MALLOC_TRIM_THRESHOLD_"] = "2147483647";
        environment["MALLOC_TOP_PAD_"] = "67108864";
        return start;
    }

    // From the processor and not from .NET's view of it, which settings can narrow.
    private static string? WidestKernel()
    {
        const string Linux = "/proc/cpuinfo";
        var flags = File.Exists(Linux)
            ? File.ReadLines(Linux).FirstOrDefault(l => l.StartsWith("flags", StringComparison.Ordinal))?.Split(' ')
            : null;
        return flags is null ? null
            : flags.Contains("avx512f") && flags.Contains("avx512bw") && flags.Contains("avx512vl") ? "SkylakeX"
            : flags.Contains("avx2") && flags.Contains("fma") ? "Haswell"
            : null;
    }
}
