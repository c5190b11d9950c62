using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using RobustMeta.Data;
using RobustMeta.Experiments;
using RobustMeta.Runtime;
using RobustMeta.Tasks;

namespace RobustMeta.Serving;

/// <summary>
/// Writes the tasks of an experiment for systems of any kind: <c>train.csv</c> and <c>validation.csv</c> with labels, a file
/// <c>testset-N.csv</c> a test set with labels of the supports alone, and <c>manifest.json</c>. Columns: user, role (support or
/// query), item, label. A method of one's own answers with <c>user,testset,item,score</c> for every query row of the test
/// sets; <see cref="ScoresFile"/> measures it.
/// </summary>
public static class TaskExport
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Name of the file of a test set.</summary>
    public static string NameOf(int testSet) => string.Create(CultureInfo.InvariantCulture, $"testset-{testSet}.csv");

    /// <summary>Writes the files.</summary>
    /// <param name="prepared">The experiment.</param>
    /// <param name="folder">The folder; made where it is missing.</param>
    public static void Write(PreparedExperiment prepared, string folder)
    {
        Directory.CreateDirectory(folder);
        var source = prepared.Source;
        WriteLabelled("train.csv", prepared.Split.MetaTrain);
        WriteLabelled("validation.csv", prepared.Split.Validation);
        foreach (var set in prepared.TestSets)
        {
            var labels = set.Source ?? source;
            WriteRows(NameOf(set.Number), prepared.Candidates(set).SelectMany(batch => Rows(batch, labels, false)));
        }
        var manifest = new SortedDictionary<string, object>
        {
            ["version"] = 1,
            ["fingerprint"] = prepared.Fingerprint,
            ["label"] = source.Label.ToString(),
            ["threshold"] = source.RatingRelevance.Threshold,
            ["spec"] = prepared.Spec.Text,
            ["axis"] = prepared.Spec.Shift.AxisName,
            ["testsets"] = prepared.TestSets.Select(set => new
            {
                number = set.Number,
                coordinate = set.Coordinate,
                file = NameOf(set.Number),
            }),
        };
        CsvText.Write(Path.Combine(folder, "manifest.json"), JsonSerializer.Serialize(manifest, Readable) + "\n");

        void WriteLabelled(string name, System.Collections.Immutable.ImmutableArray<UserTask> tasks) =>
            WriteRows(name, Rows(source.All(tasks), source, true));

        void WriteRows(string name, IEnumerable<object?[]> rows) =>
            CsvText.Write(
                Path.Combine(folder, name),
                CsvText.Table(["user", "role", "item", "label"], rows.DistinctBy(row => (row[0], row[1], row[2])))
            );
    }

    private static IEnumerable<object?[]> Rows(TaskBatch batch, TaskSource source, bool withQueryLabels)
    {
        for (var b = 0; b < batch.Count; b++)
        {
            var user = source.Ratings.Users[batch.Users[b]];
            for (var i = batch.SupportStarts[b]; i < batch.SupportStarts[b + 1]; i++)
            {
                yield return [user, "support", source.Ratings.Items[batch.SupportItems[i]], batch.SupportLabels[i]];
            }
            for (var i = batch.QueryStarts[b]; i < batch.QueryStarts[b + 1]; i++)
            {
                object? label = withQueryLabels ? batch.QueryLabels[i] : null;
                yield return [user, "query", source.Ratings.Items[batch.QueryItems[i]], label];
            }
        }
    }
}
