namespace RobustMeta.Shift;

/// <summary>What items a list shows.</summary>
public enum ShownBy
{
    /// <summary>Those that most training users rated.</summary>
    Popularity,

    /// <summary>A random choice, the same for all users.</summary>
    Random,
}
