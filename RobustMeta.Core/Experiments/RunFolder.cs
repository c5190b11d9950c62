using RobustMeta.Evaluation;
using RobustMeta.Runtime;
using RobustMeta.Settings;
using RobustMeta.Training;

namespace RobustMeta.Experiments;

/// <summary>
/// Everything about one run in one place, in a folder named by the hash of its spec:
/// <list type="bullet">
/// <item><c>spec.toml</c>: every setting, as resolved; <c>environment.json</c>: what it was computed with</item>
/// <item><c>history.csv</c>: one row per epoch; <c>users.csv</c>: one row per test set, user and metric</item>
/// <item><c>robustness.csv</c>: average, worst, slopes and area over the shift; CVaR curve, interquartile mean, Gini coefficient and
/// exact worst case over users</item>
/// <item><c>selection.csv</c>: the best epoch and its validation value; <c>warnings.txt</c>: what to know before trusting it</item>
/// <item><c>references.csv</c>: validation losses of the references and the plain model; <c>population.csv</c> and
/// <c>history-RADIUS.csv</c>: the members of a population</item>
/// <item><c>data.csv</c>: what was read and left out, and the fingerprint of the data</item>
/// <item><c>testsets.csv</c>: realised shift of each test set; <c>dropped.csv</c>: who was left out, and why</item>
/// <item><c>weights.csv</c>: learned weights; <c>model.safetensors</c>: parameters; both of the best epoch</item>
/// <item><c>serving.safetensors</c>: what a model needs of the data to serve new users (<see cref="ServingData"/>)</item>
/// <item><c>timing.csv</c>: seconds and memory (the one file that differs between equal runs); <c>done</c>: size and SHA-256 of all other files, written last</item>
/// </list>
/// A baseline has no history, weights and parameters.
/// </summary>
public sealed class RunFolder
{
    private const string HistoryName = "history.csv";
    internal const string CheckpointName = "checkpoint";
    private readonly RunFiles files;
    private bool isWhole;

