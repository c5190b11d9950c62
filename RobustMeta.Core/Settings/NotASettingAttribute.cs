namespace RobustMeta.Settings;

/// <summary>
/// A property of a spec that can be set but is no setting: it is in no help, no spec file and no hash, so it must not act on
/// any result.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NotASettingAttribute : Attribute;
