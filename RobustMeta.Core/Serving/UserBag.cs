using RobustMeta.Experiments;
using RobustMeta.Settings;

namespace RobustMeta.Serving;

/// <summary>How many tokens one user may have of a feature.</summary>
internal static class UserBag
{
    private const int Spare = 64;

    /// <summary>Most tokens of a user: all that there are, and some that the model does not know.</summary>
    public static int Longest(ServedTokens feature) => feature.Texts.Length + Spare;

    /// <summary>Refuses a bag that is longer.</summary>
    /// <exception cref="SettingException">It is.</exception>
    public static int[] Checked(ServedTokens feature, int[] bag) =>
        bag.Length <= Longest(feature)
            ? bag
            : throw new SettingException(
                $"Feature '{feature.Name}' has {bag.Length} values; at most {Longest(feature)} are taken."
            );
}
