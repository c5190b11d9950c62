namespace RobustMeta.Tasks;

/// <summary>What one task is.</summary>
public enum TaskKind
{
    /// <summary>A user: adapted to by a few of the user's ratings, and asked about others.</summary>
    User,

    /// <summary>
    /// An item: users and items change places in the ratings, so that a new item is learned from the ratings of a few users
    /// and the other users are ranked for it. Columns and settings named after users then speak of items.
    /// </summary>
    Item,
}
