using System.Text;
using RobustMeta.Runtime;

namespace RobustMeta.Settings;

/// <summary>The text of a file of settings: a spec, a study, a catalog.</summary>
public static class SettingsText
{
    private const long MostBytes = 1 << 20;

    /// <summary>Reads it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">What is expected, e.g. <c>a study file</c>.</param>
    /// <exception cref="SettingException">
    /// There is no such file, it is no regular file, is too large, may not be read, or is not UTF-8.
    /// </exception>
    public static string Read(string path, string kind)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(kind);
        FilledWord.Require(path, kind);
        // Whatever is wrong with the file is wrong with the command that names it.
        if (Directory.Exists(path))
        {
            throw new SettingException($"{path}: this is a folder; expected {kind}");
        }
        if (!File.Exists(path))
        {
            throw new SettingException($"{path}: there is no such file");
        }
        var identity = FileIdentity.Of(path);
        if (!identity.IsRegular)
        {
            // Opening a pipe would wait for somebody to write into it.
            throw new SettingException(
                $"{path}: this is a pipe or device, or a link that leads nowhere; expected {kind}"
            );
        }
        if (identity.Size > MostBytes)
        {
            throw new SettingException($"{path}: {identity.Size} bytes; expected {kind}, of at most {MostBytes} bytes");
        }
        try
        {
            // A byte-order mark, which some editors write, is no part of the text.
            return new UTF8Encoding(false, throwOnInvalidBytes: true)
                .GetString(File.ReadAllBytes(path))
                .TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException error)
        {
            throw new SettingException($"{path}: byte {error.Index} is not valid UTF-8; save the file as UTF-8");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"{path}: {error.Message}");
        }
    }
}
