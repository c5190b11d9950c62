using System.Globalization;
using RobustMeta.Data;
using RobustMeta.Data.Reading;
using RobustMeta.Evaluation;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Experiments;

/// <summary>
/// The scores of a system of any kind for the test sets of an experiment, as a method like any other: a file
/// <c>user,testset,item,score</c> with a row for every query row of the exported test sets (<c>tasks export</c>).
/// </summary>
public sealed class ScoresFile
{
    private readonly string path;
    private readonly Dictionary<(int TestSet, int User, int Item), float> scores = [];
    private readonly PreparedExperiment prepared;

    private ScoresFile(string path, PreparedExperiment prepared)
    {
        this.path = path;
        this.prepared = prepared;
    }

    /// <summary>Reads a file of scores, which has to be complete.</summary>
    /// <param name="path">The file; its columns in any order, other columns are ignored.</param>
    /// <param name="prepared">The experiment.</param>
    /// <exception cref="DataFormatException">
    /// A row is of an unknown user, test set or item, comes twice or has no finite score; or rows are missing.
    /// </exception>
    public static ScoresFile Read(string path, PreparedExperiment prepared)
    {
        RequireFile(path);
        var file = new ScoresFile(path, prepared);
        var wanted = prepared
            .TestSets.SelectMany(set => prepared.Candidates(set).SelectMany(batch => Queries(set.Number, batch)))
            .ToHashSet();
        file.ReadRows(wanted);
        file.RequireComplete(wanted);
        return file;
    }

    /// <summary>Requires that there is such a file, before anything else is done for it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public static void RequireFile(string path)
    {
        FilledWord.Require(path, "a file of scores");
        if (!Path.Exists(path))
        {
            throw new FileNotFoundException(
                $"There is no file {path}; expected scores with the columns {string.Join(", ", Columns)} and a row for every query "
                    + "row of the test sets. 'tasks export RUN out FOLDER' writes these rows.",
                path
            );
        }
    }

    /// <summary>Requires that there is such a file with the columns of scores, before anything else is done for it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="DataFormatException">It lacks a column.</exception>
    public static void RequireColumns(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        RequireFile(path);
        using var file = Open(path);
        ColumnsOf(file);
    }

    /// <summary>The scores as a method.</summary>
    /// <param name="method">Name of the method in results.</param>
    /// <param name="kind">What the scores are; errors of an order are not measured.</param>
    /// <exception cref="RobustMeta.Settings.SettingException">Results cannot hold the name.</exception>
    public ITestSetPredictor As(string method, ScoreKind kind)
    {
        MethodLabel.Require(method);
        return new Method(this, method, kind);
    }

    /// <summary>Measures the scores: one row a test set, user and metric.</summary>
    /// <param name="method">Name of the method in results.</param>
    /// <param name="kind">What the scores are; errors of an order are not measured.</param>
    public IReadOnlyList<UserResult> Evaluate(string method, ScoreKind kind) => prepared.Evaluate(As(method, kind));

    private static IEnumerable<(int TestSet, int User, int Item)> Queries(int testSet, TaskBatch batch)
    {
        for (var b = 0; b < batch.Count; b++)
        {
            for (var i = batch.QueryStarts[b]; i < batch.QueryStarts[b + 1]; i++)
            {
                yield return (testSet, batch.Users[b], batch.QueryItems[i]);
            }
        }
    }

    private void ReadRows(HashSet<(int, int, int)> wanted)
    {
        using var file = Open(path);
        var records = file.Records;
        var (user, testSet, item, score) = ColumnsOf(file);
        var ratings = prepared.Dataset.Ratings;
        while (records.TryRead())
        {
            var number = records.Number(testSet, "the number of a test set");
            if (number != Math.Floor(number) || number < 0 || number >= prepared.TestSets.Length)
            {
                throw records.Error(testSet, $"a test set from 0 to {prepared.TestSets.Length - 1}");
            }
            var key = (
                (int)number,
                ratings.Users.Find(records.Text(user)) ?? throw records.Error(user, "a user of the data"),
                ratings.Items.Find(records.Text(item)) ?? throw records.Error(item, "an item of the data")
            );
            if (!wanted.Contains(key))
            {
                throw records.Error(
                    item,
                    FormattableString.Invariant($"an item of this user's query in testset-{key.Item1}")
                );
            }
            if (!scores.TryAdd(key, records.Single(score, "a finite score")))
            {
                throw records.Error(item, "one score for each user, test set and item; this is the second");
            }
        }
    }

    private static RecordFile Open(string path) =>
        new(path, new FileDialect { Header = true, Place = SettingsPlace.None }, Columns, ReadLimits.Fixed);

    private static (int User, int TestSet, int Item, int Score) ColumnsOf(RecordFile file) =>
        (
            file.Columns.Find("user"),
            file.Columns.Find("testset"),
            file.Columns.Find("item"),
            file.Columns.Find("score")
        );

    private static readonly string[] Columns = ["user", "testset", "item", "score"];

    private void RequireComplete(HashSet<(int TestSet, int User, int Item)> wanted)
    {
        if (wanted.Count == scores.Count)
        {
            return;
        }
        var (testSet, user, item) = wanted.Where(key => !scores.ContainsKey(key)).Min();
        var ratings = prepared.Dataset.Ratings;
        throw new DataFormatException(
            path,
            0,
            0,
            string.Create(
                CultureInfo.InvariantCulture,
                $"expected {wanted.Count} scores, found {scores.Count}: {wanted.Count - scores.Count} are missing, the first of "
                    + $"them user '{ratings.Users[user]}', testset {testSet}, item '{ratings.Items[item]}'"
            )
        );
    }

    private sealed class Method(ScoresFile file, string method, ScoreKind kind) : ITestSetPredictor
    {
        public string Name => method;

        public bool ScoresAreLabels => kind == ScoreKind.Labels;

        public IPredictor On(int testSet) => new OfSet(this, file, testSet);

        public float[] Predict(TaskBatch batch) =>
            throw new NotSupportedException(
                $"{method} has scores for the test sets alone: it can be no reference and choose nothing by validation users."
            );
    }

    private sealed class OfSet(Method method, ScoresFile file, int testSet) : IPredictor
    {
        public string Name => method.Name;

        public bool ScoresAreLabels => method.ScoresAreLabels;

        public float[] Predict(TaskBatch batch) => [.. Queries(testSet, batch).Select(key => file.scores[key])];
    }
}
