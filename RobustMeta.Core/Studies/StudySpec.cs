using RobustMeta.Settings;

namespace RobustMeta.Studies;

/// <summary>
/// A whole study: data sets × shifts × base models × methods × swept settings × seeds, what is tuned for each, and the
/// settings that all runs share. Later parts win: shared, data, shift, base, shared tuning, method, own tuning, sweep.
/// Read from a file by <see cref="StudyFile"/>, or made of values.
/// </summary>
public sealed record StudySpec
{
    /// <summary>Key of the model's name, of base models and of methods with a model of their own.</summary>
    public const string ModelKey = "model";

    /// <summary>Name of the study: of its file, and of its folder of results.</summary>
    public string Name { get; init; } = "study";

    /// <summary>Name of the variant of the file; empty for the study itself.</summary>
    public string Variant { get; init; } = "";

    /// <summary>Name of the study that this one is a variant of, or its own: what a folder of results belongs to.</summary>
    internal string Family =>
        Variant.Length > 0 && Name.EndsWith($"-{Variant}", StringComparison.Ordinal)
            ? Name[..^(Variant.Length + 1)]
            : Name;

    /// <summary>The file's text, for the report; empty for a study made of values.</summary>
    public string Text { get; init; } = "";

    /// <summary>Seeds that are reported.</summary>
    public IReadOnlyList<long> Seeds { get; init; } = [1, 2, 3];

    /// <summary>
    /// The seeds that everything is tuned on, by the mean over them; they are not reported. Empty where nothing is tuned.
    /// </summary>
    public IReadOnlyList<long> TuningSeeds { get; init; } = [];

    /// <summary>Settings of every run that has them: a baseline has no <c>epoch</c>.</summary>
    public IReadOnlyList<(string Key, string Value)> Shared { get; init; } = [];

    /// <summary>Settings given on the command line, which win over all that the file says.</summary>
    public IReadOnlyList<(string Key, string Value)> Overrides { get; init; } = [];

    /// <summary>The stage of tuning that all methods of a base model share; decided by the first method.</summary>
    public StudyChoice Tuning { get; init; } = StudyChoice.None;

    /// <summary>The data sets.</summary>
    public IReadOnlyList<NamedSettings> Data { get; init; } = [];

    /// <summary>The shifts; one unnamed part where the study varies none.</summary>
    public IReadOnlyList<NamedSettings> Shifts { get; init; } = [NamedSettings.Unnamed];

    /// <summary>The base models; one unnamed part where every method names its own model.</summary>
    public IReadOnlyList<NamedSettings> Bases { get; init; } = [NamedSettings.Unnamed];

    /// <summary>The methods. The first is the one that the others are compared with.</summary>
    public IReadOnlyList<StudyMethod> Methods { get; init; } = [];

    /// <summary>Settings whose values are all run.</summary>
    public IReadOnlyList<StudySweep> Sweeps { get; init; } = [];

    /// <summary>Seeds of single cells, by name of the data set and of the base model.</summary>
    public IReadOnlyDictionary<(string Data, string Base), IReadOnlyList<long>> CellSeeds { get; init; } =
        new Dictionary<(string, string), IReadOnlyList<long>>();

    /// <summary>What the others are compared with.</summary>
    public StudyMethod Plain => Methods[0];

    /// <summary>The method that decides the shared stage of tuning: the first that trains the base models; null: none does.</summary>
    public StudyMethod? SharedBy => Methods.FirstOrDefault(method => !method.HasModel);

    /// <summary>What a stage of tuning chooses from.</summary>
    public StudyChoice ChoiceOf(TuningKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.Method is { } method ? method.Tuned
            : SharedBy is null ? StudyChoice.None
            : Tuning;
    }

    /// <summary>Names of the figures of the report; empty: those that the results allow.</summary>
    public IReadOnlyList<string> Figures { get; init; } = [];

    /// <summary>Whether anything is tuned.</summary>
    public bool IsTuned => Tuning.IsTuned || Methods.Any(method => method.Tuned.IsTuned);

    /// <summary>Data sets × shifts × base models, in that order.</summary>
    public IReadOnlyList<StudyCell> Cells =>
        [.. Data.SelectMany(data => Shifts.SelectMany(shift => Bases.Select(b => new StudyCell(data, shift, b))))];

    /// <summary>The methods of a cell: those that its data set, shift and base model all have; the first one always among them.</summary>
    public IReadOnlyList<StudyMethod> MethodsOf(StudyCell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return
        [
            .. Methods.Where(method =>
                new[] { cell.Data, cell.Shift, cell.Base }.All(part => part.Methods?.Contains(method.Name) ?? true)
            ),
        ];
    }

    /// <summary>The seeds that are reported of a cell: its own, the base model's, the data set's, or the study's.</summary>
    public IReadOnlyList<long> SeedsOf(StudyCell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return CellSeeds.GetValueOrDefault((cell.Data.Name, cell.Base.Name))
            ?? cell.Base.Seeds
            ?? cell.Data.Seeds
            ?? Seeds;
    }

    /// <summary>
    /// The points at which a method is run in a cell: those of all sweeps that concern it, or the one that varies nothing. The
    /// method that the others are compared with is always run there too.
    /// </summary>
    public IReadOnlyList<SweepPoint> PointsOf(StudyCell cell, StudyMethod method)
    {
        ArgumentNullException.ThrowIfNull(cell);
        ArgumentNullException.ThrowIfNull(method);
        SweepPoint[] swept =
        [
            .. Sweeps.Where(sweep => sweep.Concerns(cell, method)).SelectMany(sweep => sweep.Points()),
        ];
        return swept.Length == 0 || method == Plain ? [SweepPoint.None, .. swept] : swept;
    }

    /// <summary>The part of the study that a user names; empty lists keep all.</summary>
    /// <param name="data">Names of data sets.</param>
    /// <param name="bases">Names of base models.</param>
    /// <param name="methods">Names of methods; the first of the study is kept too, since the others are compared with it.</param>
    /// <exception cref="SettingException">There is no such part; the message names the nearest.</exception>
    public StudySpec Select(
        IReadOnlyList<string>? data = null,
        IReadOnlyList<string>? bases = null,
        IReadOnlyList<string>? methods = null
    )
    {
        var kept = Pick("method", Methods, methods ?? [], method => method.Name);
        return this with
        {
            Data = Pick("data set", Data, data ?? [], part => part.Name),
            Bases = Pick("base model", Bases, bases ?? [], part => part.Name),
            Methods = kept.Contains(Methods[0]) ? kept : [Methods[0], .. kept],
        };
    }

    /// <summary>The study on other data sets, under the seeds of all.</summary>
    /// <param name="data">The data sets, with their settings.</param>
    /// <exception cref="SettingException">A run of it is not valid.</exception>
    public StudySpec On(IReadOnlyList<NamedSettings> data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var changed = this with { Data = data, CellSeeds = new Dictionary<(string, string), IReadOnlyList<long>>() };
        StudyCheck.RequireRuns(Name, changed, []);
        return changed;
    }

    private static IReadOnlyList<T> Pick<T>(
        string kind,
        IReadOnlyList<T> parts,
        IReadOnlyList<string> wanted,
        Func<T, string> nameOf
    )
    {
        var names = parts.Select(nameOf).ToArray();
        foreach (var name in wanted.Where(name => !names.Contains(name)))
        {
            throw new SettingException(
                $"The study has no {kind} '{name}'{NearestName.End(name, names)} It has: {string.Join(", ", names)}"
            );
        }
        return wanted.Count == 0 ? parts : [.. parts.Where(part => wanted.Contains(nameOf(part)))];
    }
}
