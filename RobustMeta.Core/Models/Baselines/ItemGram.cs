using System.Globalization;
using RobustMeta.Settings;

namespace RobustMeta.Models.Baselines;

/// <summary>Inner products of the columns of the user-item matrix, over the items that training users rated.</summary>
public sealed class ItemGram : IItemProducts
{
    // A square of more cells is beyond what an array can hold.
    internal const int MostItems = 46_340;

    // Cells of rows that lie apart, each read and written.
    private const double SecondsPerProduct = 3e-9;

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
        var columns = new ItemColumns(profiles, items);
        // One row an item: every row is summed by one thread, in the order of the users.
        Parallel.For(
            0,
            items,
            ThreadLimit.Parallel(),
            item =>
            {
                if (place[item] >= 0)
                {
                    AddRow(
                        columns.Users(item),
                        columns.Values(item),
                        profiles,
                        Values.AsSpan(place[item] * Count, Count)
                    );
                }
            }
        );
    }

    /// <summary>Number n of items that training users rated.</summary>
    public int Count { get; }

    /// <summary>The products, <c>[n, n]</c> row-major.</summary>
    public double[] Values { get; }

    /// <summary>Row of an item, or −1 where no training user rated it.</summary>
    public int PlaceOf(int item) => place[item];

    /// <summary>Number of items that some profile holds.</summary>
    /// <param name="profiles">Rows of the matrix.</param>
    internal static int Rated(IReadOnlyList<Profile> profiles) =>
        profiles.SelectMany(profile => profile.Items).Distinct().Count();

    /// <inheritdoc/>
    public bool Knows(int item) => place[item] >= 0;

    /// <inheritdoc/>
    public double Product(int a, int b) => Knows(a) && Knows(b) ? Values[(long)place[a] * Count + place[b]] : 0;

    /// <summary>Memory and time that the products of some rows, and what is made of them, need.</summary>
    /// <param name="method">Name of the method that is fitted.</param>
    /// <param name="profiles">Rows of the matrix.</param>
    /// <param name="bytesPerCell">Memory at the peak, for each of the n² cells.</param>
    /// <param name="secondsOf">Time beyond that of the products, for n.</param>
    /// <exception cref="SettingException">There are more items than a dense matrix can have.</exception>
    public static FitEstimate Estimate(
        string method,
        IReadOnlyList<Profile> profiles,
        double bytesPerCell,
        Func<int, double> secondsOf
    )
    {
        var count = Rated(profiles);
        var over = string.Create(CultureInfo.InvariantCulture, $"{count:N0} items");
        if (count > MostItems)
        {
            throw new SettingException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{method} over {over}: its matrix of items by items can have {MostItems:N0} at most. {Remedy}, or take iALS."
                )
            );
        }
        var products = profiles.Sum(profile => (double)profile.Items.Length * profile.Items.Length);
        return new(
            method,
            over,
            bytesPerCell * count * count,
            SecondsPerProduct * products + secondsOf(count),
            Remedy + ", take iALS"
        );
    }

    private void AddRow(
        ReadOnlySpan<int> users,
        ReadOnlySpan<double> values,
        IReadOnlyList<Profile> profiles,
        Span<double> row
    )
    {
        for (var i = 0; i < users.Length; i++)
        {
            var profile = profiles[users[i]];
            for (var j = 0; j < profile.Items.Length; j++)
            {
                row[place[profile.Items[j]]] += values[i] * profile.Values[j];
            }
        }
    }

    private const string Remedy =
        "Leave out items that hardly anyone rated (Ratings.KCore, or a file without them), take fewer users (userNum)";
}
