namespace RobustMeta.Settings;

/// <summary>A setting does not exist or has a value that it cannot take.</summary>
/// <param name="message">Names the key, what was expected and the nearest valid choice.</param>
public sealed class SettingException(string message) : Exception(message);
