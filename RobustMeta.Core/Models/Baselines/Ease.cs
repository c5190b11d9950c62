using System.Runtime.InteropServices;
using RobustMeta.Runtime;
using static TorchSharp.torch;

namespace RobustMeta.Models.Baselines;

/// <summary>
/// EASE (Steck, WWW 2019): the linear map from the profile to itself with a diagonal of zeros. With P = (XᵀX + λI)⁻¹,
/// B_ij = −P_ij / P_jj off the diagonal and 0 on it; outputs are xB. Exact, in double precision. For more items than users
/// <see cref="DualEase"/> computes the same from a smaller matrix.
/// </summary>
public sealed class Ease : IProfileModel
{
    // The products, the system, its factors and its inverse in double precision, the map in single precision: 36; the
    // allocator's rounding, and what else the process holds, the rest.
    private const double BytesPerCell = 48;

    // Rows of the map that are converted at once.
    private const int Rows = 256;

    private readonly ItemGram gram;
    private readonly float[] weights;

    /// <summary>Solves for the map.</summary>
    /// <param name="gram">XᵀX.</param>
    /// <param name="regularization">λ, above 0.</param>
    public Ease(ItemGram gram, double regularization)
    {
        NativeLibraries.EnsureLoaded();
        this.gram = gram;
        using var scope = NewDisposeScope();
        using var map = RidgeInverse.Of(gram.Values, gram.Count, regularization);
        // In place: at thousands of items each further matrix is gigabytes.
        var diagonal = map.diagonal().clone().unsqueeze(0);
        map.neg_().div_(diagonal);
        map.diagonal().zero_();
        weights = Singles(map, gram.Count);
    }

    /// <summary>EASE by the smaller of its two forms.</summary>
    /// <param name="profiles">Rows of the matrix.</param>
    /// <param name="items">Number of all items.</param>
    /// <param name="regularization">λ, above 0.</param>
    public static IProfileModel Fit(IReadOnlyList<Profile> profiles, int items, double regularization) =>
        IsDual(profiles)
            ? new DualEase(profiles, new(profiles, items), regularization)
            : new Ease(new(profiles, items), regularization);

    /// <summary>Memory and time that fitting needs.</summary>
    /// <param name="profiles">Rows of the matrix.</param>
    /// <exception cref="Settings.SettingException">There are more items and more users than a dense matrix can have.</exception>
    public static FitEstimate Estimate(IReadOnlyList<Profile> profiles) =>
        IsDual(profiles)
            ? DualEase.Estimate(profiles)
            : ItemGram.Estimate("EASE", profiles, BytesPerCell, RidgeInverse.Seconds);

    private static bool IsDual(IReadOnlyList<Profile> profiles) => ItemGram.Rated(profiles) > profiles.Count;

    private static float[] Singles(Tensor map, int count)
    {
        var all = new float[(long)count * count];
        for (var first = 0; first < count; first += Rows)
        {
            using var part = map.narrow(0, first, Math.Min(Rows, count - first));
            using var single = part.to(float32);
            MemoryMarshal.Cast<byte, float>(single.contiguous().bytes).CopyTo(all.AsSpan(first * count));
        }
        return all;
    }

    /// <inheritdoc/>
    public double[] Score(Profile profile, ReadOnlySpan<int> items)
    {
        var outputs = new double[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            var to = gram.PlaceOf(items[i]);
            for (var j = 0; to >= 0 && j < profile.Items.Length; j++)
            {
                var from = gram.PlaceOf(profile.Items[j]);
                outputs[i] += from < 0 ? 0 : profile.Values[j] * weights[from * gram.Count + to];
            }
        }
        return outputs;
    }
}
