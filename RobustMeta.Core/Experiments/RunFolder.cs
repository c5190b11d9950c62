using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using RobustMeta.Data;
using RobustMeta.Evaluation;
using RobustMeta.Runtime;
using RobustMeta.Training;

namespace RobustMeta.Experiments;

/// <summary>
/// Everything about one run in one place, in a folder named by the hash of its spec:
/// <list type="bullet">
/// <item><c>spec.toml</c>: every setting, as resolved; <c>environment.json</c>: what it was computed with</item>
/// <item><c>history.csv</c>: one row per epoch; <c>users.csv</c>: one row per test set, user and metric</item>
/// <item><c>selection.csv</c>: the best epoch and its validation value; <c>warnings.txt</c>: what to know before trusting it</item>
/// <item><c>references.csv</c>: validation losses of the references and the plain model; <c>population.csv</c> and
/// <c>history-RADIUS.csv</c>: the members of a population</item>
/// <item><c>testsets.csv</c>: realised shift of each test set; <c>dropped.csv</c>: who was left out, and why</item>
/// <item><c>weights.csv</c>: learned weights; <c>model.safetensors</c>: parameters of the best epoch</item>
/// <item><c>timing.csv</c>: seconds and memory (the one file that differs between equal runs); <c>done</c>: written last</item>
/// </list>
/// </summary>
public sealed class RunFolder
{
    private const string Users = "users.csv";
    private const string Done = "done";
    private const string Diverged = "diverged.txt";
    private const string CheckpointName = "checkpoint";
    private const string Selection = "selection.csv";
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The folder of a spec below a root; made when first written to.</summary>
    /// <param name="root">Folder of all runs.</param>
    /// <param name="spec">The experiment.</param>
    public RunFolder(string root, ExperimentSpec spec)
    {
        Spec = spec;
        Path = System.IO.Path.Combine(root, $"{spec.Dataset}-{spec.MethodName}-{spec.Hash}");
    }

    /// <summary>The experiment.</summary>
    public ExperimentSpec Spec { get; }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Whether the run is finished: every file is there and whole.</summary>
    public bool IsDone => File.Exists(In(Done));

    /// <summary>Where an interrupted training of this spec goes on.</summary>
    /// <param name="interval">Shortest time between saves.</param>
    public Checkpoint Checkpoint(TimeSpan interval)
    {
        Directory.CreateDirectory(Path);
        return new(In(CheckpointName + ".safetensors"), Spec.Hash, interval);
    }

    /// <summary>Writes everything, each file whole or not at all, <c>done</c> last.</summary>
    /// <param name="prepared">The data side.</param>
    /// <param name="result">The trained and measured method.</param>
    public void Write(PreparedExperiment prepared, MethodResult result)
    {
        Directory.CreateDirectory(Path);
        CsvText.Write(In("spec.toml"), Spec.Text);
        var facts = EnvironmentReport.Facts().ToDictionary(fact => fact.Name, fact => fact.Value);
        CsvText.Write(In("environment.json"), JsonSerializer.Serialize(facts, Readable) + "\n");
        CsvText.Write(In("history.csv"), RunTables.History(result.Training.History));
        CsvText.Write(In(Selection), RunTables.Selection(prepared.Validation.Name, result.Training));
        if (result.Training.Warnings.Count > 0)
        {
            CsvText.Write(In("warnings.txt"), string.Join('\n', result.Training.Warnings) + "\n");
        }
        if (result.References.Count > 0)
        {
            CsvText.Write(In("references.csv"), RunTables.References(result.References));
        }
        if (result.Members.Count > 0)
        {
            CsvText.Write(In("population.csv"), RunTables.Population(result.Members));
        }
        foreach (var member in result.Members)
        {
            var file = $"history-{PopulationRun.Name(member.Radius)}.csv";
            CsvText.Write(In(file), RunTables.History(member.Training.History));
        }
        CsvText.Write(In("testsets.csv"), RunTables.TestSets(prepared.TestSets));
        CsvText.Write(In("dropped.csv"), RunTables.Dropped(prepared));
        CsvText.Write(In("weights.csv"), RunTables.Weights(prepared, result));
        CsvText.Write(In(RunFiles.Timing), RunTables.Timing(RunTables.CostOf(result)));
        SaveModel(result);
        ResultTable.Write(In(Users), result.Users);
        DeleteCheckpoints();
        CsvText.Write(In(Done), "");
    }

    /// <summary>The per-user results of a finished run.</summary>
    /// <exception cref="DataFormatException">The file is damaged; deleting the folder makes the run afresh.</exception>
    public IReadOnlyList<UserResult> ReadUsers() => ResultTable.Read(In(Users));

    /// <summary>The validation value of the best epoch of a finished run.</summary>
    /// <exception cref="DataFormatException">The file is damaged; deleting the folder makes the run afresh.</exception>
    public double ReadBestValidation()
    {
        var path = In(Selection);
        var fields = File.ReadAllLines(path).ElementAtOrDefault(1)?.Split(',') ?? [];
        return
            fields.Length == RunTables.SelectionColumns.Length
            && double.TryParse(fields[2], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new DataFormatException(
                path,
                2,
                3,
                "expected criterion, epoch, value and whether it stopped early; delete the run's folder to train afresh"
            );
    }

    /// <summary>What a finished run cost.</summary>
    /// <exception cref="DataFormatException">The file is damaged; deleting the folder makes the run afresh.</exception>
    public RunCost ReadCost() => new RunFiles(Path).ReadCost();

    /// <summary>Why this run's training diverged; null where it did not, or has not been tried.</summary>
    public string? ReadDivergence() => File.Exists(In(Diverged)) ? File.ReadAllText(In(Diverged)).TrimEnd() : null;

    /// <summary>Notes that training diverged, so that it need not be tried again: equal specs diverge alike.</summary>
    /// <param name="error">How.</param>
    public void WriteDivergence(DivergenceException error)
    {
        Directory.CreateDirectory(Path);
        DeleteCheckpoints();
        CsvText.Write(In(Diverged), error.Message + "\n");
    }

    // Those of references and of a population's members too.
    private void DeleteCheckpoints()
    {
        foreach (var file in Directory.EnumerateFiles(Path, $"{CheckpointName}*.safetensors").ToList())
        {
            File.Delete(file);
        }
    }

    private void SaveModel(MethodResult result)
    {
        var file = new SafetensorsFile();
        file.Metadata["spec"] = Spec.Text;
        foreach (var parameter in result.Parameters.All)
        {
            file.Add(parameter.Name, parameter.Values, [.. parameter.Shape]);
        }
        file.Save(In("model.safetensors"));
    }

    private string In(string file) => System.IO.Path.Combine(Path, file);
}
