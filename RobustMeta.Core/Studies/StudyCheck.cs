using RobustMeta.Data;
using RobustMeta.Experiments;
using RobustMeta.Settings;

namespace RobustMeta.Studies;

/// <summary>Makes the specs of a study's runs before any is run, so that a mistake is told with its place, at once.</summary>
internal static class StudyCheck
{
    // Beyond, the values of a sweep are checked one by one and not in all combinations.
    private const int MostPoints = 100;

    /// <summary>Requires that every method of every cell can be run with every value that is tuned or swept.</summary>
    /// <param name="file">Names the file in messages.</param>
    /// <param name="spec">The study.</param>
    /// <param name="tables">Its tables, for the places; empty for a study made of values.</param>
    /// <param name="words">Words that a misspelt key given beside the study may be meant for.</param>
    /// <exception cref="SettingException">One cannot; the message names file, place, table and key.</exception>
    public static void RequireRuns(
        string file,
        StudySpec spec,
        IReadOnlyList<StudyTable> tables,
        IReadOnlyList<string>? words = null
    )
    {
        RequireFilesApart(file, spec, tables);
        var known = new HashSet<string>();
        foreach (var (method, layers) in Samples(spec))
        {
            Require(file, tables, method, layers, known, spec);
        }
        RequireKnown(file, spec, tables, known, words ?? []);
        RequireDifferent(file, spec, tables);
    }

    // Files and folders are named by these; some file systems leave out capital letters and what stands blank at the end.
    private static void RequireFilesApart(string file, StudySpec spec, IReadOnlyList<StudyTable> tables)
    {
        IEnumerable<string>[] kinds =
        [
            spec.Methods.Select(method => $"method.{method.Name}"),
            spec.Data.Select(part => $"data.{part.Name}"),
            spec.Shifts.Select(part => $"shift.{part.Name}"),
            spec.Bases.Select(part => $"base.{part.Name}"),
        ];
        foreach (var names in kinds)
        {
            var seen = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (var name in names)
            {
                if (!seen.TryAdd(name.TrimEnd(), name) && seen[name.TrimEnd()] != name)
                {
                    throw new SettingException(
                        $"{At(file, tables, name, "")} and [{seen[name.TrimEnd()]}] differ in capital letters or blanks at the "
                            + "end alone, and some systems would put both into the same files; rename one of them"
                    );
                }
            }
        }
    }

    // One method under two names would count twice in ranks and in the correction of p-values.
    private static void RequireDifferent(string file, StudySpec spec, IReadOnlyList<StudyTable> tables)
    {
        var settings = new RunSettings(spec);
        foreach (var cell in spec.Cells.DistinctBy(cell => cell.Base))
        {
            var seen = new Dictionary<string, string>();
            foreach (var method in spec.MethodsOf(cell))
            {
                var layers = settings.Layers(
                    cell,
                    method,
                    spec.Tuning.Values[0],
                    method.Tuned.Values[0],
                    SweepPoint.None
                );
                var experiment = RunSettings.Experiment(layers, method, 1) with { Label = "auto" };
                var sweeps = spec.Sweeps.Where(sweep => sweep.Concerns(cell, method)).Select(sweep => sweep.Name);
                var key = string.Join('\n', [experiment.Text, .. method.Tuned.Keys, .. method.Tuned.Values, .. sweeps]);
                if (!seen.TryAdd(key, method.Name))
                {
                    throw new SettingException(
                        $"{At(file, tables, $"method.{method.Name}", "")} trains the same as [method.{seen[key]}]; leave one "
                            + "of them out"
                    );
                }
            }
        }
    }

    /// <summary>Requires a seed to tune on that is not reported, where something is tuned.</summary>
    /// <exception cref="SettingException">There is none, or it is reported.</exception>
    public static void RequireSeeds(StudySpec spec)
    {
        if (!spec.IsTuned)
        {
            return;
        }
        if (spec.TuningSeeds.Count == 0)
        {
            throw new SettingException("there is no 'tuningSeed', the seed to tune on; expected e.g. tuningSeed = 100");
        }
        var reported = spec.Cells.SelectMany(spec.SeedsOf).Concat(spec.Seeds).ToHashSet();
        foreach (var tuningSeed in spec.TuningSeeds.Where(reported.Contains))
        {
            throw new SettingException($"tuningSeed {tuningSeed} is one of the reported seeds; tune on another one");
        }
    }

    // Every cell with its first method; every value that is tuned or swept on the first data set.
    private static IEnumerable<(StudyMethod Method, IReadOnlyList<RunLayer> Layers)> Samples(StudySpec spec)
    {
        var settings = new RunSettings(spec);
        foreach (var cell in spec.Cells)
        {
            var methods = spec.MethodsOf(cell);
            if (cell.Data != spec.Data[0])
            {
                yield return (methods[0], Layers(cell, methods[0]));
                continue;
            }
            foreach (var value in spec.ChoiceOf(new(cell, null)).Values)
            {
                yield return (spec.SharedBy ?? methods[0], Layers(cell, spec.SharedBy ?? methods[0], value));
            }
            foreach (var method in methods)
            {
                foreach (var value in method.Tuned.Values)
                {
                    yield return (method, Layers(cell, method, own: value));
                }
                foreach (var point in Points(spec, cell, method))
                {
                    yield return (method, Layers(cell, method, point: point));
                }
            }
        }

        IReadOnlyList<RunLayer> Layers(
            StudyCell cell,
            StudyMethod method,
            string? shared = null,
            string? own = null,
            SweepPoint? point = null
        ) =>
            settings.Layers(
                cell,
                method,
                shared ?? spec.Tuning.Values[0],
                own ?? method.Tuned.Values[0],
                point ?? SweepPoint.None
            );
    }

