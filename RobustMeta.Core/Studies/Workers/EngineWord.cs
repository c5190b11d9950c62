using RobustMeta.Data.Reading;
using RobustMeta.Settings;

namespace RobustMeta.Studies.Workers;

/// <summary>A word or path that an engine hands on to other programs and their files.</summary>
public static class EngineWord
{
    /// <summary>Requires that it is one line of visible characters.</summary>
    /// <param name="what">What the word is, e.g. <c>out</c>.</param>
    /// <param name="word">The word.</param>
    /// <exception cref="SettingException">It holds a control character, such as the end of a line.</exception>
    public static void Require(string what, string word)
    {
        ArgumentNullException.ThrowIfNull(what);
        ArgumentNullException.ThrowIfNull(word);
        foreach (var c in word.Where(char.IsControl))
        {
            throw new SettingException(
                $"{what} is '{Excerpt.Of(word)}', which holds the control character U+{(int)c:X4}; engines hand words on to other programs, which "
                    + "want single lines without tabs and the like. Leave it out, or name another file or folder."
            );
        }
    }
}
