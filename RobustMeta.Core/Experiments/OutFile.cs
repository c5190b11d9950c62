using RobustMeta.Runtime;
using RobustMeta.Settings;

namespace RobustMeta.Experiments;

/// <summary>A file that receives what a command computes.</summary>
public static class OutFile
{
    /// <summary>Refuses what no file can be written to, before any work is done for it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SettingException">Its folder is not there, or the name is that of a folder, pipe or device.</exception>
    public static void Require(string path)
    {
        if (string.IsNullOrWhiteSpace(path))
        {
            throw new SettingException("out is empty; expected the name of a file");
        }
        if (Path.Exists(path) && !FileIdentity.Of(path).IsRegular)
        {
            throw new SettingException(
                $"out is '{path}', which is a folder, pipe or device; expected the name of a file"
            );
        }
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (folder is null || !Directory.Exists(folder))
        {
            throw new SettingException(
                $"out is '{path}', but there is no folder {folder}; make it, or name another one"
            );
        }
    }
}
