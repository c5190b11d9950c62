namespace RobustMeta.Settings;

/// <summary>Settings that were renamed since 0.1.0: spec files, study files and commands of that version are still taken.</summary>
public static class FormerKeys
{
    private static readonly Dictionary<string, string> Renamed = new(StringComparer.Ordinal)
    {
        ["validationShare"] = "validationFraction",
        ["testShare"] = "testFraction",
        ["testUserShare"] = "testUserFraction",
        ["testPoolShare"] = "testPoolFraction",
    };

    /// <summary>The key of today: the new one of a renamed setting, any other as it is.</summary>
    public static string Now(string key) => Renamed.GetValueOrDefault(key, key);
}
