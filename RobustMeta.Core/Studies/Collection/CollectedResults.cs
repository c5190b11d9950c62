using System.Text.Json;
using RobustMeta.Data;
using RobustMeta.Data.Reading;
using RobustMeta.Evaluation;
using RobustMeta.Experiments;

namespace RobustMeta.Studies.Collection;

/// <summary>The results of a file that <see cref="StudyCollection"/> wrote, cell by cell.</summary>
/// <param name="path">The file.</param>
internal sealed class CollectedResults(string path)
{
    private static readonly string[] Wanted =
    [
        "data",
        "shift",
        "base",
        "method",
        "run",
        "axis",
        "testset",
        "coordinate",
        "userKl",
        "user",
        "metric",
        "value",
    ];

    private readonly Dictionary<(string Data, string Shift, string Base, string Method), string> choices = [];
    private bool hasChoices;

    /// <summary>The file.</summary>
    public string FilePath => path;

    /// <summary>The collected file of a study; null where there is none.</summary>
    /// <param name="store">Where the study's results are.</param>
    public static CollectedResults? Of(StudyStore store) =>
        Path.Combine(store.Root, StudyCollection.FileName) is var path && File.Exists(path) ? new(path) : null;

    /// <summary>The runs of a cell, by hash, and its baselines, by the name of their file.</summary>
    /// <param name="cell">The cell.</param>
    /// <exception cref="DataFormatException">The file is damaged, or none that a study wrote.</exception>
    public IReadOnlyDictionary<string, CollectedRun> Read(StudyCell cell)
    {
        try
        {
            return ReadRows(cell);
        }
        catch (DataFormatException error)
        {
            throw new DataFormatException(
                path,
                0,
                0,
                $"{Reason(error.Message)}. 'study collect' writes the file anew from the folders of the runs; without it they are read themselves",
                error
            );
        }
    }

    // Without the path, which stands before it again.
    private string Reason(string message) =>
        (
            message.StartsWith(path, StringComparison.Ordinal)
                ? message[path.Length..].TrimStart(':', ',', ' ')
                : message
        ).TrimEnd('.');

    private Dictionary<string, CollectedRun> ReadRows(StudyCell cell)
    {
        using var records = new ParquetRecords(path, ReadLimits.Default);
        var at = Wanted.ToDictionary(name => name, name => Place(records, name));
        var runs =
            new Dictionary<string, (List<UserResult> Users, string Axis, SortedList<int, (double, double)> Sets)>();
        var names = new Dictionary<string, string>();
        string Text(string column)
        {
            var text = records.Text(at[column]);
            return names.TryGetValue(text, out var known) ? known : names[text] = text;
        }
        double Number(string column) =>
            records.IsNull(at[column]) ? double.NaN : records.Number(at[column], "a number");
        while (records.TryRead())
        {
            if (Text("data") != cell.Data.Name || Text("shift") != cell.Shift.Name || Text("base") != cell.Base.Name)
            {
                continue;
            }
            var name = Text("run");
            if (!runs.TryGetValue(name, out var run))
            {
                runs.Add(name, run = ([], Text("axis"), []));
            }
            var testSet = (int)Number("testset");
            run.Sets.TryAdd(testSet, (Number("coordinate"), Number("userKl")));
            run.Users.Add(new(Text("method"), testSet, Text("user"), Text("metric"), Number("value")));
        }
        return runs.ToDictionary(run => run.Key, run => new CollectedRun(run.Value.Users, Axis(run.Value)));
    }

    /// <summary>The choice of a stage of tuning; null where the file has none, or one among other candidates.</summary>
    /// <param name="spec">The study.</param>
    /// <param name="key">The stage.</param>
    /// <exception cref="DataFormatException">The file is damaged, or none that a study wrote.</exception>
    public Tuning? ReadChoice(StudySpec spec, TuningKey key)
    {
        if (!hasChoices)
        {
            ReadChoices();
            hasChoices = true;
        }
        var (cell, method) = (key.Cell, key.Method?.Name ?? "");
        if (!choices.TryGetValue((cell.Data.Name, cell.Shift.Name, cell.Base.Name, method), out var text))
        {
            return null;
        }
        try
        {
            return CollectedTuning.Read(spec, key, text);
        }
        catch (JsonException error)
        {
            throw new DataFormatException(
                path,
                0,
                0,
                $"expected a choice of tuning of {key.Title}, found '{text}'; 'study collect' writes the file anew",
                error
            );
        }
    }

    // Rows of a run follow each other and have the same choices.
    private void ReadChoices()
    {
        using var records = new ParquetRecords(path, ReadLimits.Default);
        string[] wanted = ["run", "data", "shift", "base", "method"];
        var at = wanted.ToDictionary(name => name, name => Place(records, name));
        var shared = Place(records, StudyCollection.SharedTuning);
        var own = Place(records, StudyCollection.OwnTuning);
        var last = "";
        while (records.TryRead())
        {
            if (records.Text(at["run"]) is var run && run == last)
            {
                continue;
            }
            last = run;
            var (data, shift, name) = (records.Text(at["data"]), records.Text(at["shift"]), records.Text(at["base"]));
            if (records.Text(shared) is { Length: > 0 } ofAll)
            {
                choices[(data, shift, name, "")] = ofAll;
            }
            if (records.Text(own) is { Length: > 0 } ofOne)
            {
                choices[(data, shift, name, records.Text(at["method"]))] = ofOne;
            }
        }
    }

    private static ShiftAxis Axis((List<UserResult>, string Name, SortedList<int, (double At, double Kl)> Sets) run) =>
        new(run.Name, [.. run.Sets.Values.Select(set => set.At)])
        {
            Divergences = run.Sets.Values.All(set => double.IsNaN(set.Kl))
                ? []
                : [.. run.Sets.Values.Select(set => set.Kl)],
        };

    private int Place(ParquetRecords records, string name) =>
        records.Names.ToList().IndexOf(name) is >= 0 and var place
            ? place
            : throw new DataFormatException(
                path,
                0,
                0,
                $"expected the column '{name}', found {string.Join(", ", records.Names)}"
            );
}
