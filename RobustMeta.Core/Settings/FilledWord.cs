namespace RobustMeta.Settings;

/// <summary>A word of the command line that names a file or folder.</summary>
public static class FilledWord
{
    /// <summary>Refuses an empty word, which names nothing.</summary>
    /// <param name="word">The word.</param>
    /// <param name="expected">What it should name, e.g. <c>the folder of a run</c>.</param>
    /// <exception cref="SettingException">It is empty or blank.</exception>
    public static void Require(string word, string expected)
    {
        ArgumentNullException.ThrowIfNull(word);
        ArgumentNullException.ThrowIfNull(expected);
        if (string.IsNullOrWhiteSpace(word))
        {
            throw new SettingException($"expected {expected}, found an empty word");
        }
    }
}
