using System.Globalization;
using RobustMeta.Settings;

namespace RobustMeta.Studies.Workers;

/// <summary>A worker's part of a study: pieces i, i + n, i + 2n … of worker i of n, so that slow data sets are spread over the workers.</summary>
/// <param name="Index">Number of the worker, from 0.</param>
/// <param name="Count">Number of workers.</param>
public sealed record StudyShard(int Index, int Count)
{
    /// <summary>A shard as commands have it, e.g. <c>0/4</c>.</summary>
    /// <exception cref="SettingException">The text is no shard.</exception>
    public static StudyShard Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = text.Split('/');
        return
            words.Length == 2
            && int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && index < count
            ? new(index, count)
            : throw new SettingException($"The shard is '{text}'; expected I/N with I from 0 to N - 1, e.g. 0/4");
    }

    /// <summary>Number of own pieces among so many.</summary>
    internal int OwnOf(int pieces) => (pieces - Index + Count - 1) / Count;

    /// <summary>Own pieces first, then those of the other workers, which may have died; each in order, the others' from the own place on.</summary>
    public IReadOnlyList<StudyPiece> Order(IReadOnlyList<StudyPiece> pieces) =>
        [
            .. pieces
                .Select((piece, i) => (piece, Turn: (i - Index + Count) % Count))
                .OrderBy(p => p.Turn)
                .Select(p => p.piece),
        ];
}
