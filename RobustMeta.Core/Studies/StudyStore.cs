using RobustMeta.Experiments;
using RobustMeta.Runtime;
using RobustMeta.Settings;
using RobustMeta.Studies.Workers;

namespace RobustMeta.Studies;

/// <summary>
/// The results of a study: one folder a run, named by the hash of its spec, below <c>runs/AA</c> (the first two digits of
/// the hash). No file has two writers, and a run is done when its last file is there.
/// </summary>
public sealed class StudyStore
{
    private const string StudyNameFile = "study-name";
    private const string RunsFolder = "runs";
    private readonly string runs;

    /// <summary>The store in a folder, which is made when first written to.</summary>
    /// <param name="root">The folder.</param>
    /// <exception cref="SettingException">The folder holds a study of version 0.1.</exception>
    public StudyStore(string root)
    {
        ArgumentNullException.ThrowIfNull(root);
        Root = root;
        runs = Path.Combine(root, RunsFolder);
        RequireThisFormat();
    }

    /// <summary>The folder.</summary>
    public string Root { get; }

    // Says whose results are here.
    private string NameFile => Path.Combine(Root, StudyNameFile);

    /// <summary>
    /// Refuses the folder of a study of another name, and one that holds files of anything else. Other seeds, data sets, methods or variants of
    /// the same study stand beside each other; a folder of runs without a name is any study's.
    /// </summary>
    /// <param name="spec">The study whose results are to be read or made.</param>
    /// <exception cref="SettingException">Results of another study, or other files, are here.</exception>
    public void RequireOf(StudySpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (File.Exists(NameFile) && RegularFile.Text(NameFile).Trim() is var found && found != spec.Family)
        {
            throw new SettingException(
                $"'{Root}' is the folder of the study '{found}'; expected one of '{spec.Family}', or a new one: their results would stand "
                    + $"among each other. Name another folder (out FOLDER), or the study '{found}'; where that was renamed to "
                    + $"'{spec.Family}', delete {NameFile}."
            );
        }
        // In this order: another worker may take the folder meanwhile, and its name is the first file that it writes.
        if (ForeignFile.In(Root, IsOwn) is { } other && !IsStudy(Root))
        {
            throw new SettingException(
                $"out is '{Root}', which holds other files ({other}) and no study; expected a new or empty folder, or that of a study, e.g. out "
                    + Path.Combine(Root, spec.Name)
            );
        }
    }

    /// <summary>The same, and makes the folder this study's.</summary>
    /// <param name="spec">The study whose results are to be made.</param>
    /// <exception cref="SettingException">Results of another study, or other files, are here.</exception>
    public void BelongTo(StudySpec spec)
    {
        RequireOf(spec);
        if (!File.Exists(NameFile))
        {
            Directory.CreateDirectory(Root);
            DurableFile.Write(NameFile, spec.Family + "\n");
        }
    }

    /// <summary>Whether a folder holds a study's runs, or is to hold them.</summary>
    /// <param name="folder">The folder; it need not be there.</param>
    internal static bool IsStudy(string folder) =>
        File.Exists(Path.Combine(folder, StudyNameFile)) || Directory.Exists(Path.Combine(folder, RunsFolder));

    // What a study has in a folder before its first run: its file, its plan, what tells workers to end.
    private static bool IsOwn(string name) =>
        name is "plan.csv" or "cancelled" or "claims" or "leases"
        || name.EndsWith(".toml", StringComparison.OrdinalIgnoreCase);

    /// <summary>Which processes work on what.</summary>
    public StudyClaims Claims => new(Path.Combine(Root, "claims"));

    /// <summary>Which workers, on whatever machine, work on what.</summary>
    /// <param name="shard">The part that the asking worker does first.</param>
    /// <param name="tell">Is told of leases that were lost.</param>
    public StudyLeases Leases(StudyShard shard, Action<string>? tell = null)
    {
        ArgumentNullException.ThrowIfNull(shard);
        return new(Path.Combine(Root, "leases"), shard, StudyLeases.Patience) { Tell = tell };
    }

    /// <summary>The folder of a run.</summary>
    public RunFolder Folder(ExperimentSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return new(Path.Combine(runs, spec.Hash[..2]), spec);
    }

    /// <summary>State of a run.</summary>
    public RunOutcome Outcome(ExperimentSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var folder = Folder(spec);
        return folder.IsDone ? new(RunState.Done, folder, null)
            : folder.ReadDivergence() is { } reason ? new(RunState.Diverged, folder, reason)
            : folder.ReadDamage() is { } damage ? new(RunState.Damaged, folder, damage)
            : new(Directory.Exists(folder.Path) ? RunState.Interrupted : RunState.Missing, folder, null);
    }

    /// <summary>The file of what is measured once for all methods on a data set and seed.</summary>
    internal string CommonFile(ExperimentSpec spec) =>
        Path.Combine(Root, "baselines", $"{spec.Dataset}-{spec.Seed}-{spec.DataHash}.csv");

    /// <summary>The folders of all runs, by hash.</summary>
    internal IReadOnlyDictionary<string, string> Folders() =>
        Directory.Exists(runs)
            ? Directory
                .EnumerateDirectories(runs)
                .SelectMany(Directory.EnumerateDirectories)
                .Where(path => !path.Contains(".damaged-", StringComparison.Ordinal))
                .ToDictionary(path => path[(path.LastIndexOf('-') + 1)..])
            : new Dictionary<string, string>();

    /// <summary>Whether the run in a folder has been finished; its files are checked where they are read.</summary>
    internal static bool IsDone(string folder) => new RunFiles(folder).HasManifest;

    /// <summary>What is wrong with the finished run in a folder by the sizes of its files; null where nothing is.</summary>
    internal static string? ReadWrongSizes(string folder) =>
        new RunFiles(folder).WrongSizes() is { Count: > 0 } wrong ? string.Join(' ', wrong) : null;

    /// <summary>Why the training in a folder diverged; null where it did not.</summary>
    internal static string? ReadDivergence(string folder) => DivergenceNote.Read(folder)?.Reason;

    /// <summary>What the finished run in a folder cost.</summary>
    internal static RunCost ReadCost(string folder) => new RunFiles(folder).ReadCost();

    // There, runs stand in DATA/BASE/RUN: their hashes are of specs that read otherwise now.
    private void RequireThisFormat()
    {
        if (Directory.Exists(runs) || !Directory.Exists(Root))
        {
            return;
        }
        var old = Directory
            .EnumerateDirectories(Root)
            .SelectMany(Directory.EnumerateDirectories)
            .SelectMany(Directory.EnumerateDirectories)
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, SpecFile.OfRun)));
        if (old is not null)
        {
            throw new SettingException(
                $"{Root} holds a study of version 0.1 (e.g. {old}), whose runs this version cannot continue. Choose "
                    + "another folder with 'out', or move this one away."
            );
        }
    }
}
