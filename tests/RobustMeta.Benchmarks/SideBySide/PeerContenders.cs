using System.Collections.Immutable;
using RobustMeta.Benchmarks.Contenders;
using RobustMeta.Settings;

namespace RobustMeta.Benchmarks.SideBySide;

/// <summary>Who takes part: our engines, then PyTorch.</summary>
internal static class PeerContenders
{
    /// <summary>The contenders that a spec asks for.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="workload">File of the workload.</param>
    /// <exception cref="SettingException">A key is unknown.</exception>
    public static ImmutableArray<Contender> Of(PeersSpec spec, string workload)
    {
        var python = new PythonSetup(spec.Python, spec.CoreType);
        var adam = spec.Workload.Adam ? "true" : "false";
        ImmutableArray<Contender> all =
        [
            .. EngineChoice.All.Select(e => Contender.Of(e, SettingArguments.Print(spec.Workload))),
            Contender.Of("loop", "PyTorch, user by user", 1, "loop.py", python, workload, "random", adam, spec.Lookup),
            Padded("padded", "PyTorch, padded, random batches", 1, "random", "concat"),
            Padded("bucketed", "PyTorch, padded, bucketed", 1, "bucketed", "concat"),
            Padded("bucketedSplit", "PyTorch, bucketed, user part split", 1, "bucketed", "split"),
            Padded("bucketed2", "PyTorch, bucketed, 2 processes", 2, "bucketed", "concat"),
        ];
        var unknown = spec.Only.Except(all.Select(c => c.Key)).ToArray();
        return unknown.Length > 0
            ? throw new SettingException(
                $"only names '{unknown[0]}'; expected some of {string.Join(", ", all.Select(c => c.Key))}"
            )
            : [.. all.Where(c => spec.Only.Count == 0 || spec.Only.Contains(c.Key))];

        Contender Padded(string key, string title, int processes, string order, string inputs) =>
            Contender.Of(key, title, processes, "padded.py", python, workload, order, adam, inputs);
    }
}
