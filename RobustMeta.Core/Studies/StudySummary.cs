using RobustMeta.Experiments;
using RobustMeta.Runtime;
using RobustMeta.Settings;

namespace RobustMeta.Studies;

/// <summary>
/// A study's results in small: what its report is made of, without run folders. Kept in a folder of five files:
/// <list type="bullet">
/// <item><c>study.toml</c>: the study file</item>
/// <item><c>results.csv.gz</c>: a row per run or baseline, test set and metric (see <see cref="StudyExport"/>), compressed; earlier
/// packs have <c>results.csv</c></item>
/// <item><c>summary.json.gz</c>: this record, compressed; earlier packs have <c>summary.json</c></item>
/// <item><c>cost.json</c>: times and memory, which differ between equal runs; all others are the same bytes</item>
/// <item><c>done</c>: size and SHA-256 of all but the costs, written last</item>
/// </list>
/// </summary>
/// <param name="Version">Version of the library that made it.</param>
/// <param name="Cells">The cells of which anything is complete.</param>
/// <param name="Histories">Epochs of the methods, means over seeds; empty where no figure of the study shows them.</param>
/// <param name="Weights">Learned weights, thinned; empty where no figure of the study shows them.</param>
public sealed record StudySummary(
    string Version,
    IReadOnlyList<CellSummary> Cells,
    IReadOnlyList<PooledHistory> Histories,
    IReadOnlyList<MethodWeights> Weights
)
{
    private static readonly Version FirstSealing = new(0, 2);
    private const string StudyName = "study.toml";
    private const string ResultsName = "results.csv.gz";
    private const string FormerResultsName = "results.csv";
    private const string SummaryName = "summary.json.gz";
    private const string FormerSummaryName = "summary.json";
    private const string CostName = "cost.json";

    // What an earlier pack, its report, or one that was ended in between leaves in a folder.
    private static readonly string[] OwnNames =
    [
        StudyName,
        ResultsName,
        FormerResultsName,
        SummaryName,
        FormerSummaryName,
        CostName,
        RunManifest.Name,
        "report",
        "report.md",
        "report.cost.md",
    ];

    /// <summary>Name of the variant of the study file that was packed, empty for the study itself; null where earlier versions did not say it.</summary>
    public string? Variant { get; init; }

    /// <summary>Settings that were given beside the study file; null where earlier versions did not say it.</summary>
    public IReadOnlyList<(string Key, string Value)>? Overrides { get; init; }

    /// <summary>Writes what there is of a study into a folder.</summary>
    /// <param name="spec">The study.</param>
    /// <param name="store">Where its results are.</param>
    /// <param name="folder">The folder, which is made.</param>
    /// <param name="coverage">Is told how many runs there are, and which are damaged and left out.</param>
    /// <exception cref="SettingException">The folder holds the results of another study.</exception>
    public static void Write(StudySpec spec, StudyStore store, string folder, StudyCoverage? coverage = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(folder);
        RequireFree(spec, folder);
        var records = StudyResults.ReadAll(spec, store, coverage).ToArray();
        var summary = new StudySummary(
            typeof(StudySummary).Assembly.GetName().Version!.ToString(3),
            [.. new CellReader(spec, store).ReadAll().Select(CellSummary.Of)],
            Draws(spec, "convergence", "convergenceTime", "gap")
                ? PooledHistory.Of(StudyHistory.Read(spec, store))
                : [],
            Draws(spec, "weights") ? MethodWeights.Of(StudyWeights.Read(spec, store)) : []
        )
        {
            Variant = spec.Variant,
            Overrides = spec.Overrides,
        };
        Directory.CreateDirectory(folder);
        TemporaryFile.Sweep(folder);
        // It says that the others are whole: it goes first and comes last.
        File.Delete(Path.Combine(folder, RunManifest.Name));
        CsvText.Write(Path.Combine(folder, StudyName), spec.Text);
        PackedText.Write(Path.Combine(folder, ResultsName), StudyExport.Csv(records));
        File.Delete(Path.Combine(folder, FormerResultsName));
        PackedText.Write(Path.Combine(folder, SummaryName), StudyJson.Write(spec, summary));
        File.Delete(Path.Combine(folder, FormerSummaryName));
        CsvText.Write(
            Path.Combine(folder, CostName),
            StudyJson.Write(spec, MethodCost.Of(records.OfType<RunRecord>()))
        );
        RunManifest.Write(folder, name => name is not (StudyName or ResultsName or SummaryName));
    }

    /// <summary>
    /// Refuses a folder with the packed results of another study, which would be lost, one of a study's runs, and one with files of anything
    /// else.
    /// </summary>
    /// <param name="spec">The study to be packed.</param>
    /// <param name="folder">Where; it need not be there.</param>
    /// <exception cref="SettingException">It is one.</exception>
    public static void RequireFree(StudySpec spec, string folder)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(folder);
        if (IsIn(folder) && IsOfOtherFile(spec, Path.Combine(folder, StudyName)))
        {
            throw new SettingException(
                $"'{folder}' holds the packed results of another study file than '{spec.Name}' is now: name another folder, or delete "
                    + "this one if they are no longer needed"
            );
        }
        if (StudyStore.IsStudy(folder))
        {
            throw new SettingException(
                $"to is '{folder}', the folder of a study's runs; expected one of its own for the pack, e.g. to {Path.Combine(folder, "summary")}"
            );
        }
        if (!IsIn(folder) && ForeignFile.In(folder, OwnNames.Contains) is { } other)
        {
            throw new SettingException(
                $"to is '{folder}', which holds other files ({other}); expected a new or empty folder for the pack, or that of an earlier one"
            );
        }
    }

    /// <summary>Whether a folder says what its files are; those of versions before 0.2 do not.</summary>
    public static bool IsSealed(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return File.Exists(Path.Combine(folder, RunManifest.Name));
    }

    /// <summary>The summary in a folder.</summary>
    /// <param name="spec">The study that it is of.</param>
    /// <param name="folder">The folder.</param>
    /// <exception cref="SettingException">
    /// There is none, or it was made with another study file, variant or settings; the message says which.
    /// </exception>
    /// <exception cref="InvalidDataException">A file is not what was packed; the message names it.</exception>
    /// <exception cref="Data.DataFormatException">A file is damaged.</exception>
    public static StudySummary Read(StudySpec spec, string folder)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(folder);
        RequireSummary(folder);
        if (IsSealed(folder) && RunManifest.Damage(folder) is { Count: > 0 } damage)
        {
            throw new InvalidDataException(
                $"{folder}: {string.Join(' ', damage)} Take the folder from where it was kept, or pack the study again: {PackTo(folder)}"
            );
        }
        // A study file that was damaged is not another study's.
        RequireSameStudy(spec, folder);
        Part<PackOrigin>(spec, folder, SummaryIn(folder), "a summary").Require(spec, folder);
        var summary = Part<StudySummary>(spec, folder, SummaryIn(folder), "a summary");
        if (!IsSealed(folder) && IsOfSealingVersion(summary))
        {
            throw new InvalidDataException(
                $"{folder}: there is no list of the files ('{RunManifest.Name}'), which is written last: packing did not end, so that "
                    + $"files of two packs may stand side by side. Pack the study again: {PackTo(folder)}"
            );
        }
        return summary;
    }

    /// <summary>What the methods cost, of the summary in a folder.</summary>
    /// <param name="spec">The study that it is of.</param>
    /// <param name="folder">The folder.</param>
    /// <exception cref="Data.DataFormatException">The file is damaged.</exception>
    public static IReadOnlyList<MethodCost> ReadCosts(StudySpec spec, string folder)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(folder);
        return Part<IReadOnlyList<MethodCost>>(
            spec,
            folder,
            Path.Combine(folder, CostName),
            "times and memory of the methods"
        );
    }

    private static T Part<T>(StudySpec spec, string folder, string file, string what) =>
        StudyJson.Read<T>(
            spec,
            file,
            what,
            $"Take the file from where it was kept, or pack the study again: {PackTo(folder)}"
        );

    /// <summary>Whether a folder holds a summary.</summary>
    public static bool IsIn(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return File.Exists(SummaryIn(folder));
    }

    private static string SummaryIn(string folder) =>
        Path.Combine(folder, SummaryName) is var path && File.Exists(path)
            ? path
            : Path.Combine(folder, FormerSummaryName);

    // Versions before 0.2 wrote no list of files.
    private static bool IsOfSealingVersion(StudySummary summary) =>
        System.Version.TryParse(summary.Version, out var version) && version >= FirstSealing;

    // Thinned weights are four fifths of a summary: they are kept where a figure shows them.
    private static bool Draws(StudySpec spec, params string[] figures) =>
        spec.Figures.Count == 0 || figures.Any(spec.Figures.Contains);

    private static void RequireSummary(string folder)
    {
        if (!IsIn(folder))
        {
            throw new SettingException(
                $"There is no summary of a study in '{folder}': expected {SummaryName}, which 'pack' writes: {PackTo(folder)}"
            );
        }
    }

    // Whether a study is named or a file, and where its runs are, is in the words of the command that made them.
    private static string PackTo(string folder) => $"study STUDY pack to {folder}, with the words of its runs";

    private static void RequireSameStudy(StudySpec spec, string folder)
    {
        var file = Path.Combine(folder, StudyName);
        if (IsOfOtherFile(spec, file))
        {
            throw new SettingException(
                $"The summary in '{folder}' was made with another study file than '{spec.Name}' is now; report it with its "
                    + $"own: study {file} report from {folder}"
            );
        }
    }

    private static bool IsOfOtherFile(StudySpec spec, string file) =>
        File.Exists(file) && spec.Text.Length > 0 && Plain(RegularFile.Text(file)) != Plain(spec.Text);

    // Without comments and empty lines: what they say may be put better after a study was packed.
    private static string Plain(string text) =>
        string.Join(
            '\n',
            text.Split('\n').Select(line => line.TrimEnd()).Where(line => line.TrimStart() is not ("" or ['#', ..]))
        );
}
