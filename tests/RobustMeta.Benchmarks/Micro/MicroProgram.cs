using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace RobustMeta.Benchmarks.Micro;

/// <summary>The micro-benchmarks, by BenchmarkDotNet.</summary>
internal static class MicroProgram
{
    /// <summary>Runs the benchmarks that BenchmarkDotNet's own arguments choose; all without a filter.</summary>
    public static int Run(string[] arguments)
    {
        // In this process: a generated project would copy half a gigabyte of native libraries for each job.
        var job = Job
            .Default.WithToolchain(InProcessEmitToolchain.Instance)
            .WithIterationTime(TimeInterval.FromMilliseconds(100))
            .WithMaxIterationCount(20);
        var config = DefaultConfig.Instance.AddJob(job.AsDefault()).AddDiagnoser(MemoryDiagnoser.Default);
        var chosen = arguments.Length == 0 ? ["--filter", "*"] : arguments;
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(MicroProgram).Assembly).Run(chosen, config).ToArray();
        return summaries.Length > 0 && summaries.All(s => s.Reports.All(r => r.Success)) ? 0 : 1;
    }
}
