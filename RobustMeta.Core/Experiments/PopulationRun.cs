using System.Collections.Immutable;
using System.Globalization;
using RobustMeta.Engine;
using RobustMeta.Models;
using RobustMeta.Robustness;
using RobustMeta.Tasks;

namespace RobustMeta.Experiments;

/// <summary>Trains a method once for each radius of its population; each test user gets the member that fits the support.</summary>
internal static class PopulationRun
{
    /// <summary>Trains all members.</summary>
    /// <param name="method">The method.</param>
    /// <param name="context">What it is fitted from.</param>
    /// <param name="fit">Fits the reference; asked again only where references learn during training.</param>
    public static TrainedPredictor Fit(MetaMethodSpec method, ExperimentFit context, Func<FittedReference> fit)
    {
        var members = new List<TrainedModel>();
        try
        {
            var fitted = fit();
            foreach (var radius in method.Robustness.Population)
            {
                var own = method.With(method.Robustness.OfRadius(radius));
                var shared = members.Count == 0 || fitted.Reference.State.Count == 0 ? fitted : fit();
                var checkpoint = context.Checkpoint?.Of($"radius-{Name(radius)}");
                members.Add(MetaTraining.TrainOne(own, context, shared, checkpoint));
            }
            return Together(method, context.Prepared, fitted, members);
        }
        catch
        {
            members.ForEach(member => member.Dispose());
            throw;
        }
    }

    private static TrainedPredictor Together(
        MetaMethodSpec method,
        PreparedExperiment prepared,
        FittedReference fitted,
        List<TrainedModel> members
    )
    {
        var radii = method.Robustness.Population;
        var population = new PopulationPredictor(
            method.DisplayName,
            prepared.Source.Label,
            [.. members.Select(member => new EnginePredictor(method.DisplayName, member.Engine))],
            method.Robustness.PopulationCaution
        );
        var fractions = Fractions(prepared, population, members.Count);
        return new(population, members, fitted)
        {
            Training = members[0].Training with { BestValidation = prepared.Validation.Evaluate(population) },
            Parameters = Joined(radii, members),
            Cost = new RunCost(
                TimeSpan.FromTicks(members.Sum(member => member.Cost.Training.Ticks)),
                TimeSpan.Zero,
                members.Sum(member => member.Cost.UserPasses),
                members.Max(member => member.Cost.PeakBytes)
            )
            {
                Reference = fitted.Time,
            },
            Members = [.. members.Select((m, i) => new PopulationMember(radii[i], m.Training, fractions[i]))],
        };
    }

    private static double[] Fractions(PreparedExperiment prepared, PopulationPredictor population, int members)
    {
        const int BatchSize = 256;
        var fractions = new double[members];
        foreach (var batch in prepared.Source.Batches(prepared.Split.Test, BatchSize))
        {
            foreach (var member in population.Choose(batch))
            {
                fractions[member] += 1.0 / prepared.Split.Test.Length;
            }
        }
        return fractions;
    }

    // All members' parameters under names that say whose they are.
    private static ParameterSet Joined(IReadOnlyList<double> radii, List<TrainedModel> members) =>
        new(
            members.SelectMany(
                (member, i) =>
                    member.Engine.Parameters.All.Select(parameter =>
                    {
                        var copy = new Parameter($"radius {Name(radii[i])} {parameter.Name}", [.. parameter.Shape]);
                        parameter.Values.AsSpan().CopyTo(copy.Values);
                        return copy;
                    })
            )
        );

    /// <summary>A radius in the names of files and parameters.</summary>
    public static string Name(double radius) => radius.ToString("R", CultureInfo.InvariantCulture);
}
