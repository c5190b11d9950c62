using RobustMeta.Evaluation;

namespace RobustMeta.Experiments;

/// <summary>
/// The folder of a baseline's run, named by the hash of its spec: the files of <see cref="RunFolder"/> that do not
/// belong to training.
/// </summary>
public sealed class BaselineFolder
{
    private readonly RunFiles files;

    /// <summary>The folder of a spec below a root; made when first written to.</summary>
    /// <param name="root">Folder of all runs.</param>
    /// <param name="spec">The run.</param>
    public BaselineFolder(string root, BaselineRunSpec spec)
    {
        Spec = spec;
        Path = System.IO.Path.Combine(root, $"{spec.Dataset}-{spec.MethodName}-{spec.Hash}");
        files = new(Path);
    }

    /// <summary>The run.</summary>
    public BaselineRunSpec Spec { get; }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Whether the run is finished: every file is there and whole.</summary>
    public bool IsDone => files.IsDone;

    /// <summary>Writes everything, each file whole or not at all, <c>done</c> last.</summary>
    public void Write(PreparedExperiment prepared, BaselineResult result) =>
        files.Write(
            prepared,
            Spec.Text,
            result.Users,
            RunTables.Selection(prepared.Validation.Name, 0, result.Validation, false),
            result.Cost
        );

    /// <summary>The per-user results of a finished run.</summary>
    /// <exception cref="Data.DataFormatException">The file is damaged; deleting the folder makes the run afresh.</exception>
    public IReadOnlyList<UserResult> ReadUsers() => files.ReadUsers();

    /// <summary>Value of the selection metric of a finished run.</summary>
    public double ReadValidation() => files.ReadValidation();

    /// <summary>What a finished run cost.</summary>
    public RunCost ReadCost() => files.ReadCost();
}
