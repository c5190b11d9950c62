namespace RobustMeta.Models.Baselines;

/// <summary>Inner products of the columns of the user-item matrix, over the items that training users rated.</summary>
public sealed class ItemGram
{
    private readonly int[] place;

    /// <summary>The inner products of some rows.</summary>
    /// <param name="profiles">Rows of the matrix.</param>
    /// <param name="items">Number of all items.</param>
    public ItemGram(IReadOnlyList<Profile> profiles, int items)
    {
        place = new int[items];
        Array.Fill(place, -1);
        foreach (var item in profiles.SelectMany(p => p.Items))
        {
            place[item] = place[item] < 0 ? Count++ : place[item];
        }
        Values = new double[(long)Count * Count];
        foreach (var profile in profiles)
        {
            for (var i = 0; i < profile.Items.Length; i++)
            {
                var row = Values.AsSpan(place[profile.Items[i]] * Count, Count);
                for (var j = 0; j < profile.Items.Length; j++)
                {
                    row[place[profile.Items[j]]] += profile.Values[i] * profile.Values[j];
                }
            }
        }
    }

    /// <summary>Number n of items that training users rated.</summary>
    public int Count { get; }

    /// <summary>The products, <c>[n, n]</c> row-major.</summary>
    public double[] Values { get; }

    /// <summary>Row of an item, or −1 where no training user rated it.</summary>
    public int PlaceOf(int item) => place[item];
}
