using RobustMeta.Evaluation;

namespace RobustMeta.Studies;

/// <summary>Methods ranked over several cells: the blocks are the cells under each seed.</summary>
/// <param name="Methods">The methods that every cell has under every seed.</param>
/// <param name="Measures">Names of the measures that every cell has, and that some user is measured by.</param>
/// <param name="Comparisons">Of each measure, average ranks with the critical difference.</param>
/// <param name="Order">Numbers of the methods, the best by the average over measures first.</param>
public sealed record CellRanks(
    IReadOnlyList<string> Methods,
    IReadOnlyList<string> Measures,
    IReadOnlyList<RankComparison> Comparisons,
    IReadOnlyList<int> Order
)
{
    /// <summary>Ranks the methods of cells; nothing is ranked where fewer than two methods are in all of them.</summary>
    /// <param name="cells">At least one cell.</param>
    public static CellRanks Of(IReadOnlyList<CellSummary> cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        static bool IsWhole(CellSummary cell, string name, StudyMeasure measure) =>
            cell.Measures.Any(own => own.Measure.Name == measure.Name)
            && cell.PerSeed(name, measure).Count == cell.Seeds.Count;
        string[] methods =
        [
            .. cells[0].Methods.Where(name => cells.All(cell => IsWhole(cell, name, cell.Measures[0].Measure))),
        ];
        StudyMeasure[] measures =
        [
            .. cells[0]
                .Measures.Select(own => own.Measure)
                .Where(measure => cells.All(cell => methods.All(name => IsWhole(cell, name, measure))))
                // No user may be one that a measure is of.
                .Where(measure => Blocks(cells, methods, measure).Length > 0),
        ];
        if (methods.Length < 2)
        {
            return new([], [], [], []);
        }
        RankComparison[] comparisons =
        [
            .. measures.Select(measure => RankComparison.Of(Blocks(cells, methods, measure), measure.HigherIsBetter)),
        ];
        var order = Enumerable
            .Range(0, methods.Length)
            .OrderBy(m => comparisons.Select(c => c.AverageRanks[m]).DefaultIfEmpty(0).Average());
        return new(methods, [.. measures.Select(measure => measure.Name)], comparisons, [.. order]);
    }

    private static double[][] Blocks(IReadOnlyList<CellSummary> cells, string[] methods, StudyMeasure measure) =>
        [
            .. cells.SelectMany(cell =>
            {
                var values = methods.Select(name => cell.PerSeed(name, measure)).ToArray();
                return Enumerable
                    .Range(0, cell.Seeds.Count)
                    .Select(seed => values.Select(own => own[seed]).ToArray())
                    .Where(block => block.All(double.IsFinite));
            }),
        ];
}
