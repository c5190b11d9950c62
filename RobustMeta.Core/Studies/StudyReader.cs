using System.Globalization;
using RobustMeta.Settings;
using RobustMeta.Studies.Search;

namespace RobustMeta.Studies;

/// <summary>Makes a study of the tables of a file, checking every name.</summary>
/// <param name="file">Names the file in messages.</param>
/// <param name="tables">The tables of the study or of one of its variants.</param>
internal sealed class StudyReader(string file, IReadOnlyList<StudyTable> tables)
{
    // Files have a hash, a seed and an ending beside it, within the 255 bytes of most file systems.
    private const int LongestName = 80;
    private const string Expected =
        "expected shared, tuning, data.NAME, shift.NAME, base.NAME, cell.DATA.BASE, method.NAME, sweep.NAME or variant.NAME";
    private const string SeedsKey = "seeds";
    private const string TuningSeedKey = "tuningSeed";
    private const string FiguresKey = "figures";
    private const string MethodsKey = "methods";
    private const string BasesKey = "bases";
    private const string TunedKey = "tuned";
    private const string ValuesKey = "values";
    private const string TunerKey = "tuner";
    private const string BudgetKey = "budget";
    private const string ParallelKey = "parallel";
    private static readonly string[] ChoiceKeys = [TunedKey, ValuesKey, TunerKey, BudgetKey, ParallelKey];
    private static readonly string[] TopKeys = [SeedsKey, TuningSeedKey, FiguresKey];

    /// <summary>The study.</summary>
    public StudySpec Spec()
    {
        RequireKnownTables();
        string[] names = [.. Named("method").Select(table => table.Name)];
        if (names.Length == 0)
        {
            throw new SettingException($"{file}: there is no table [method.NAME]; expected at least one method");
        }
        RequireTables(names);
        var methods = Named("method").Select(table => Method(table.Table, table.Name)).ToArray();
        var data = Named("data").Select(t => NamedOf(t.Table, t.Name, names)).ToArray();
        var bases = Named("base").Select(t => NamedOf(t.Table, t.Name, names)).ToArray();
        var shifts = Named("shift").Select(t => NamedOf(t.Table, t.Name, names)).ToArray();
        var spec = new StudySpec
        {
            Seeds = SeedsOf(Find(""), required: true)!,
            TuningSeeds = TuningSeeds(),
            Figures = Find("")!.Entries.FirstOrDefault(entry => entry.Key == FiguresKey)?.Values ?? [],
            Shared = Settings(Find("shared")),
            Tuning = Find("tuning") is { } tuning ? Choice(tuning, required: true) : StudyChoice.None,
            Data =
                data.Length > 0
                    ? data
                    : throw new SettingException(
                        $"{file}: there is no table [data.NAME]; expected at least one, with e.g. dataset = \"ml-100k\""
                    ),
            Shifts = shifts.Length > 0 ? shifts : [NamedSettings.Unnamed],
            Bases = bases.Length > 0 ? bases : [NamedSettings.Unnamed],
            Methods = methods,
            Sweeps = [.. Named("sweep").Select(t => Sweep(t.Table, t.Name, names))],
        };
        spec = spec with { CellSeeds = CellSeeds(spec) };
        RequireTuning(spec);
        return spec;
    }

    private StudyTable? Find(string name) => tables.FirstOrDefault(table => table.Name == name);

    private IEnumerable<(StudyTable Table, string Name)> Named(string kind) =>
        tables
            .Where(table => table.Name.StartsWith(kind + ".", StringComparison.Ordinal))
            .Select(table => (table, table.Name[(kind.Length + 1)..]));

