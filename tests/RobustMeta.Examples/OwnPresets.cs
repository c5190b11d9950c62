using RobustMeta.Robustness;

namespace Shop.Models;

/// <summary>Presets of one's own.</summary>
public static class OwnPresets
{
    /// <summary>Every user keeps half of the uniform weight.</summary>
    public static RobustPreset Floor { get; } =
        new(
            "shop-floor",
            "half of the uniform weight for every user",
            ("levels", "user"),
            ("set", "floor 0.5"),
            ("ascent", "bestResponse")
        );
}
