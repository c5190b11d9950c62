using System.Globalization;
using RobustMeta.Evaluation;
using RobustMeta.Runtime;

namespace RobustMeta.Studies;

/// <summary>The learned weights of a finished run, at its best epoch.</summary>
/// <param name="Run">The run.</param>
/// <param name="Users">Weights of the training users; empty where that level stays uniform.</param>
/// <param name="Interactions">Weights of their query interactions; empty where that level stays uniform.</param>
public sealed record StudyWeights(
    PlannedRun Run,
    IReadOnlyList<WeightRecord> Users,
    IReadOnlyList<WeightRecord> Interactions
)
{
    /// <summary>The weights of the reported runs that learn any, in the order of the plan.</summary>
    public static IEnumerable<StudyWeights> Read(StudySpec spec, StudyStore store)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(store);
        return StudyResults
            .Finished(spec, store)
            .Select(done => (done.Run, File: Path.Combine(done.Folder.Path, "weights.csv")))
            .Where(done => File.Exists(done.File))
            .Select(done => Of(done.Run, done.File))
            .Where(weights => weights.Users.Count + weights.Interactions.Count > 0);
    }

    /// <summary>Some of many weights for a drawing, evenly over their order by size, the smallest and the largest among them.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="most">How many to keep; at least 2.</param>
    public static IReadOnlyList<WeightRecord> Thinned(IReadOnlyList<WeightRecord> weights, int most)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var sorted = weights.OrderBy(w => w.Weight).ThenBy(w => w.Count).ToArray();
        return sorted.Length <= most
            ? sorted
            : [.. Enumerable.Range(0, most).Select(i => sorted[(long)i * (sorted.Length - 1) / (most - 1)])];
    }

    // Runs made before 0.2.0 have no such column.
    private const int LossColumn = 5;

    private static StudyWeights Of(PlannedRun run, string file)
    {
        using var text = new StreamReader(RegularFile.Open(file));
        var rows = ResultTable.Records(file, text).Skip(1).Select(record => record.Fields.ToArray()).ToArray();
        var interactions = rows.Where(row => row[0] == "interaction").ToArray();
        var lengths = interactions.CountBy(row => row[1]).ToDictionary();
        var popularity = interactions.CountBy(row => row[2]).ToDictionary();
        WeightRecord Record(IReadOnlyList<string> row, int count) =>
            new(Number(row[3]), count, row.Count > LossColumn ? Number(row[LossColumn]) : double.NaN);
        return new(
            run,
            [.. rows.Where(row => row[0] == "user").Select(row => Record(row, lengths.GetValueOrDefault(row[1])))],
            [.. interactions.Select(row => Record(row, popularity[row[2]]))]
        );
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