    private void RequireKnownTables()
    {
        foreach (var table in tables)
        {
            var isKnown =
                table.Name is "" or "shared" or "tuning"
                || StudyTable.Kinds.Any(kind => table.Name.StartsWith(kind + ".", StringComparison.Ordinal));
            if (!isKnown && StudyTable.Kinds.Contains(table.Name))
            {
                throw At(
                    table.Place,
                    $"[{table.Name}] has no name of its own; expected [{StudyTable.Form(table.Name)}], one such table for each"
                );
            }
            if (!isKnown)
            {
                throw At(table.Place, $"there is no table [{table.Name}]; {Expected}");
            }
            if (table.Name.AsSpan().ContainsAny(",;\"\r\n/\\:"))
            {
                throw At(
                    table.Place,
                    $"[{string.Join(' ', table.Name.Split('\r', '\n'))}] has a name with one of , ; \" / \\ : or a line break, which file "
                        + "names cannot hold"
                );
            }
            if (table.Name.Length > LongestName)
            {
                throw At(
                    table.Place,
                    $"[{table.Name[..20]}…] has {table.Name.Length} characters; expected at most {LongestName}, since files are "
                        + "named by it"
                );
            }
        }
        foreach (var entry in Find("")!.Entries.Where(entry => !TopKeys.Contains(entry.Key)))
        {
            throw At(
                entry.Place,
                $"there is no '{entry.Key}' above the tables{NearestName.End(entry.Key, TopKeys)} Expected "
                    + $"{string.Join(", ", TopKeys)}; settings of runs stand in [shared]"
            );
        }
    }

    // Every table by itself, in the order of the file, so that the first fault of the file is the one that is told.
    private void RequireTables(string[] methods)
    {
        foreach (var table in tables)
        {
            var (kind, name) = table.Name.Split('.', 2) is [var first, var second] ? (first, second) : (table.Name, "");
            _ = kind switch
            {
                "" => (SeedsOf(table, required: true), TuningSeeds()),
                "tuning" => Choice(table, required: true),
                "method" => Method(table, name),
                "sweep" => Sweep(table, name, methods),
                "data" or "shift" or "base" => NamedOf(table, name, methods),
                _ => (object)name,
            };
        }
    }

    private NamedSettings NamedOf(StudyTable table, string name, string[] methods)
    {
        var own = MethodsOf(table, methods);
        if (own is not null && !own.Contains(methods[0]))
        {
            throw At(
                PlaceOf(table, MethodsKey),
                $"[{table.Name}] leaves out '{methods[0]}', which the others are compared with"
            );
        }
        return new(name, Settings(table, [SeedsKey, MethodsKey]))
        {
            Seeds = SeedsOf(table, required: false),
            Methods = own,
        };
    }

    private StudyMethod Method(StudyTable table, string name) =>
        new(name, Settings(table, ChoiceKeys)) { Tuned = Choice(table, required: false) };

    private StudySweep Sweep(StudyTable table, string name, string[] methods)
    {
        var axes = table.Entries.Where(entry => entry.Key is not (MethodsKey or BasesKey)).ToArray();
        foreach (var axis in axes.Where(axis => !axis.IsList || axis.Values.Count == 0))
        {
            throw At(
                axis.Place,
                $"[{table.Name}] has {axis.Key} = {(axis.IsList ? "[]" : axis.Text)}; expected a list of values, "
                    + $"{axis.Key} = [...]"
            );
        }
        return axes.Length == 0
            ? throw At(table.Place, $"[{table.Name}] varies nothing; expected e.g. taskWeightLr = [0.001, 0.01, 0.1]")
            : new(name, [.. axes.Select(axis => (axis.Key, axis.Values))])
            {
                Methods = MethodsOf(table, methods),
                Bases = NamesOf(table, BasesKey, ("base model", "base"), [.. Named("base").Select(t => t.Name)]),
            };
    }

    private IReadOnlyList<string>? MethodsOf(StudyTable table, string[] methods) =>
        NamesOf(table, MethodsKey, ("method", "method"), methods);

