using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using RobustMeta.Data;
using RobustMeta.Experiments;
using RobustMeta.Runtime;
using RobustMeta.Tasks;

namespace RobustMeta.Serving;

/// <summary>
/// Writes the tasks of an experiment for systems of any kind, each table as CSV and as Parquet: <c>train</c> and <c>validation</c>
/// with labels, <c>testset-N</c> a test set with labels of the supports alone (query rows are the candidates that have to be scored),
/// <c>users</c> and <c>items</c> with their features, and <c>manifest.json</c>. Columns of tasks: user, role (support or query), item,
/// label (empty, in Parquet NaN, where it is not told). A method of one's own answers with <c>user,testset,item,score</c> for every
/// query row of the test sets; <see cref="ScoresFile"/> measures it.
/// </summary>
public static class TaskExport
{
    private const string ManifestName = "manifest.json";

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Name of the file of a test set.</summary>
    public static string NameOf(int testSet) => TableOf(testSet) + ".csv";

    private static string TableOf(int testSet) => string.Create(CultureInfo.InvariantCulture, $"testset-{testSet}");

    /// <summary>Writes the files.</summary>
    /// <param name="prepared">The experiment.</param>
    /// <param name="folder">The folder; made where it is missing.</param>
    public static void Write(PreparedExperiment prepared, string folder)
    {
        ArgumentNullException.ThrowIfNull(prepared);
        ArgumentNullException.ThrowIfNull(folder);
        Directory.CreateDirectory(folder);
        // The manifest says that the other files are whole: it goes first and comes last.
        File.Delete(Path.Combine(folder, ManifestName));
        RemoveOtherTestSets(prepared, folder);
        var source = prepared.Source;
        WriteLabelled("train", prepared.Split.MetaTrain);
        WriteLabelled("validation", prepared.Split.Validation);
        foreach (var set in prepared.TestSets)
        {
            var labels = set.Source ?? source;
            WriteRows(TableOf(set.Number), prepared.Candidates(set).SelectMany(batch => Rows(batch, labels, false)));
        }
        FeatureExport.Write(folder, "users", "user", source.Ratings.Users, source.Ratings.UserFeatures);
        FeatureExport.Write(folder, "items", "item", source.Ratings.Items, source.Ratings.ItemFeatures);
        var manifest = new SortedDictionary<string, object>
        {
            ["version"] = 1,
            ["fingerprint"] = prepared.Fingerprint,
            ["label"] = source.Label.ToString(),
            ["threshold"] = source.RatingRelevance.Threshold,
            ["spec"] = prepared.Spec.Text,
            ["files"] = new[] { "train", "validation", "users", "items" },
            ["axis"] = prepared.Spec.Shift.AxisName,
            ["testsets"] = prepared.TestSets.Select(set => new
            {
                number = set.Number,
                coordinate = set.Coordinate,
                file = TableOf(set.Number),
            }),
        };
        CsvText.Write(Path.Combine(folder, ManifestName), JsonSerializer.Serialize(manifest, Readable) + "\n");

        void WriteLabelled(string name, System.Collections.Immutable.ImmutableArray<UserTask> tasks) =>
            WriteRows(name, Rows(source.All(tasks), source, true));

        void WriteRows(string name, IEnumerable<Row> rows)
        {
            Row[] distinct = [.. rows.DistinctBy(row => (row.User, row.Role, row.Item))];
            CsvText.Write(
                Path.Combine(folder, name + ".csv"),
                CsvText.Table(
                    ["user", "role", "item", "label"],
                    distinct.Select(row => (object?[])[row.User, row.Role, row.Item, row.Label])
                )
            );
            ParquetFile.Write(
                Path.Combine(folder, name + ".parquet"),
                distinct,
                ParquetColumn<Row>.Text("user", row => row.User),
                ParquetColumn<Row>.Text("role", row => row.Role),
                ParquetColumn<Row>.Text("item", row => row.Item),
                ParquetColumn<Row>.Single("label", row => row.Label ?? float.NaN)
            );
        }
    }

    // Those of tasks that were exported here before.
    private static void RemoveOtherTestSets(PreparedExperiment prepared, string folder)
    {
        var own = prepared.TestSets.Select(set => TableOf(set.Number)).ToHashSet();
        foreach (var file in Directory.EnumerateFiles(folder, "testset-*").ToList())
        {
            var name = Path.GetFileNameWithoutExtension(file);
            var isTable =
                Path.GetExtension(file) is ".csv" or ".parquet" && int.TryParse(name["testset-".Length..], out _);
            if (isTable && !own.Contains(name))
            {
                File.Delete(file);
            }
        }
    }

    private static IEnumerable<Row> Rows(TaskBatch batch, TaskSource source, bool withQueryLabels)
    {
        for (var b = 0; b < batch.Count; b++)
        {
            var user = source.Ratings.Users[batch.Users[b]];
            for (var i = batch.SupportStarts[b]; i < batch.SupportStarts[b + 1]; i++)
            {
                yield return new(user, "support", source.Ratings.Items[batch.SupportItems[i]], batch.SupportLabels[i]);
            }
            for (var i = batch.QueryStarts[b]; i < batch.QueryStarts[b + 1]; i++)
            {
                float? label = withQueryLabels ? batch.QueryLabels[i] : null;
                yield return new(user, "query", source.Ratings.Items[batch.QueryItems[i]], label);
            }
        }
    }

    private readonly record struct Row(string User, string Role, string Item, float? Label);
}
