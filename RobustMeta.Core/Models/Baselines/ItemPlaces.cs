namespace RobustMeta.Models.Baselines;

/// <summary>Rows of a matrix for the items that some profile holds, in the order in which they come.</summary>
internal sealed class ItemPlaces
{
    private readonly int[] place;

    /// <summary>The places of some profiles' items.</summary>
    /// <param name="profiles">The profiles.</param>
    /// <param name="items">Number of all items.</param>
    public ItemPlaces(IReadOnlyList<Profile> profiles, int items)
    {
        place = new int[items];
        Array.Fill(place, -1);
        foreach (var profile in profiles)
        {
            foreach (var item in profile.Items)
            {
                place[item] = place[item] < 0 ? Count++ : place[item];
            }
        }
    }

    /// <summary>Number of items that have a place.</summary>
    public int Count { get; }

    /// <summary>Number of all items.</summary>
    public int Items => place.Length;

    /// <summary>Place of an item, or −1.</summary>
    public int Of(int item) => place[item];

    /// <summary>Number of items that some profile holds.</summary>
    /// <param name="profiles">The profiles.</param>
    public static int Rated(IReadOnlyList<Profile> profiles)
    {
        var rated = new HashSet<int>();
        foreach (var profile in profiles)
        {
            foreach (var item in profile.Items)
            {
                rated.Add(item);
            }
        }
        return rated.Count;
    }
}
