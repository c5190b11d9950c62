using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using RobustMeta.Engine;
using RobustMeta.Models;
using RobustMeta.Robustness;
using RobustMeta.Tasks;
using RobustMeta.Training;

namespace RobustMeta.Experiments;

/// <summary>Trains a method once for each radius of its population; each test user gets the member that fits his or her support.</summary>
internal static class PopulationRun
{
    /// <summary>Trains all members and measures the population.</summary>
    /// <param name="prepared">The data side.</param>
    /// <param name="spec">The method.</param>
    /// <param name="fit">Fits the reference; asked again only where references learn during training.</param>
    /// <param name="checkpoint">Where interrupted trainings go on, or null.</param>
    /// <param name="progress">Is told each epoch of each member.</param>
    /// <param name="cancellation">Stops after the current batch.</param>
    public static MethodResult Train(
        PreparedExperiment prepared,
        ExperimentSpec spec,
        Func<FittedReference> fit,
        Checkpoint? checkpoint,
        IProgress<EpochRecord>? progress,
        CancellationToken cancellation
    )
    {
        var radii = spec.Robustness.Population;
        var members = new List<TrainedMethod>();
        try
        {
            var fitted = fit();
            foreach (var radius in radii)
            {
                var own = spec with { Robustness = spec.Robustness.OfRadius(radius) };
                var shared = members.Count == 0 || fitted.Reference.State.Count == 0 ? fitted : fit();
                var part = checkpoint?.Of($"radius-{Name(radius)}");
                members.Add(ExperimentRunner.TrainOne(prepared, own, shared, part, progress, cancellation));
            }
            return Measure(prepared, spec, fitted, members);
        }
        finally
        {
            members.ForEach(member => member.Dispose());
        }
    }

    private static MethodResult Measure(
        PreparedExperiment prepared,
        ExperimentSpec spec,
        FittedReference fitted,
        List<TrainedMethod> members
    )
    {
        var clock = Stopwatch.StartNew();
        var population = new PopulationPredictor(
            spec.MethodName,
            spec.Split.Label,
            [.. members.Select(member => new EnginePredictor(spec.MethodName, member.Engine))],
            spec.Robustness.PopulationCaution
        );
        var users = prepared.Evaluate(population);
        var shares = Shares(prepared, population, members.Count);
        var first = members[0];
        return new(
            spec,
            users,
            first.Training with
            {
                BestValidation = prepared.Validation.Evaluate(population),
            },
            Joined(spec.Robustness.Population, members),
            first.Weights,
            new RunCost(
                TimeSpan.FromTicks(members.Sum(member => member.Cost.Training.Ticks)),
                clock.Elapsed,
                members.Sum(member => member.Cost.UserPasses),
                members.Max(member => member.Cost.PeakBytes)
            )
            {
                Reference = fitted.Time,
            }
        )
        {
            References = fitted.Losses,
            Members =
            [
                .. members.Select((m, i) => new PopulationMember(spec.Robustness.Population[i], m.Training, shares[i])),
            ],
        };
    }

    private static double[] Shares(PreparedExperiment prepared, PopulationPredictor population, int members)
    {
        const int BatchSize = 256;
        var shares = new double[members];
        foreach (var batch in prepared.Source.Batches(prepared.Split.Test, BatchSize))
        {
            foreach (var member in population.Choose(batch))
            {
                shares[member] += 1.0 / prepared.Split.Test.Length;
            }
        }
        return shares;
    }

    // All members' parameters under names that say whose they are.
    private static ParameterSet Joined(IReadOnlyList<double> radii, List<TrainedMethod> members) =>
        new(
            members.SelectMany(
                (member, i) =>
                    member.Engine.Parameters.All.Select(parameter =>
                    {
                        var copy = new Parameter($"radius {Name(radii[i])} {parameter.Name}", [.. parameter.Shape]);
                        parameter.Values.CopyTo(copy.Values, 0);
                        return copy;
                    })
            )
        );

    /// <summary>A radius in the names of files and parameters.</summary>
    public static string Name(double radius) => radius.ToString("R", CultureInfo.InvariantCulture);
}