    // The names of a list, each of a table of the study; null without the list. A kind has its name in words and in headers.
    private IReadOnlyList<string>? NamesOf(
        StudyTable table,
        string key,
        (string Words, string Header) kind,
        string[] known
    )
    {
        if (table.Entries.FirstOrDefault(entry => entry.Key == key) is not { } entry)
        {
            return null;
        }
        if (entry.Values.Count == 0)
        {
            throw At(
                entry.Place,
                $"[{table.Name}] has {key} without a {kind.Words}; name some of {string.Join(", ", known)}, or leave '{key}' out for all"
            );
        }
        foreach (var name in entry.Values.Where(name => !known.Contains(name)))
        {
            throw At(
                entry.Place,
                $"[{table.Name}] names the {kind.Words} '{name}', which has no table [{kind.Header}.{name}]{Remedy(name, key, known)}"
            );
        }
        return entry.Values;
    }

    private static string Remedy(string name, string key, string[] known) =>
        known.Length == 0 ? $"; add one, or leave '{key}' out for all"
        : NearestName.Hint(name, known) is { Length: > 0 } hint ? hint
        : $"; expected some of {string.Join(", ", known)}";

    private StudyChoice Choice(StudyTable table, bool required)
    {
        var keys = table.Entries.FirstOrDefault(entry => entry.Key == TunedKey);
        var values = table.Entries.FirstOrDefault(entry => entry.Key == ValuesKey);
        if (required && table.Entries.FirstOrDefault(e => !ChoiceKeys.Contains(e.Key)) is { } other)
        {
            throw At(
                other.Place,
                $"[{table.Name}] has '{other.Key}'; expected 'tuned' with 'values', or with 'tuner' and 'budget', and nothing else"
            );
        }
        if (keys is null && values is null && !required)
        {
            return StudyChoice.None;
        }
        if (keys is { Text: "none" } && values is null)
        {
            return StudyChoice.None;
        }
        var tuner = table.Entries.FirstOrDefault(entry => entry.Key == TunerKey);
        var budget = table.Entries.FirstOrDefault(entry => entry.Key == BudgetKey);
        // The tuner grid tries the listed values, or with a budget in their place those that the settings declare.
        if (keys is not null && tuner is not null && (tuner.Text != "grid" || (values is null && budget is not null)))
        {
            return Searched(table, keys, tuner, budget);
        }
        if (table.Entries.FirstOrDefault(entry => entry.Key is BudgetKey or ParallelKey) is { } searching)
        {
            throw At(
                searching.Place,
                $"[{table.Name}] has a '{searching.Key}'; it needs tuner = one of {string.Join(", ", SearchPlan.Names)}, and no 'values'"
            );
        }
        if (keys is null || values is not { Values.Count: > 0 })
        {
            throw At(
                table.Place,
                $"[{table.Name}] has no '{(keys is null ? TunedKey : ValuesKey)}'; expected e.g. tuned = \"weightDecay\", "
                    + "values = [0.0001, 0.001], or tuned = \"none\""
            );
        }
        var choice = new StudyChoice(keys.Values, values.Values);
        return choice.Misfit() is { } value
            ? throw At(
                values.Place,
                $"[{table.Name}] has the value '{value}' for {string.Join(", ", choice.Keys)}; expected one for all, "
                    + "or one for each with '/' between"
            )
            : choice;
    }

    private StudyChoice Searched(StudyTable table, StudyEntry keys, StudyEntry tuner, StudyEntry? budget)
    {
        if (table.Entries.FirstOrDefault(entry => entry.Key == ValuesKey) is { } values)
        {
            throw At(
                values.Place,
                $"[{table.Name}] has 'values', which only the tuner grid tries; {tuner.Text} takes a 'budget'"
            );
        }
        try
        {
            return StudyChoice.Of(
                keys.Values,
                SearchPlan.Parse(
                    tuner.Text,
                    budget?.Text ?? "",
                    table.Entries.FirstOrDefault(entry => entry.Key == ParallelKey)?.Text ?? "1"
                )
            );
        }
        catch (SettingException error)
        {
            throw At((budget ?? tuner).Place, error.Message);
        }
    }

    // One integer, or a list of them.
    private IReadOnlyList<long> TuningSeeds() =>
        Find("")!.Entries.FirstOrDefault(entry => entry.Key == TuningSeedKey) is { } entry ? Integers(entry) : [];

