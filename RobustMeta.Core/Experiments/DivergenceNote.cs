using RobustMeta.Runtime;

namespace RobustMeta.Experiments;

/// <summary>The file <c>diverged.txt</c> of a run folder: how training diverged, and on which data.</summary>
/// <param name="Reason">How.</param>
/// <param name="Fingerprint">What identifies the data; empty in notes of earlier versions.</param>
internal sealed record DivergenceNote(string Reason, string Fingerprint)
{
    private const string Name = "diverged.txt";
    private const string DataKey = "data ";

    /// <summary>The note of a folder; null where there is none.</summary>
    public static DivergenceNote? Read(string folder)
    {
        if (Path.Combine(folder, Name) is var file && !File.Exists(file))
        {
            return null;
        }
        var lines = RegularFile.Text(file).TrimEnd().Split('\n');
        return lines[^1].StartsWith(DataKey, StringComparison.Ordinal)
            ? new(string.Join('\n', lines[..^1]), lines[^1][DataKey.Length..])
            : new(string.Join('\n', lines), "");
    }

    /// <summary>Removes the note of a folder.</summary>
    public static bool Remove(string folder)
    {
        File.Delete(Path.Combine(folder, Name));
        return true;
    }

    /// <summary>Writes the note.</summary>
    public void Write(string folder) =>
        DurableFile.Write(Path.Combine(folder, Name), $"{Reason}\n{DataKey}{Fingerprint}\n");
}
