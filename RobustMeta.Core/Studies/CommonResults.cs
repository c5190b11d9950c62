using System.Security.Cryptography;
using RobustMeta.Evaluation;
using RobustMeta.Experiments;
using RobustMeta.Runtime;
using RobustMeta.Settings;

namespace RobustMeta.Studies;

/// <summary>
/// What is measured once for all methods on a data set and seed: the baselines, and how hard each test user looks. A second file,
/// written last, says which data that was and what the first file's bytes are.
/// </summary>
/// <param name="store">The study's results.</param>
/// <param name="experiment">An experiment on the data set and seed.</param>
internal sealed class CommonResults(StudyStore store, ExperimentSpec experiment)
{
    private readonly string path = store.CommonFile(experiment);

    private string Seal => path + ".sha256";

    /// <summary>Whether it is there and whole; one of an earlier version, without a seal, is measured again.</summary>
    public bool Exists => File.Exists(path) && ReadSeal() is { Length: 2 } seal && seal[0] == Sum();

    /// <summary>Refuses what was measured on other data.</summary>
    /// <param name="fingerprint">What identifies the data as they are now.</param>
    /// <exception cref="SettingException">It was.</exception>
    public void RequireSameData(string fingerprint)
    {
        if (ReadSeal()[1] != fingerprint)
        {
            throw new SettingException(
                $"{path} holds baselines on other data: the files of {experiment.Dataset}, or its table in the catalog, were "
                    + "changed since. Choose another folder for the new results (out NAME), or move this one away."
            );
        }
    }

    /// <summary>Writes it.</summary>
    /// <param name="rows">The results.</param>
    /// <param name="fingerprint">What identifies the data.</param>
    public void Write(IReadOnlyList<UserResult> rows, string fingerprint)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        ResultTable.Write(path, rows);
        DurableFile.Flush(path);
        DurableFile.Write(Seal, $"{Sum()}\n{fingerprint}\n");
    }

    private string[] ReadSeal() => File.Exists(Seal) ? RegularFile.Text(Seal).TrimEnd().Split('\n') : [];

    private string Sum()
    {
        using var stream = RegularFile.Open(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
