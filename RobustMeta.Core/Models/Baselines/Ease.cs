using RobustMeta.Settings;

namespace RobustMeta.Models.Baselines;

/// <summary>
/// EASE (Steck, WWW 2019): the linear map from the profile to itself with a diagonal of zeros. With P = (XᵀX + λI)⁻¹,
/// B_ij = −P_ij / P_jj off the diagonal and 0 on it; outputs are xB. Exact, in double precision. For more items than users
/// <see cref="DualEase"/> computes the same from a smaller matrix.
/// </summary>
public sealed class Ease : IProfileModel
{
    // Half of the products and half of their inverse in double precision, the map in single precision: 13; what else the process
    // holds, the rest.
    private const double BytesPerCell = 16;

    private readonly ItemPlaces places;
    private readonly float[] weights;

    /// <summary>Solves for the map.</summary>
    /// <param name="gram">XᵀX.</param>
    /// <param name="regularization">λ, above 0.</param>
    public Ease(ItemGram gram, double regularization)
    {
        ArgumentNullException.ThrowIfNull(gram);
        places = gram.Places;
        var inverse = gram.Products.Copy();
        RidgeInverse.Invert(inverse, regularization);
        weights = Map(inverse);
    }

    /// <summary>EASE by the smaller of its two forms.</summary>
    /// <param name="profiles">Rows of the matrix.</param>
    /// <param name="items">Number of all items.</param>
    /// <param name="regularization">λ, above 0.</param>
    public static IProfileModel Fit(IReadOnlyList<Profile> profiles, int items, double regularization)
    {
        ArgumentNullException.ThrowIfNull(profiles);
        return IsDual(profiles)
            ? new DualEase(profiles, new(profiles, items), regularization)
            : new Ease(new(profiles, items), regularization);
    }

    /// <summary>Memory and time that fitting needs.</summary>
    /// <param name="profiles">Rows of the matrix.</param>
    /// <exception cref="Settings.SettingException">There are more items and more users than a dense matrix can have.</exception>
    public static FitEstimate Estimate(IReadOnlyList<Profile> profiles)
    {
        ArgumentNullException.ThrowIfNull(profiles);
        return IsDual(profiles)
            ? DualEase.Estimate(profiles)
            : ItemGram.Estimate("EASE", profiles, BytesPerCell, RidgeInverse.Seconds);
    }

    private static bool IsDual(IReadOnlyList<Profile> profiles) => ItemPlaces.Rated(profiles) > profiles.Count;

    private static float[] Map(SymmetricTiles inverse)
    {
        var count = inverse.Order;
        double[] diagonal = [.. Enumerable.Range(0, count).Select(item => inverse[item, item])];
        var map = new float[(long)count * count];
        Parallel.For(
            0,
            count,
            ThreadLimit.Parallel(),
            () => new double[count],
            (from, _, row) =>
            {
                inverse.CopyRow(from, row);
                var into = map.AsSpan(from * count, count);
                for (var to = 0; to < count; to++)
                {
                    into[to] = to == from ? 0 : (float)(-row[to] / diagonal[to]);
                }
                return row;
            },
            _ => { }
        );
        return map;
    }

    /// <inheritdoc/>
    public double[] Score(Profile profile, ReadOnlySpan<int> items)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var outputs = new double[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            var to = places.Of(items[i]);
            for (var j = 0; to >= 0 && j < profile.Items.Length; j++)
            {
                var from = places.Of(profile.Items[j]);
                outputs[i] += from < 0 ? 0 : profile.Values[j] * weights[from * places.Count + to];
            }
        }
        return outputs;
    }
}
