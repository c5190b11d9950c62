using RobustMeta.Settings;

namespace RobustMeta.Experiments;

/// <summary>The folder that receives results.</summary>
public static class OutFolder
{
    /// <summary>Refuses the folder of a finished run, whose files belong together.</summary>
    /// <param name="folder">The folder that would receive a file.</param>
    /// <param name="given">What the command line says.</param>
    /// <param name="setting">The word of the command line that names it.</param>
    /// <exception cref="SettingException">It is one.</exception>
    internal static void RequireNoRun(string folder, string given, string setting)
    {
        if (File.Exists(Path.Combine(folder, RunManifest.Name)) && File.Exists(Path.Combine(folder, SpecFile.OfRun)))
        {
            throw new SettingException(
                $"{setting} is '{given}', but {folder} is the folder of a finished run, whose files stay as they are; name another place"
            );
        }
    }

    /// <summary>Writes a file into a folder, and takes it away.</summary>
    /// <param name="folder">The folder.</param>
    internal static void Probe(string folder)
    {
        var probe = Path.Combine(folder, $".writable-{Environment.ProcessId}");
        using var file = new FileStream(
            probe,
            FileMode.Create,
            FileAccess.Write,
            FileShare.None,
            1,
            FileOptions.DeleteOnClose
        );
    }

    /// <summary>Makes the folder and tries to write into it, before any work is done for it.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="setting">The word of the command line that names it.</param>
    /// <exception cref="SettingException">It cannot be made or written to; the message says why and what to do.</exception>
    public static void Require(string folder, string setting = "out")
    {
        ArgumentNullException.ThrowIfNull(setting);
        if (string.IsNullOrWhiteSpace(folder))
        {
            throw new SettingException($"{setting} is empty; expected the name of a folder, e.g. {setting} results");
        }
        RequireNoRun(folder, folder, setting);
        try
        {
            Directory.CreateDirectory(folder);
            Probe(folder);
        }
        catch (Exception error)
            when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new SettingException(
                $"{setting} is '{folder}', which is no folder that results can be written to: {error.Message.TrimEnd('.')}. "
                    + $"Name a folder that you may write to, e.g. {setting} results."
            );
        }
    }
}
