using System.Text.Json;
using RobustMeta.Runtime;

namespace RobustMeta.Studies;

/// <summary>
/// With which vector widths the runs of a study were computed. Sums are taken in another order at another width, so that last digits
/// differ; a study says where it mixes them.
/// </summary>
/// <param name="Runs">Number of runs by width, e.g. <c>512 bits</c>; <see cref="Unknown"/> for runs that do not say.</param>
public sealed record VectorWidths(IReadOnlyDictionary<string, int> Runs)
{
    /// <summary>The width of a run that does not say.</summary>
    public const string Unknown = "unknown";
    private const string Key = "vector width";

    /// <summary>Whether runs of several widths stand together.</summary>
    public bool AreMixed => Runs.Count > 1;

    /// <summary>A sentence where widths are mixed; null where they are not.</summary>
    public string? Warning =>
        AreMixed
            ? $"Runs of several vector widths stand together ({string.Join(", ", Runs.Select(w => $"{w.Value} of {w.Key}"))}): "
                + "equal runs of theirs differ in their last digits. The column vectorWidth of results.csv tells them apart."
            : null;

    /// <summary>The widths of finished runs.</summary>
    /// <param name="folders">Their folders.</param>
    public static VectorWidths Of(IEnumerable<string> folders)
    {
        ArgumentNullException.ThrowIfNull(folders);
        return new(
            FileRequests
                .SideBySide(folders)
                .Select(Read)
                .GroupBy(width => width)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.Count())
        );
    }

    /// <summary>The width that a run was computed with.</summary>
    /// <param name="folder">Its folder.</param>
    public static string Read(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var file = Path.Combine(folder, "environment.json");
        if (!File.Exists(file))
        {
            return Unknown;
        }
        try
        {
            using var facts = JsonDocument.Parse(RegularFile.Bytes(file));
            return facts.RootElement.TryGetProperty(Key, out var width) ? width.GetString() ?? Unknown : Unknown;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Damaged since: it does not say any more.
            return Unknown;
        }
    }
}