    private static IEnumerable<SweepPoint> Points(StudySpec spec, StudyCell cell, StudyMethod method) =>
        spec.PointsOf(cell, method) is var points && points.Count <= MostPoints ? points : Edges(spec, cell, method);

    // Every value of every swept key once, the other keys at their first value.
    private static IEnumerable<SweepPoint> Edges(StudySpec spec, StudyCell cell, StudyMethod method) =>
        from sweep in spec.Sweeps
        where sweep.Concerns(cell, method)
        from axis in sweep.Axes
        from value in axis.Values
        select new SweepPoint(
            sweep.Name,
            [.. sweep.Axes.Select(a => (a.Key, a.Key == axis.Key ? value : a.Values[0]))]
        );

    private static void Require(
        string file,
        IReadOnlyList<StudyTable> tables,
        StudyMethod method,
        IReadOnlyList<RunLayer> layers,
        HashSet<string> known,
        StudySpec spec
    )
    {
        try
        {
            RequireOwn(layers);
            var experiment = RunSettings.Experiment(layers, method, 1);
            StudyChoice[] searched = method.HasModel ? [method.Tuned] : [spec.Tuning, method.Tuned];
            foreach (var choice in searched.Where(choice => choice.Search is not null))
            {
                // Neither the direction nor the seed matters to whether it can be made.
                _ = choice.Tuner(experiment, higherIsBetter: true, seed: 1);
                RequireActing(experiment, choice.Keys);
            }
            _ = DatasetCatalog.Default.Find(experiment.Dataset);
            known.UnionWith(
                RunSettings.Keys(layers.SelectMany(l => l.Settings).Last(s => s.Key == StudySpec.ModelKey).Value)
            );
        }
        catch (SettingException error)
        {
            throw new SettingException($"{Place(file, tables, method, layers, error.Message)}: {error.Message}");
        }
    }

    private static void RequireActing(ExperimentSpec experiment, IReadOnlyList<string> searched)
    {
        if (searched.Select(experiment.WhyWithoutEffect).FirstOrDefault(reason => reason is not null) is { } message)
        {
            throw new SettingException(message);
        }
    }

    // The study itself sets these.
    private static void RequireOwn(IReadOnlyList<RunLayer> layers)
    {
        var (key, other) = layers
            .SelectMany(layer => layer.Settings)
            .Select(s => s.Key)
            .Where(key => key is "seed" or "method")
            .Select(key => (key, key == "seed" ? "'seeds' above the tables" : "the name of the table [method.NAME]"))
            .FirstOrDefault();
        if (key is not null)
        {
            throw new SettingException($"'{key}' is not set here but by {other}");
        }
    }

    // Settings for all that no method has.
    private static void RequireKnown(
        string file,
        StudySpec spec,
        IReadOnlyList<StudyTable> tables,
        HashSet<string> known,
        IReadOnlyList<string> words
    )
    {
        var tuned = spec
            .Tuning.Keys.Concat(spec.Methods.SelectMany(method => method.Tuned.Keys))
            .Concat(spec.Sweeps.SelectMany(sweep => sweep.Axes.Select(axis => axis.Key)))
            .ToHashSet();
        foreach (var (key, _) in spec.Overrides.Where(setting => tuned.Contains(setting.Key)))
        {
            throw new SettingException(
                $"{key} is given, and is tuned or swept by the study: leave it out, or take it from 'tuned' or the sweep in {file}"
            );
        }
        IEnumerable<(string Table, IReadOnlyList<(string Key, string Value)> Settings)> general =
        [
            ("shared", spec.Shared),
            .. spec.Data.Select(part => ($"data.{part.Name}", part.Settings)),
            .. spec.Shifts.Select(part => ($"shift.{part.Name}", part.Settings)),
            ("", spec.Overrides),
        ];
        foreach (var (table, settings) in general)
        {
            foreach (var (key, _) in settings.Where(setting => !known.Contains(setting.Key)))
            {
                var hint = NearestName.Hint(key, table.Length == 0 ? known.Concat(words).Distinct() : known);
                var problem =
                    key == StudySpec.ModelKey
                        ? "'model' is not set for all runs; it stands in [base.NAME], or in [method.NAME] where a method has its own"
                        : $"There is no setting '{key}'{hint}";
                throw new SettingException($"{At(file, tables, table, key)}: {problem}");
            }
        }
    }

    // The last table whose key the message names; else that of the method.
    private static string Place(
        string file,
        IReadOnlyList<StudyTable> tables,
        StudyMethod method,
        IReadOnlyList<RunLayer> layers,
        string message
    )
    {
        var guilty = layers
            .SelectMany(layer => layer.Settings.Select(setting => (layer.Table, setting.Key, setting.Value)))
            .Where(s =>
                message.StartsWith(s.Key + " ", StringComparison.Ordinal)
                || message.Contains($"'{s.Key}'", StringComparison.Ordinal)
                || s.Value.Split(',').Any(word => message.Contains($"'{word}'", StringComparison.Ordinal))
            )
            .LastOrDefault();
        return guilty.Table is { } table
            ? At(file, tables, table, guilty.Key)
            : At(file, tables, $"method.{method.Name}", "");
    }

    private static string At(string file, IReadOnlyList<StudyTable> tables, string table, string key)
    {
        if (table.Length == 0)
        {
            return "given beside the study";
        }
        var found = tables.FirstOrDefault(t => t.Name == table);
        // A tuned key stands in a list: its place is that of 'tuned'.
        var entry =
            found?.Entries.FirstOrDefault(e => e.Key == key)
            ?? found?.Entries.FirstOrDefault(e => e.Key == "tuned" && e.Values.Contains(key));
        return found is null ? $"{file}: [{table}]" : $"{file}:{entry?.Place ?? found.Place}: [{table}]";
    }
}
