using RobustMeta.Settings;

namespace RobustMeta.Shift;

/// <summary>A <see cref="ShiftProtocol"/> that brings ratings of its own to choose epochs by.</summary>
public interface IGivesValidation
{
    /// <summary>The validation set; null: the split's validation tasks.</summary>
    /// <param name="input">Ratings and split.</param>
    /// <exception cref="SettingException">The data do not allow it; the message names the setting that would.</exception>
    ShiftedTestSet? Validation(ShiftInput input);
}
