using RobustMeta.Settings;

namespace RobustMeta.Experiments;

/// <summary>Names of methods in one table: two settings of one method are two rows, told apart by what differs.</summary>
public static class MethodNames
{
    /// <summary>
    /// A name for each spec, no two the same: <see cref="ExperimentSpec.MethodName"/>, and where several have one the settings in
    /// which they differ, e.g. <c>MeLU (lr 0.01)</c>.
    /// </summary>
    /// <param name="specs">Experiments, no two of which are equal.</param>
    public static IReadOnlyList<string> Of(IReadOnlyList<ExperimentSpec> specs)
    {
        ArgumentNullException.ThrowIfNull(specs);
        var names = new string[specs.Count];
        foreach (var group in Enumerable.Range(0, specs.Count).GroupBy(i => specs[i].MethodName))
        {
            var models = group.GroupBy(i => specs[i].Method.Name).ToList();
            foreach (var model in models)
            {
                string[] prefix = models.Count > 1 ? [$"{ExperimentSpec.ModelKey} {model.Key}"] : [];
                foreach (var (i, differing) in Differing([.. model], specs))
                {
                    string[] parts = [.. prefix, .. differing];
                    names[i] = parts.Length == 0 ? group.Key : $"{group.Key} ({string.Join("; ", parts)})";
                }
            }
        }
        return names;
    }

    // The settings in which specs of one kind of method differ, as texts.
    private static IEnumerable<(int Index, IEnumerable<string> Settings)> Differing(
        IReadOnlyList<int> indices,
        IReadOnlyList<ExperimentSpec> specs
    )
    {
        var values = indices.ToDictionary(
            i => i,
            i => SettingList.Of(specs[i]).ToDictionary(setting => setting.Key, setting => setting.Print(specs[i]))
        );
        var keys = values
            .Values.SelectMany(all => all.Keys)
            .Distinct()
            .Where(key => values.Values.Select(all => all.GetValueOrDefault(key)).Distinct().Count() > 1)
            .ToList();
        return indices.Select(i => (i, keys.Where(values[i].ContainsKey).Select(key => $"{key} {values[i][key]}")));
    }
}
