using RobustMeta.Runtime;

namespace RobustMeta.Experiments;

/// <summary>The file <c>data.csv</c> of a run folder: what was read, what was left out, and what identifies the data.</summary>
internal static class DataTable
{
    /// <summary>Name of the file.</summary>
    public const string Name = "data.csv";

    private const string Fingerprint = "fingerprint";

    /// <summary>The table: a name and a value a row.</summary>
    public static string Of(PreparedExperiment prepared)
    {
        var ratings = prepared.Dataset.Ratings;
        var report = ratings.Report;
        return CsvText.Table(
            ["name", "value"],
            [
                [Fingerprint, prepared.Fingerprint],
                ["users", ratings.Users.Count],
                ["items", ratings.Items.Count],
                ["ratings", ratings.Count],
                ["labelThreshold", prepared.Dataset.LabelThreshold],
                ["rowsRead", report.Rows],
                ["duplicates", report.Duplicates],
                ["duplicateRule", report.DuplicateRule],
                ["unrated", report.Unrated],
                ["itemsWithoutFeatures", report.ItemsWithoutFeatures],
                ["usersWithoutFeatures", report.UsersWithoutFeatures],
            ]
        );
    }

    /// <summary>The fingerprint of a table; null where there is none.</summary>
    public static string? ReadFingerprint(string path) =>
        File.Exists(path)
            ? RegularFile
                .Lines(path)
                .Where(line => line.StartsWith($"{Fingerprint},", StringComparison.Ordinal))
                .Select(line => line[(Fingerprint.Length + 1)..])
                .FirstOrDefault()
            : null;
}
