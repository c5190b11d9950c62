namespace RobustMeta.Settings;

/// <summary>
/// Marks a type whose properties are settings, in any assembly and under any name. A property of such a type that can be set is
/// either a setting (<see cref="SettingAttribute"/>), a spec itself, or marked with <see cref="NotASettingAttribute"/>; anything
/// else is refused, for it would be part of no file, no help and no hash. Specs are not changed after they are made:
/// <see cref="SettingList.With"/> makes changed copies.
/// </summary>
public interface ISpec;
