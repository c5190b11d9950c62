using System.Collections.Immutable;
using RobustMeta.Benchmarks.Workload;
using RobustMeta.Engine;
using RobustMeta.Models;

namespace RobustMeta.Benchmarks.Contenders;

/// <summary>One of our engines, ready to be measured.</summary>
/// <param name="Key">Short name for settings.</param>
/// <param name="Title">Name in tables.</param>
/// <param name="Threads">Threads that compute.</param>
/// <param name="Order">Batches it is given: padding engines take bucketed ones.</param>
/// <param name="Create">The engine.</param>
internal sealed record EngineChoice(
    string Key,
    string Title,
    int Threads,
    TaskOrder Order,
    Func<MetaRecommender, ParameterSet, IMetaGradientEngine> Create
)
{
    /// <summary>Every engine that is measured; a new one is one line here.</summary>
    public static ImmutableArray<EngineChoice> All { get; } =
    [
        new("fused1", "FusedEngine, 1 thread", 1, TaskOrder.Random, (m, p) => new FusedEngine(m, p, 1)),
        new("fused2", "FusedEngine, 2 threads", 2, TaskOrder.Random, (m, p) => new FusedEngine(m, p, 2)),
        new(
            "autograd",
            "AutogradEngine, bucketed",
            1,
            TaskOrder.Bucketed,
            (model, parameters) => new AutogradEngine(model, parameters)
        ),
    ];

    /// <summary>The engine of that key.</summary>
    /// <exception cref="Settings.SettingException">There is none.</exception>
    public static EngineChoice Named(string key) =>
        All.FirstOrDefault(e => e.Key == key)
        ?? throw new Settings.SettingException(
            $"There is no engine '{key}'; engines: {string.Join(", ", All.Select(e => e.Key))}"
        );
}