    private IReadOnlyList<long>? SeedsOf(StudyTable? table, bool required)
    {
        var entry = table?.Entries.FirstOrDefault(e => e.Key == SeedsKey);
        return entry is { Values.Count: > 0 } ? Integers(entry)
            : required || entry is not null
                ? throw At(entry?.Place ?? TomlPlace.Beginning, "there are no 'seeds'; expected e.g. seeds = [1, 2, 3]")
            : null;
    }

    private IReadOnlyList<long> Integers(StudyEntry entry)
    {
        if (entry.TextPlace is { } place)
        {
            var meant = entry.Values.All(value => long.TryParse(value, CultureInfo.InvariantCulture, out _))
                ? entry.Values
                : ["1", "2", "3"];
            throw At(
                place,
                $"'{entry.Key}' {(entry.IsList ? "holds" : "is")} text, in quotes; expected integers without them, e.g. {entry.Key} = "
                    + (entry.IsList ? $"[{string.Join(", ", meant)}]" : meant[0])
            );
        }
        try
        {
            return StudyFile.Seeds(entry.Key, entry.Values);
        }
        catch (SettingException error)
        {
            throw At(entry.Place, error.Message);
        }
    }

    private Dictionary<(string, string), IReadOnlyList<long>> CellSeeds(StudySpec spec)
    {
        var cells = spec.Cells.Select(cell => (cell.Data.Name, cell.Base.Name)).Distinct().ToArray();
        var names = cells.ToDictionary(cell => $"{cell.Item1}.{cell.Item2}");
        var seeds = new Dictionary<(string, string), IReadOnlyList<long>>();
        foreach (var (table, name) in Named("cell"))
        {
            if (!names.TryGetValue(name, out var cell))
            {
                throw At(
                    table.Place,
                    $"[{table.Name}] is no data set and base model of this study{NearestName.Hint(name, names.Keys)}"
                );
            }
            if (table.Entries.FirstOrDefault(entry => entry.Key != SeedsKey) is { } other)
            {
                throw At(other.Place, $"[{table.Name}] has '{other.Key}'; it takes 'seeds' and nothing else");
            }
            seeds.Add(cell, SeedsOf(table, required: true)!);
        }
        return seeds;
    }

    // An equal tuning budget for all: a method that is given more candidates is given an advantage.
    private void RequireTuning(StudySpec spec)
    {
        if (!spec.IsTuned)
        {
            return;
        }
        try
        {
            StudyCheck.RequireSeeds(spec);
        }
        catch (SettingException error)
        {
            throw At(PlaceOf(Find("")!, TuningSeedKey), error.Message);
        }
        foreach (var (table, _) in Named("method"))
        {
            if (table.Entries.All(entry => entry.Key != TunedKey))
            {
                throw At(
                    table.Place,
                    $"[{table.Name}] has no 'tuned', while other parts of the study are tuned; expected e.g. "
                        + "tuned = \"weightDecay\" with 'values', or tuned = \"none\" where there is nothing to choose"
                );
            }
        }
        var budgets = spec.Methods.Where(method => method.Tuned.IsTuned).GroupBy(method => method.Tuned.Budget);
        if (budgets.Count() > 1)
        {
            throw new SettingException(
                $"{file}: every method needs the same number of 'values' or the same 'budget' (an equal tuning budget); there are "
                    + string.Join(
                        "; ",
                        budgets.Select(g =>
                            $"{(g.Key is SearchBudget own ? own.Title : g.Key)} for {string.Join(", ", g.Select(m => m.Name))}"
                        )
                    )
            );
        }
    }

    private static (string, string)[] Settings(StudyTable? table, params string[] without) =>
        table is null ? [] : [.. table.Entries.Where(e => !without.Contains(e.Key)).Select(e => (e.Key, e.Text))];

    private static TomlPlace PlaceOf(StudyTable table, string key) =>
        table.Entries.FirstOrDefault(entry => entry.Key == key)?.Place ?? table.Place;

    private SettingException At(TomlPlace place, string message) => new($"{file}:{place}: {message}");
}
