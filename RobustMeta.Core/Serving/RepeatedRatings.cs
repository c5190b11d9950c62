using RobustMeta.Data.Reading;
using RobustMeta.Runtime;

namespace RobustMeta.Serving;

/// <summary>Pairs of a user and an item that a file has more than one rating of; the last rating of each counts.</summary>
public sealed class RepeatedRatings
{
    private const int Named = 5;
    private readonly List<(string User, string Item)> first = [];

    /// <summary>How many pairs there are.</summary>
    public long Pairs { get; private set; }

    /// <summary>The first of them, at most five.</summary>
    public IReadOnlyList<(string User, string Item)> First => first;

    /// <summary>The pairs and which rating counts, as a sentence; null where there are none.</summary>
    public string? Note =>
        Pairs == 0
            ? null
            : $"{Counted.Of(Pairs, "pair of user and item is", "pairs of user and item are")} rated more than once, and the last "
                + $"rating counts: {string.Join(", ", first.Select(p => $"{Excerpt.Of(p.User)} {Excerpt.Of(p.Item)}"))}"
                + $"{(Pairs > Named ? ", …" : "")}.";

    /// <summary>Counts a pair, the first time that it is repeated.</summary>
    internal void Add(string user, string item)
    {
        Pairs++;
        if (first.Count < Named)
        {
            first.Add((user, item));
        }
    }
}