    /// <summary>The folder of a spec below a root; made when first written to.</summary>
    /// <param name="root">Folder of all runs.</param>
    /// <param name="spec">The experiment.</param>
    public RunFolder(string root, ExperimentSpec spec)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(spec);
        Spec = spec;
        Path = System.IO.Path.Combine(root, $"{spec.Dataset}-{spec.MethodName}-{spec.Hash}");
        files = new(Path);
    }

    private RunFolder(ExperimentSpec spec, string path)
    {
        Spec = spec;
        Path = path;
        files = new(path);
    }

    /// <summary>How long a training may run before its state is on disk.</summary>
    public static TimeSpan SaveInterval { get; } = TimeSpan.FromSeconds(30);

    /// <summary>The folder of a run that was made before, with the spec that it holds.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="Settings.SettingException">
    /// Its <c>spec.toml</c> cannot be read by this version; the message names the key.
    /// </exception>
    public static RunFolder Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new(SpecFile.Read(System.IO.Path.Combine(path, SpecFile.OfRun)), path);
    }

    /// <summary>The experiment.</summary>
    public ExperimentSpec Spec { get; }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Whether the run is finished: every file is there and is what the run wrote, by size and SHA-256.</summary>
    public bool IsDone => isWhole = isWhole || (files.HasManifest && files.Damage().Count == 0);

    /// <summary>What is wrong with the files of a finished run, in words; null where nothing is, and of a run that is not finished.</summary>
    public string? ReadDamage() =>
        !isWhole && files.HasManifest && files.Damage() is { Count: > 0 } damage ? string.Join(' ', damage) : null;

    /// <summary>Moves the folder of a finished run aside whose files were damaged since, so that the run is made again.</summary>
    /// <returns>What is damaged and where it is now; null where nothing is.</returns>
    public string? SetAsideIfDamaged()
    {
        if (ReadDamage() is not { } damage)
        {
            return null;
        }
        var number = 1;
        while (Directory.Exists($"{Path}.damaged-{number}"))
        {
            number++;
        }
        Directory.Move(Path, $"{Path}.damaged-{number}");
        return $"{damage} The folder is set aside as {Path}.damaged-{number}, and the run is made again.";
    }

    /// <summary>Refuses a run that is not finished, and one whose files were changed since.</summary>
    /// <exception cref="SettingException">It has no list of its files.</exception>
    /// <exception cref="InvalidDataException">A file is not what the run wrote; the message names it.</exception>
    public void RequireWhole()
    {
        if (!files.HasManifest)
        {
            throw new SettingException(
                $"{Path} has no {RunManifest.Name}: it is no finished run. Let the run finish, or name the folder of another."
            );
        }
        if (ReadDamage() is { } damage)
        {
            throw new InvalidDataException($"{Path}: {damage} Make the run again.");
        }
    }

    /// <summary>Refuses results of other data than those that are prepared.</summary>
    /// <param name="prepared">The data side.</param>
    /// <exception cref="SettingException">The run is finished, and on other data.</exception>
    public void RequireSameData(PreparedExperiment prepared)
    {
        ArgumentNullException.ThrowIfNull(prepared);
        RequireSameData(prepared.Fingerprint);
    }

    /// <summary>As <see cref="RequireSameData(PreparedExperiment)"/>, by what identifies the data.</summary>
    /// <param name="fingerprint">See <see cref="PreparedExperiment.Fingerprint"/>.</param>
    /// <exception cref="SettingException">The run is finished, and on other data.</exception>
    public void RequireSameData(string fingerprint)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        if (files.HasManifest && DataTable.ReadFingerprint(In(DataTable.Name)) != fingerprint)
        {
            throw new SettingException(
                $"{Path} holds the results of this spec on other data: the files of {Spec.Dataset}, or its table in the catalog, "
                    + "were changed since. Choose another folder for the new results (out NAME), or move this one away."
            );
        }
    }

    /// <summary>
    /// Keeps other processes from working at the same run, waiting for the one that does; removes files that killed processes left half written.
    /// </summary>
    /// <param name="waiting">Is called once where another process works at it.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>Lets others in when it is disposed.</returns>
    public IDisposable Claim(Action? waiting = null, CancellationToken cancellation = default)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!);
        var claim = FileLock.Take(Path + ".lock", waiting, cancellation);
        TemporaryFile.Sweep(Path);
        return claim;
    }

    /// <summary>Where an interrupted training of this spec on these data goes on.</summary>
    /// <param name="prepared">The data side.</param>
    /// <param name="interval">Shortest time between saves.</param>
    /// <param name="tell">Is told that a checkpoint is damaged, and what is done about it.</param>
    public Checkpoint Checkpoint(PreparedExperiment prepared, TimeSpan interval, Action<string>? tell = null)
    {
        ArgumentNullException.ThrowIfNull(prepared);
        Directory.CreateDirectory(Path);
        var identity = $"{Spec.Hash} {prepared.Fingerprint}";
        return new(In(CheckpointName + ".safetensors"), identity, interval) { Tell = tell };
    }

    /// <summary>Writes everything, each file whole or not at all, <c>done</c> last.</summary>
    /// <param name="prepared">The data side.</param>
    /// <param name="result">The trained and measured method.</param>
    public void Write(PreparedExperiment prepared, MethodResult result)
    {
        ArgumentNullException.ThrowIfNull(prepared);
        ArgumentNullException.ThrowIfNull(result);
        Directory.CreateDirectory(Path);
        TemporaryFile.Sweep(Path);
        if (result.IsTrained)
        {
            WriteTraining(prepared, result);
        }
        var training = result.Training;
        var selection = RunTables.Selection(
            prepared.Validation.Name,
            training.BestEpoch,
            training.BestValidation,
            training.StoppedEarly
        );
        DeleteCheckpoints();
        files.Write(prepared, Spec.Text, result.Users, selection, result.Cost);
    }

    // The files of methods that are trained in epochs, beside those that all methods have.
    private void WriteTraining(PreparedExperiment prepared, MethodResult result)
    {
        CsvText.Write(In(HistoryName), HistoryTable.Csv(result.Training.History));
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
            CsvText.Write(In(file), HistoryTable.Csv(member.Training.History));
        }
        CsvText.Write(In("weights.csv"), RunTables.Weights(prepared, result));
        var serving = ServingData.Of(prepared, result.Spec.Meta);
        ServingFile.Write(In(ServingFile.Name), serving);
        SaveModel(result, serving.Fingerprint);
    }

    /// <summary>Where the test sets of a finished run stand on the axis of the shift.</summary>
    public ShiftAxis ReadShift() => files.ReadShift();

    /// <summary>The per-user results of a finished run.</summary>
    /// <exception cref="Data.DataFormatException">The file is damaged; deleting the folder makes the run afresh.</exception>
    public IReadOnlyList<UserResult> ReadUsers() => files.ReadUsers();

    /// <summary>The per-user results of a finished run, one after the other.</summary>
    /// <exception cref="Data.DataFormatException">The file is damaged; deleting the folder makes the run afresh.</exception>
    public IEnumerable<UserResult> StreamUsers() => files.StreamUsers();

    /// <summary>The epochs of a finished run; none where the method is not trained in epochs.</summary>
    /// <exception cref="Data.DataFormatException">The file is damaged; deleting the folder makes the run afresh.</exception>
    public IReadOnlyList<EpochRecord> ReadHistory() =>
        File.Exists(In(HistoryName)) ? HistoryTable.Read(In(HistoryName)) : [];

    /// <summary>Value of the selection metric at the best epoch of a finished run.</summary>
    /// <exception cref="Data.DataFormatException">The file is damaged; deleting the folder makes the run afresh.</exception>
    public double ReadValidation() => files.ReadValidation();

    /// <summary>What a finished run cost.</summary>
    /// <exception cref="Data.DataFormatException">The file is damaged; deleting the folder makes the run afresh.</exception>
    public RunCost ReadCost() => files.ReadCost();

    /// <summary>Why this run's training diverged; null where it did not, or has not been tried.</summary>
    public string? ReadDivergence() => DivergenceNote.Read(Path)?.Reason;

    /// <summary>Forgets that training diverged where it did so on other data than these.</summary>
    /// <param name="fingerprint">See <see cref="PreparedExperiment.Fingerprint"/>.</param>
    /// <returns>Whether there was such a note.</returns>
    public bool ForgetDivergenceOnOtherData(string fingerprint)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        return DivergenceNote.Read(Path) is { } note && note.Fingerprint != fingerprint && DivergenceNote.Remove(Path);
    }

    /// <summary>Notes that training diverged, so that it need not be tried again: equal specs on equal data diverge alike.</summary>
    /// <param name="prepared">The data side.</param>
    /// <param name="error">How.</param>
    public void WriteDivergence(PreparedExperiment prepared, DivergenceException error)
    {
        ArgumentNullException.ThrowIfNull(prepared);
        ArgumentNullException.ThrowIfNull(error);
        Directory.CreateDirectory(Path);
        DeleteCheckpoints();
        new DivergenceNote(error.Message, prepared.Fingerprint).Write(Path);
    }

    // Another worker that does the same run may be writing it, and a rename would find nothing.
    private static bool IsFinished(string file) => !file.EndsWith(TemporaryFile.Extension, StringComparison.Ordinal);

    // Those of references and of a population's members too.
    private void DeleteCheckpoints()
    {
        foreach (
            var file in Directory.EnumerateFiles(Path, $"{CheckpointName}*.safetensors*").Where(IsFinished).ToList()
        )
        {
            File.Delete(file);
        }
    }

    private void SaveModel(MethodResult result, string fingerprint)
    {
        var file = new SafetensorsFile();
        file.Metadata[ServingFile.FingerprintKey] = fingerprint;
        file.Metadata["spec"] = Spec.Text;
        foreach (var parameter in result.Parameters.All)
        {
            file.Add(parameter.Name, parameter.Values.ToArray(), [.. parameter.Shape]);
        }
        file.Save(In("model.safetensors"));
    }

    private string In(string file) => files.In(file);
}
