namespace RobustMeta.Settings;

/// <summary>A registry whatever its kind: how a setting finds the entry that its text names.</summary>
internal interface IRegistry
{
    /// <summary>Names of all entries, in order.</summary>
    IEnumerable<string> Names { get; }

    /// <summary>The name of an entry.</summary>
    string NameOf(object entry);

    /// <summary>The entry of a name.</summary>
    /// <exception cref="SettingException">There is none; the message names the nearest and lists all.</exception>
    object Named(string name);
}
