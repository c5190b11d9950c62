using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;

namespace RobustMeta.Runtime;

/// <summary>What a result was computed with: versions, processor, memory, libraries.</summary>
public static class EnvironmentReport
{
    /// <summary>Facts by name, in a fixed order. Holds nothing that identifies a person or a machine's folders.</summary>
    public static IReadOnlyList<(string Name, string Value)> Facts() =>
        [
            ("RobustMeta", Version(typeof(EnvironmentReport).Assembly)),
            (".NET", RuntimeInformation.FrameworkDescription),
            ("TorchSharp", Version(typeof(torch).Assembly)),
            ("libtorch", LibtorchVersion()),
            ("operating system", RuntimeInformation.OSDescription),
            ("architecture", RuntimeInformation.ProcessArchitecture.ToString()),
            ("processor", Processor()),
            ("vector width", FormattableString.Invariant($"{VectorWidth()} bits")),
            ("processors", FormattableString.Invariant($"{Environment.ProcessorCount}")),
            ("memory", FormattableString.Invariant($"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20} MiB")),
        ];

    // The constant behind torch.__version__: to load libtorch for it would take a run of the fused engine a third of a second.
    private static string LibtorchVersion() =>
        typeof(torch)
            .GetField("libtorchPackageVersion", BindingFlags.NonPublic | BindingFlags.Static)
            ?.GetRawConstantValue() as string
        ?? "unknown";

    private static int VectorWidth() =>
        Vector512.IsHardwareAccelerated ? 512
        : Vector256.IsHardwareAccelerated ? 256
        : Vector128.IsHardwareAccelerated ? 128
        : 64;

    private static string Version(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? assembly.GetName().Version?.ToString()
        ?? "unknown";

    private static string Processor()
    {
        const string Linux = "/proc/cpuinfo";
        var line = File.Exists(Linux)
            ? File.ReadLines(Linux).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
