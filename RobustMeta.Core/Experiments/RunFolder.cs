using RobustMeta.Evaluation;
using RobustMeta.Runtime;
using RobustMeta.Training;

namespace RobustMeta.Experiments;

/// <summary>
/// Everything about one run in one place, in a folder named by the hash of its spec:
/// <list type="bullet">
/// <item><c>spec.toml</c>: every setting, as resolved; <c>environment.json</c>: what it was computed with</item>
/// <item><c>history.csv</c>: one row per epoch; <c>users.csv</c>: one row per test set, user and metric</item>
/// <item><c>testsets.csv</c>: realised shift of each test set; <c>dropped.csv</c>: who was left out, and why</item>
/// <item><c>validation.csv</c>: the selection metric at the best epoch</item>
/// <item><c>weights.csv</c>: learned weights; <c>model.safetensors</c>: parameters of the best epoch</item>
/// <item><c>timing.csv</c>: seconds and memory (the one file that differs between equal runs); <c>done</c>: written last</item>
/// </list>
/// </summary>
public sealed class RunFolder
{
    private readonly RunFiles files;

    /// <summary>The folder of a spec below a root; made when first written to.</summary>
    /// <param name="root">Folder of all runs.</param>
    /// <param name="spec">The experiment.</param>
    public RunFolder(string root, ExperimentSpec spec)
    {
        Spec = spec;
        Path = System.IO.Path.Combine(root, $"{spec.Dataset}-{spec.MethodName}-{spec.Hash}");
        files = new(Path);
    }

    /// <summary>The experiment.</summary>
    public ExperimentSpec Spec { get; }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Whether the run is finished: every file is there and whole.</summary>
    public bool IsDone => files.IsDone;

    /// <summary>Where an interrupted training of this spec goes on.</summary>
    /// <param name="interval">Shortest time between saves.</param>
    public Checkpoint Checkpoint(TimeSpan interval)
    {
        Directory.CreateDirectory(Path);
        return new(In("checkpoint.safetensors"), Spec.Hash, interval);
    }

    /// <summary>Writes everything, each file whole or not at all, <c>done</c> last.</summary>
    /// <param name="prepared">The data side.</param>
    /// <param name="result">The trained and measured method.</param>
    public void Write(PreparedExperiment prepared, MethodResult result)
    {
        Directory.CreateDirectory(Path);
        CsvText.Write(In("history.csv"), RunTables.History(result.Training.History));
        CsvText.Write(In("weights.csv"), RunTables.Weights(prepared, result));
        SaveModel(result);
        files.Write(prepared, Spec.Text, result.Users, result.Training.BestValidation, result.Cost);
        Checkpoint(TimeSpan.Zero).Delete();
    }

    /// <summary>The per-user results of a finished run.</summary>
    /// <exception cref="Data.DataFormatException">The file is damaged; deleting the folder makes the run afresh.</exception>
    public IReadOnlyList<UserResult> ReadUsers() => files.ReadUsers();

    /// <summary>Value of the selection metric at the best epoch of a finished run.</summary>
    public double ReadValidation() => files.ReadValidation();

    /// <summary>What a finished run cost.</summary>
    public RunCost ReadCost() => files.ReadCost();

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

    private string In(string file) => files.In(file);
}
