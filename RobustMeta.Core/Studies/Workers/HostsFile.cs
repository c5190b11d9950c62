using RobustMeta.Settings;

namespace RobustMeta.Studies.Workers;

/// <summary>A file of hosts for workers over ssh, one a line, as GNU parallel reads it.</summary>
public static class HostsFile
{
    /// <summary>Requires that it can be read and names a host; GNU parallel takes an empty one for this machine.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SettingException">It cannot be read, or names none.</exception>
    public static void Require(string path)
    {
        var lines = SettingsText.Read(path, "a file of hosts").Split('\n', StringSplitOptions.TrimEntries);
        if (lines.All(line => line.Length == 0 || line.StartsWith('#')))
        {
            throw new SettingException($"{path}: no host; expected one a line, e.g. 8/node1, or : for this machine");
        }
    }
}
