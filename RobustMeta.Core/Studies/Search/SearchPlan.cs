using System.Collections.Immutable;
using System.Globalization;
using RobustMeta.Runtime;
using RobustMeta.Settings;

namespace RobustMeta.Studies.Search;

/// <summary>How the values of tuned settings are searched, where they are not listed: the tuner and its budget.</summary>
/// <param name="Tuner">One of <see cref="Names"/>.</param>
/// <param name="Budget">When it ends.</param>
public sealed record SearchPlan(string Tuner, SearchBudget Budget)
{
    /// <summary>
    /// Candidates that are asked for at once, which several processes then train side by side. The choice depends on it, and not on the
    /// number of processes.
    /// </summary>
    public int Parallel { get; init; } = 1;

    private const int Factor = 3;

    /// <summary>Tuners that search the ranges which settings declare.</summary>
    public static ImmutableArray<string> Names { get; } = ["grid", "random", "tpe", "halving", "asha"];

    /// <summary>A plan of its words.</summary>
    /// <param name="tuner">The tuner's name.</param>
    /// <param name="budget">As <see cref="SearchBudget.Parse"/> reads it.</param>
    /// <param name="parallel">Candidates that are asked for at once.</param>
    /// <exception cref="SettingException">There is no such tuner, or the budget or the number cannot be read.</exception>
    public static SearchPlan Parse(string tuner, string budget, string parallel = "1") =>
        !(int.TryParse(parallel, CultureInfo.InvariantCulture, out var atOnce) && atOnce > 0)
            ? throw new SettingException(
                $"parallel is '{parallel}'; expected the number of candidates that are asked for at once, from 1 to {int.MaxValue}"
            )
        : Names.Contains(tuner) ? new(tuner, SearchBudget.Parse(budget)) { Parallel = atOnce }
        : throw new SettingException(
            $"There is no tuner '{tuner}'{NearestName.End(tuner, Names)} Tuners: {string.Join(", ", Names)}"
        );

    /// <summary>The tuner.</summary>
    /// <param name="space">What it searches.</param>
    /// <param name="higherIsBetter">Direction of the selection metric.</param>
    /// <param name="seed">Seed of its draws.</param>
    /// <param name="epochs">Epochs of a whole training; rungs begin at about a ninth of it.</param>
    /// <exception cref="SettingException">The budget does not go with the tuner.</exception>
    public ITuner Create(SearchSpace space, bool higherIsBetter, long seed, int epochs)
    {
        var task = new SearchTask(space, Budget, higherIsBetter)
        {
            Seed = seed,
            Epochs = Math.Max(epochs, 1),
            Parallel = Parallel,
        };
        var least = Math.Max(task.Epochs / (Factor * Factor), 1);
        return Tuner switch
        {
            "grid" => new GridTuner(task),
            "random" => new RandomTuner(task),
            "tpe" => new TpeTuner(task),
            "asha" => new AshaTuner(task, least),
            _ => new HalvingTuner(task, Points(new(least, task.Epochs, Factor)), least),
        };
    }

    // The most points whose rungs of thirds are within the budget.
    private int Points(Rungs rungs)
    {
        var least = (int)Math.Pow(Factor, rungs.Top);
        var whole = Enumerable.Range(0, rungs.Top + 1).Sum(rung => (int)Math.Pow(Factor, rung));
        var runs =
            Budget.Runs
            ?? throw new SettingException(
                $"The tuner halving has a budget of runs; expected one of {whole} or more, e.g. 30"
            );
        if (runs < whole)
        {
            throw new SettingException(
                $"The tuner halving cannot train a candidate for all {rungs.Epochs[^1]} epochs with a budget of "
                    + $"{Counted.Of(runs, "run", "runs")}: {least} candidates begin, and a third of them goes on each time: "
                    + $"candidates are compared after {string.Join(", ", rungs.Epochs)} epochs. Expected a budget of at least {whole} runs, or the tuner random, "
                    + "tpe or asha"
            );
        }
        var points = runs;
        while (points > 1 && RunsOf(points) > runs)
        {
            points--;
        }
        return points;

        // At least three rungs, of which short trainings have fewer.
        int RunsOf(int begun) =>
            Enumerable.Range(0, Math.Max(rungs.Top, 2) + 1).Sum(rung => begun / (int)Math.Pow(Factor, rung));
    }
}
