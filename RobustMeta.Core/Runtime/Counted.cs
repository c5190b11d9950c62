namespace RobustMeta.Runtime;

/// <summary>A number with what it counts, for messages: <c>1 row was</c>, <c>30 rows were</c>.</summary>
public static class Counted
{
    /// <summary>The number and the words that go with it.</summary>
    /// <param name="count">The number.</param>
    /// <param name="one">The words after 1.</param>
    /// <param name="many">The words after any other number.</param>
    public static string Of(long count, string one, string many)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(many);
        return $"{count} {(count == 1 ? one : many)}";
    }
}
