using System.Globalization;
using RobustMeta.Runtime;
using RobustMeta.Settings;

namespace RobustMeta.Studies.Search;

/// <summary>
/// Tries every point of <see cref="SearchGrid"/>: the default, then the others in an order drawn from the seed, so that a search which its
/// time ends early has seen all parts of the grid.
/// </summary>
public sealed class GridTuner : SearchTuner
{
    private readonly IReadOnlyList<string> points;

    /// <summary>A search.</summary>
    /// <param name="task">What is searched, and for how long: a budget of runs or epochs has to hold the whole grid.</param>
    /// <exception cref="SettingException">The budget does not hold the grid, or the grid is too large.</exception>
    public GridTuner(SearchTask task)
        : base(task)
    {
        var grid = SearchGrid.Of(task.Space);
        var random = Seeds.Generator(task.Seed, "search", "grid");
        points = [grid[0], .. grid.Skip(1).OrderBy(_ => random.NextDouble())];
        Require(task.Budget.Runs, grid.Count, "run", "runs");
        Require(task.Budget.Epochs, (long)grid.Count * task.Epochs, "epoch", "epochs");
    }

    private protected override TuningTrial? Next() => Count < points.Count ? new(points[Count], Count) : null;

    // A part of a grid says little about the rest; random points say more.
    private void Require(long? budget, long needed, string one, string many)
    {
        if (budget < needed)
        {
            throw new SettingException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The grid has {Counted.Of(points.Count, "point", "points")} with the default, and the budget is {Counted.Of(budget.Value, one, many)}; expected at least "
                        + $"{Counted.Of(needed, one, many)}, fewer settings, or the tuner random, tpe or asha"
                )
            );
        }
    }
}
