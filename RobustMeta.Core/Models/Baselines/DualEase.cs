using System.Globalization;
using RobustMeta.Models.Factors;
using RobustMeta.Runtime;
using RobustMeta.Settings;

namespace RobustMeta.Models.Baselines;

/// <summary>
/// EASE from a matrix of users by users, for more items than users: exact, as <see cref="Ease"/>. With K = (XXᵀ + λI)⁻¹ Woodbury's
/// identity gives P = (I − XᵀKX) / λ, so that the output for item j of a profile x is <c>x_j − (x_j − X_jᵀ K X x) / (1 − X_jᵀ K X_j)</c>,
/// where X_j is the item's column.
/// </summary>
public sealed class DualEase : IProfileModel
{
    // Half of the products and all of their inverse, in double precision: 13; what else the process holds, the rest.
    private const double BytesPerCell = 16;

    // Each rated pair of cells of a user with another's.
    private const double SecondsPerProduct = 3e-9;

    private readonly ItemColumns columns;
    private readonly int users;
    private readonly double[] inverse;
    private readonly double[] remainder;

    /// <summary>Solves.</summary>
    /// <param name="profiles">X by row.</param>
    /// <param name="columns">X by column.</param>
    /// <param name="regularization">λ, above 0.</param>
    public DualEase(IReadOnlyList<Profile> profiles, ItemColumns columns, double regularization)
    {
        ArgumentNullException.ThrowIfNull(profiles);
        ArgumentNullException.ThrowIfNull(columns);
        this.columns = columns;
        users = profiles.Count;
        var products = Products(profiles, columns);
        RidgeInverse.Invert(products, regularization);
        inverse = new double[(long)users * users];
        Parallel.For(
            0,
            users,
            ThreadLimit.Parallel(),
            user => products.CopyRow(user, inverse.AsSpan(user * users, users))
        );
        remainder = Remainders();
    }

    /// <summary>Memory and time that fitting needs.</summary>
    /// <param name="profiles">Rows of the matrix.</param>
    /// <exception cref="SettingException">There are more users than a dense matrix can have.</exception>
    public static FitEstimate Estimate(IReadOnlyList<Profile> profiles)
    {
        ArgumentNullException.ThrowIfNull(profiles);
        const string Remedy = "Take fewer users (userNum), or take iALS";
        var count = profiles.Count;
        var over = string.Create(CultureInfo.InvariantCulture, $"{count:N0} users");
        if (count > ItemGram.MostItems)
        {
            throw new SettingException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"EASE over {over}: its matrix of users by users, who are fewer than the items, can have {ItemGram.MostItems:N0} at most. {Remedy}."
                )
            );
        }
        double[] ofItem =
        [
            .. profiles
                .SelectMany(profile => profile.Items)
                .GroupBy(item => item)
                .Select(rated => (double)rated.Count()),
        ];
        return new(
            "EASE",
            over,
            BytesPerCell * count * count,
            // Columns are multiplied twice: for the matrix, and for the remainders.
            2 * SecondsPerProduct * ofItem.Sum(length => length * length)
                + RidgeInverse.Seconds(count),
            Remedy
        );
    }

    /// <inheritdoc/>
    public double[] Score(Profile profile, ReadOnlySpan<int> items)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var common = new double[users];
        for (var j = 0; j < profile.Items.Length; j++)
        {
            columns.AddTo(profile.Items[j], profile.Values[j], common);
        }
        var pulls = new double[users];
        for (var user = 0; user < users; user++)
        {
            if (common[user] != 0)
            {
                DenseVector.AddScaled(pulls, common[user], Row(user));
            }
        }
        var outputs = new double[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            if (columns.Knows(items[i]))
            {
                var own = Own(profile, items[i]);
                outputs[i] = own - (own - columns.Along(items[i], pulls)) / remainder[items[i]];
            }
        }
        return outputs;
    }

    private static double Own(Profile profile, int item)
    {
        var own = 0.0;
        for (var j = 0; j < profile.Items.Length; j++)
        {
            own += profile.Items[j] == item ? profile.Values[j] : 0;
        }
        return own;
    }

    // XXᵀ. One row a user: every row is summed by one thread, in the order of the profile.
    private static SymmetricTiles Products(IReadOnlyList<Profile> profiles, ItemColumns columns)
    {
        var count = profiles.Count;
        var products = new SymmetricTiles(count);
        Parallel.For(
            0,
            count,
            ThreadLimit.Parallel(),
            () => new double[count],
            (user, _, row) =>
            {
                Array.Clear(row);
                for (var j = 0; j < profiles[user].Items.Length; j++)
                {
                    columns.AddTo(profiles[user].Items[j], profiles[user].Values[j], row);
                }
                products.SetRow(user, row.AsSpan(0, user + 1));
                return row;
            },
            _ => { }
        );
        return products;
    }

    // 1 − X_jᵀ K X_j for each item j, in (0, 1].
    private double[] Remainders()
    {
        var all = new double[columns.Count];
        Parallel.For(
            0,
            columns.Count,
            ThreadLimit.Parallel(),
            item =>
            {
                var raters = columns.Users(item);
                var values = columns.Values(item);
                var sum = 0.0;
                for (var i = 0; i < raters.Length; i++)
                {
                    sum += values[i] * columns.Along(item, Row(raters[i]));
                }
                all[item] = 1 - sum;
            }
        );
        return all;
    }

    private ReadOnlySpan<double> Row(int user) => inverse.AsSpan(user * users, users);
}
