using RobustMeta.Runtime;
using RobustMeta.Settings;

namespace RobustMeta.Experiments;

/// <summary>A file that receives what a command computes.</summary>
public static class OutFile
{
    /// <summary>Refuses what no file can be written to, before any work is done for it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="setting">The word of the command line that names it.</param>
    /// <exception cref="SettingException">Its folder is not there or cannot be written to, or the name is that of a folder, pipe or device.</exception>
    public static void Require(string path, string setting = "out")
    {
        ArgumentNullException.ThrowIfNull(setting);
        if (string.IsNullOrWhiteSpace(path))
        {
            throw new SettingException($"{setting} is empty; expected the name of a file");
        }
        if (Path.Exists(path) && !FileIdentity.Of(path).IsRegular)
        {
            throw new SettingException(
                $"{setting} is '{path}', which is a folder, pipe or device; expected the name of a file"
            );
        }
        // Nothing that is computed is a table of data or a study; what somebody wrote by hand is not to be lost.
        if (File.Exists(path) && Path.GetExtension(path).Equals(".toml", StringComparison.OrdinalIgnoreCase))
        {
            throw new SettingException(
                $"{setting} is '{path}', which is there and may be a table of data or a study; name another file"
            );
        }
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (folder is null || !Directory.Exists(folder))
        {
            throw new SettingException(
                $"{setting} is '{path}', but there is no folder {folder}; make it, or name another one"
            );
        }
        OutFolder.RequireNoRun(folder, path, setting);
        try
        {
            OutFolder.Probe(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SettingException(
                $"{setting} is '{path}', but {folder} is no folder that results can be written to: {error.Message.TrimEnd('.')}. "
                    + "Name a file in a folder that you may write to"
            );
        }
    }

    /// <summary>Refuses to write over what a command reads.</summary>
    /// <param name="path">The file to be written.</param>
    /// <param name="inputs">Files that are read for it.</param>
    /// <param name="setting">The word of the command line that names it.</param>
    /// <exception cref="SettingException">It is one of them, by this name or another.</exception>
    public static void RequireOther(string path, IEnumerable<string> inputs, string setting = "out")
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(setting);
        foreach (var input in inputs.Where(input => IsSame(input, path)))
        {
            throw new SettingException(
                $"{setting} is '{path}', which is the file '{input}' that is read; name another file"
            );
        }
    }

    // A link, or another spelling of the path, is the same file.
    private static bool IsSame(string one, string other) =>
        File.Exists(one)
        && File.Exists(other)
        && (
            Path.GetFullPath(one) == Path.GetFullPath(other)
            || (FileIdentity.Of(one) is { Inode: not 0 } identity && identity == FileIdentity.Of(other))
        );
}
