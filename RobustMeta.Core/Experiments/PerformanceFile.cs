using System.Globalization;
using RobustMeta.Runtime;
using RobustMeta.Settings;

namespace RobustMeta.Experiments;

/// <summary>
/// The paper's result file, <c>performance.csv</c>: one row per method and test set; the paper's six columns, then what the row is
/// of. It is derived from the run folders beside it: what is missing is added, and a file that is torn, edited or of runs that
/// are gone is made anew. Several processes may share one file.
/// </summary>
public static class PerformanceFile
{
    private const string OldHeader = "model,testset,NDCG@10,Recall@10,Precision@10,F1@10";
    private const int Columns = 10;

    /// <summary>Name of the file in a folder of runs.</summary>
    public const string Name = "performance.csv";

    /// <summary>The metrics of the paper, in the order of the columns.</summary>
    public static IReadOnlyList<string> Metrics { get; } = ["NDCG@10", "Recall@10", "Precision@10", "F1@10"];

    /// <summary>The first line.</summary>
    public static string Header { get; } = $"model,testset,{string.Join(',', Metrics)},dataset,beta,seed,run";

    /// <summary>Brings the file of a folder of runs up to date.</summary>
    /// <param name="root">Folder of the runs.</param>
    public static PerformanceUpdate Update(string root)
    {
        ArgumentNullException.ThrowIfNull(root);
        var path = Path.Combine(root, Name);
        using var alone = FileLock.Take(path + ".lock");
        TemporaryFile.Sweep(root);
        var folders = Directory
            .GetDirectories(root)
            .Where(folder =>
                File.Exists(Path.Combine(folder, RunManifest.Name))
                && !folder.Contains(".damaged-", StringComparison.Ordinal)
            )
            .Order(StringComparer.Ordinal)
            .ToList();
        var text = File.Exists(path) ? RegularFile.Text(path) : $"{Header}\n";
        string? aside = null;
        if (text.StartsWith($"{OldHeader}\n", StringComparison.Ordinal))
        {
            aside = Path.Combine(root, "performance-0.1.csv");
            File.Move(path, aside, overwrite: true);
            text = $"{Header}\n";
        }
        var known = KnownRuns(text, [.. folders.Select(folder => Path.GetFileName(folder))]);
        var kept = known is null ? $"{Header}\n" : text;
        var unread = new List<string>();
        var added = new List<PerformanceRow>();
        foreach (var folder in folders.Where(f => known is null || !known.Contains(Path.GetFileName(f))))
        {
            try
            {
                var run = RunFolder.Open(folder);
                if (run.IsDone)
                {
                    added.AddRange(RowsOf(run));
                }
                else
                {
                    unread.Add($"{folder}: its files are not those that the run wrote");
                }
            }
            catch (Exception error) when (error is SettingException or IOException or Data.DataFormatException)
            {
                unread.Add($"{folder}: {error.Message}");
            }
        }
        if (added.Count > 0 || known is null || aside is not null)
        {
            CsvText.Write(path, kept + string.Concat(added.Select(Line)));
        }
        return new(added, known is null, aside, unread);
    }

    /// <summary>The rows of a finished run; none where the paper's metrics were not all measured.</summary>
    public static IReadOnlyList<PerformanceRow> RowsOf(RunFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var means = folder
            .ReadUsers()
            .GroupBy(row => (row.TestSet, row.Metric))
            .ToDictionary(group => group.Key, group => group.Average(row => row.Value));
        var axis = folder.ReadShift();
        return
        [
            .. means
                .Keys.Select(key => key.TestSet)
                .Distinct()
                .Order()
                .Where(set => Metrics.All(metric => means.ContainsKey((set, metric))))
                .Select(set => new PerformanceRow(
                    folder.Spec.MethodName,
                    set,
                    [.. Metrics.Select(metric => means[(set, metric)])],
                    folder.Spec.Dataset,
                    axis.Coordinates[set],
                    folder.Spec.Seed,
                    Path.GetFileName(folder.Path)
                )),
        ];
    }

    private static string Line(PerformanceRow row) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{CsvText.Quote(row.Method)},{row.TestSet},{string.Join(',', row.Values.Select(Six))},"
        )
        + string.Create(
            CultureInfo.InvariantCulture,
            $"{CsvText.Quote(row.Dataset)},{row.Coordinate:R},{row.Seed},{CsvText.Quote(row.Run)}\n"
        );

    private static string Six(double value) => value.ToString("F6", CultureInfo.InvariantCulture);

    // The runs of the file's rows; null where the file is not one that this class wrote of these folders.
    private static HashSet<string>? KnownRuns(string text, HashSet<string> folders)
    {
        var lines = text.Split('\n');
        if (lines[0] != Header || lines[^1].Length > 0)
        {
            return null;
        }
        var runs = new HashSet<string>();
        var seen = new HashSet<(string Run, string TestSet)>();
        foreach (var line in lines[1..^1])
        {
            // Names of methods have no commas (see ExperimentSpec); data sets and runs have none that CsvText would quote.
            var cells = line.Split(',');
            if (cells.Length != Columns || !folders.Contains(cells[^1]) || !seen.Add((cells[^1], cells[1])))
            {
                return null;
            }
            runs.Add(cells[^1]);
        }
        return runs;
    }
}
