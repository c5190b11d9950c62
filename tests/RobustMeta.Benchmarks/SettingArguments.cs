using RobustMeta.Settings;

namespace RobustMeta.Benchmarks;

/// <summary>Settings on the command line: <c>name value</c> or <c>--name value</c>.</summary>
internal static class SettingArguments
{
    /// <summary>A spec with the settings of the arguments.</summary>
    /// <exception cref="SettingException">A name without a value, an unknown name, or a value that does not fit.</exception>
    public static T Parse<T>(T defaults, IReadOnlyList<string> arguments)
        where T : class =>
        arguments.Count % 2 == 1
            ? throw new SettingException($"'{arguments[^1]}' has no value; expected pairs of name and value")
            : SettingList.With(
                defaults,
                arguments.Chunk(2).Select(pair => KeyValuePair.Create(pair[0].TrimStart('-'), pair[1]))
            );

    /// <summary>All settings of a spec, as arguments.</summary>
    public static IEnumerable<string> Print(object spec) =>
        SettingList.Of(spec).SelectMany(s => new[] { s.Key, s.Print(spec) });

    /// <summary>All settings of a spec, a line each, for help.</summary>
    public static string Help(object spec) =>
        string.Concat(
            SettingList.Of(spec).Select(s => $"  {s.Key, -14} {s.Print(spec), -28} {s.Meaning} ({s.Range})\n")
        );
}
