using System.Globalization;
using RobustMeta.Settings;

namespace RobustMeta.Models.Baselines;

/// <summary>Inner products of the columns of the user-item matrix, over the items that training users rated.</summary>
public sealed class ItemGram : IItemProducts
{
    // A square of more cells is beyond what an array can hold.
    internal const int MostItems = 46_340;

    // Half of the pairs of a profile's items, each read and written.
    private const double SecondsPerProduct = 1.5e-9;

    /// <summary>The inner products of some rows.</summary>
    /// <param name="profiles">Rows of the matrix.</param>
    /// <param name="items">Number of all items.</param>
    public ItemGram(IReadOnlyList<Profile> profiles, int items)
    {
        ArgumentNullException.ThrowIfNull(profiles);
        ArgumentOutOfRangeException.ThrowIfNegative(items);
        Places = new(profiles, items);
        Products = new(Places.Count);
        var columns = new ItemColumns(profiles, items);
        var rows = new (int[] Places, double[] Values)[profiles.Count];
        Parallel.For(0, rows.Length, ThreadLimit.Parallel(), user => rows[user] = ByPlace(profiles[user]));
        // One row an item: every row is summed by one thread, in the order of the users.
        Parallel.For(
            0,
            items,
            ThreadLimit.Parallel(),
            () => new double[Count],
            (item, _, row) =>
            {
                if (Places.Of(item) is var place and >= 0)
                {
                    var own = row.AsSpan(0, place + 1);
                    own.Clear();
                    AddRow(columns.Users(item), columns.Values(item), rows, own);
                    Products.SetRow(place, own);
                }
                return row;
            },
            _ => { }
        );
    }

    /// <summary>Number n of items that training users rated.</summary>
    public int Count => Places.Count;

    /// <summary>The products, <c>[n, n]</c>.</summary>
    internal SymmetricTiles Products { get; }

    /// <summary>Their rows.</summary>
    internal ItemPlaces Places { get; }

    /// <inheritdoc/>
    public bool Knows(int item)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(item);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(item, Places.Items);
        return Places.Of(item) >= 0;
    }

    /// <inheritdoc/>
    public double Product(int a, int b) => Knows(a) && Knows(b) ? Products[Places.Of(a), Places.Of(b)] : 0;

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
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(profiles);
        ArgumentNullException.ThrowIfNull(secondsOf);
        var count = ItemPlaces.Rated(profiles);
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

    // Ascending places, so that a row ends at its diagonal.
    private (int[] Places, double[] Values) ByPlace(Profile profile)
    {
        int[] places = [.. profile.Items.Select(Places.Of)];
        double[] values = [.. profile.Values];
        Array.Sort(places, values);
        return (places, values);
    }

    // Up to the diagonal, which is the last.
    private static void AddRow(
        ReadOnlySpan<int> users,
        ReadOnlySpan<double> values,
        (int[] Places, double[] Values)[] rows,
        Span<double> row
    )
    {
        for (var i = 0; i < users.Length; i++)
        {
            var (places, own) = rows[users[i]];
            for (var j = 0; j < places.Length && places[j] < row.Length; j++)
            {
                row[places[j]] += values[i] * own[j];
            }
        }
    }

    private const string Remedy =
        "Leave out items that hardly anyone rated (Ratings.KCore, or a file without them), take fewer users (userNum)";
}
