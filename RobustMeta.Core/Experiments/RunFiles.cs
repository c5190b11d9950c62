using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using RobustMeta.Data;
using RobustMeta.Evaluation;
using RobustMeta.Runtime;

namespace RobustMeta.Experiments;

/// <summary>The files that the folders of all methods have, trained or not.</summary>
/// <param name="folder">The folder.</param>
internal sealed class RunFiles(string folder)
{
    private const string Users = "users.csv";
    private const string Timing = "timing.csv";
    private const string Selection = "selection.csv";
    private const string TestSets = "testsets.csv";

    // Without the threads, as before they were noted; with them.
    private static readonly int[] TimingColumns = [6, 7];
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Whether there is a list of a finished run's files.</summary>
    public bool HasManifest => File.Exists(In(RunManifest.Name));

    /// <summary>What is wrong with the files of a finished run; empty where nothing is.</summary>
    public IReadOnlyList<string> Damage() => RunManifest.Damage(folder);

    /// <summary>As <see cref="Damage"/>, by the sizes of the files alone, which are not opened.</summary>
    public IReadOnlyList<string> WrongSizes() => RunManifest.WrongSizes(folder);

    /// <summary>Writes them, <c>done</c> last and all of them onto the disk.</summary>
    public void Write(
        PreparedExperiment prepared,
        string specText,
        IReadOnlyList<UserResult> users,
        string selectionCsv,
        RunCost cost
    )
    {
        Directory.CreateDirectory(folder);
        CsvText.Write(In(SpecFile.OfRun), specText);
        var facts = EnvironmentReport.Facts().ToDictionary(fact => fact.Name, fact => fact.Value);
        CsvText.Write(In("environment.json"), JsonSerializer.Serialize(facts, Readable) + "\n");
        CsvText.Write(In(DataTable.Name), DataTable.Of(prepared));
        CsvText.Write(In(TestSets), RunTables.TestSets(prepared));
        CsvText.Write(In("dropped.csv"), RunTables.Dropped(prepared));
        CsvText.Write(In("robustness.csv"), RobustnessTable.Text(prepared, users));
        CsvText.Write(In(Selection), selectionCsv);
        CsvText.Write(In(Timing), RunTables.Timing(cost));
        ResultTable.Write(In(Users), users);
        // Of a run that two workers do, one may still save its state when the other has finished.
        RunManifest.Write(
            folder,
            name => name == Timing || name.StartsWith(RunFolder.CheckpointName, StringComparison.Ordinal)
        );
    }

    public IReadOnlyList<UserResult> ReadUsers() => ResultTable.Read(In(Users));

    public IEnumerable<UserResult> StreamUsers() => ResultTable.Stream(In(Users));

    public double ReadValidation() => LastRow(Selection, RunTables.SelectionColumns.Length)[2];

    public ShiftAxis ReadShift()
    {
        var rows = RegularFile.Lines(In(TestSets)).Select(line => line.Split(',')).ToArray();
        double[] Column(int column) =>
            [.. rows.Skip(1).Select(row => double.Parse(row[column], CultureInfo.InvariantCulture))];
        return new(rows[0][1], Column(1)) { Divergences = Column(Array.IndexOf(rows[0], "userKl")) };
    }

    public RunCost ReadCost()
    {
        var row = LastRow(Timing, TimingColumns);
        return new(TimeSpan.FromSeconds(row[0]), TimeSpan.FromSeconds(row[1]), (long)row[3], (long)row[4])
        {
            Reference = TimeSpan.FromSeconds(row[5]),
        };
    }

    public string In(string file) => Path.Combine(folder, file);

    // Numbers of the one row of a table; what is no number is NaN.
    private double[] LastRow(string file, params int[] columns)
    {
        var cells = RegularFile.Lines(In(file))[^1].Split(',');
        return columns.Contains(cells.Length)
            ? Array.ConvertAll(cells, x => double.TryParse(x, CultureInfo.InvariantCulture, out var n) ? n : double.NaN)
            : throw new DataFormatException(
                In(file),
                2,
                0,
                $"{cells.Length} columns; expected {columns[^1]}. Delete the folder to make the run afresh."
            );
    }
}
