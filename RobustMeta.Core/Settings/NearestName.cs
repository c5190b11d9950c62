namespace RobustMeta.Settings;

/// <summary>Finds the names that a mistyped one may have meant.</summary>
public static class NearestName
{
    /// <summary>
    /// The nearest valid names, never the given one itself (edit distance at most a third of the length, or a common prefix); none of a
    /// number. Where one is a letter away, names that are farther away have to begin with the given one.
    /// </summary>
    public static IReadOnlyList<string> Of(string name, IEnumerable<string> valid)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(valid);
        // Numbers that look alike are not alike.
        if (name.All(char.IsAsciiDigit))
        {
            return [];
        }
        var all = valid
            .Where(candidate => candidate != name)
            .Select(candidate => (candidate, distance: Distance(name, candidate)))
            .ToList();
        // Of the given letters one at least is right: of a single one, that one.
        var most = Math.Min(name.Length - 1, all.Any(c => c.distance <= 1) ? 1 : Math.Max(2, name.Length / 3));
        return
        [
            .. all.Where(c =>
                    c.distance <= most
                    || (c.distance == 1 && c.candidate.Contains(name, StringComparison.OrdinalIgnoreCase))
                    || (name.Length >= 3 && c.candidate.StartsWith(name, StringComparison.OrdinalIgnoreCase))
                )
                .OrderBy(c => c.distance)
                .ThenBy(c => c.candidate, StringComparer.Ordinal)
                .Take(3)
                .Select(c => c.candidate),
        ];
    }

    /// <summary>A clause for an error text, <c>; did you mean 'x' or 'y'?</c>, or nothing.</summary>
    public static string Hint(string name, IEnumerable<string> valid)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(valid);
        var nearest = Of(name, valid);
        return nearest.Count == 0 ? "" : $"; did you mean {string.Join(" or ", nearest.Select(n => $"'{n}'"))}?";
    }

    /// <summary>The end of a sentence that names something unknown: <see cref="Hint"/>, or a full stop.</summary>
    public static string End(string name, IEnumerable<string> valid)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(valid);
        return Hint(name, valid) is { Length: > 0 } hint ? hint : ".";
    }

    // Levenshtein distance, case-insensitive.
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]);
                var cost = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (same ? 0 : 1));
                diagonal = row[j];
                row[j] = cost;
            }
        }
        return row[^1];
    }
}
