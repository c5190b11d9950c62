using System.Collections.Immutable;
using RobustMeta.Data;
using RobustMeta.Evaluation;
using RobustMeta.Models;
using RobustMeta.Shift;
using RobustMeta.Tasks;

namespace RobustMeta.Experiments;

/// <summary>
/// An experiment made of values: a data set, methods, how ratings are split and test sets shifted, and what is measured.
/// Immutable; the methods that change something return a copy.
/// </summary>
/// <example>
/// <code>
/// var comparison = new Experiment("ml-100k", new MetaMethodSpec(new MeLUSpec { HiddenDim1 = 64 }), new EaseSpec())
///     .Measured(new Ndcg().At(10))
///     .Run("results");
/// </code>
/// </example>
public sealed class Experiment
{
    private readonly ExperimentSpec data;
    private readonly ImmutableArray<MethodSpec> methods;

    /// <summary>An experiment with the default split, shift and metrics.</summary>
    /// <param name="dataset">Name of the data set in the catalog, or <c>synthetic</c>.</param>
    /// <param name="methods">What is compared, at least one: meta-recommenders (<see cref="MetaMethodSpec"/>) and baselines.</param>
    /// <exception cref="ArgumentException">There is no method.</exception>
    public Experiment(string dataset, params MethodSpec[] methods)
        : this(
            new ExperimentSpec { Dataset = dataset ?? throw new ArgumentNullException(nameof(dataset)) },
            [.. methods ?? throw new ArgumentNullException(nameof(methods))]
        )
    {
        if (Array.IndexOf(methods, null) is >= 0 and var place)
        {
            throw new ArgumentNullException(nameof(methods), $"Method {place + 1} of {methods.Length} is null.");
        }
        if (methods.Length == 0)
        {
            throw new ArgumentException("An experiment needs a method, e.g. new MetaMethodSpec(new MeLUSpec()).");
        }
    }

    private Experiment(ExperimentSpec data, ImmutableArray<MethodSpec> methods)
    {
        this.data = data;
        this.methods = methods;
    }

    /// <summary>One spec for each method; all share the data settings.</summary>
    /// <exception cref="Settings.SettingException">Settings do not go together.</exception>
    public IReadOnlyList<ExperimentSpec> Specs => [.. methods.Select(method => (data with { Method = method }).With())];

    /// <summary>With metrics instead of the usual ones of the label kind.</summary>
    public Experiment Measured(params Metric[] metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        return new(
            data with
            {
                Evaluation = data.Evaluation with { Metrics = [.. metrics.Select(m => m.Name)] },
            },
            methods
        );
    }

    /// <summary>With another shift of the test sets.</summary>
    public Experiment Shifted(ShiftProtocol protocol)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        return new(data with { Shift = protocol }, methods);
    }

    /// <summary>With another way to make tasks of the ratings.</summary>
    public Experiment Split(TaskSplitSpec split)
    {
        ArgumentNullException.ThrowIfNull(split);
        return new(data with { Split = split }, methods);
    }

    /// <summary>With another master seed.</summary>
    public Experiment Seeded(long seed) => new(data with { Seed = seed }, methods);

    /// <summary>With other baselines, at their defaults, measured beside the methods; none if none is named.</summary>
    public Experiment Beside(params string[] baselines)
    {
        ArgumentNullException.ThrowIfNull(baselines);
        return new(data with { Evaluation = data.Evaluation with { Baselines = baselines } }, methods);
    }

    /// <summary>Fits and measures all methods, or reads those whose results are complete.</summary>
    /// <param name="results">Folder that receives a folder of each run.</param>
    /// <param name="cancellation">Stops after the current batch; the next call goes on from there.</param>
    /// <exception cref="Settings.SettingException">
    /// The data do not allow the settings, or the folder cannot be written to; the message names the setting to change.
    /// </exception>
    /// <exception cref="Training.DivergenceException">A training diverged.</exception>
    public Comparison Run(string results = "results", CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(results);
        var specs = Specs;
        OutFolder.Require(results);
        var prepared = PreparedExperiment.Of(specs[0], DatasetCatalog.Default.Load(data.Dataset));
        return Comparison.Of(prepared, specs, UsersOf);

        IReadOnlyList<UserResult> UsersOf(ExperimentSpec spec)
        {
            var folder = new RunFolder(results, spec);
            using var claim = folder.Claim(cancellation: cancellation);
            folder.SetAsideIfDamaged();
            folder.RequireSameData(prepared);
            if (!folder.IsDone || !spec.Method.IsDetermined)
            {
                var checkpoint = folder.Checkpoint(prepared, RunFolder.SaveInterval);
                folder.Write(prepared, ExperimentRunner.Run(prepared, spec, checkpoint, cancellation: cancellation));
            }
            return folder.ReadUsers();
        }
    }
}
