using System.Diagnostics;
using System.Runtime.InteropServices;
using RobustMeta.Models.Layers;
using RobustMeta.Runtime;
using static TorchSharp.torch;

namespace RobustMeta.Models.Baselines;

/// <summary>
/// EASE (Steck, WWW 2019): the linear map from the profile to itself with a diagonal of zeros. With P = (XᵀX + λI)⁻¹,
/// B_ij = −P_ij / P_jj off the diagonal and 0 on it; outputs are xB. Exact, in double precision; by libtorch, since the
/// managed solver of MathNet.Numerics, the oracle of its test, takes ten times as long (17 s at the 1,682 items of ML-100K).
/// </summary>
public sealed class Ease : IProfileModel
{
    // The products, the system, its factors and its inverse in double precision, the map in single precision twice: 40; the
    // allocator's rounding, and what else the process holds, the rest.
    private const double BytesPerCell = 48;
    private const double UsualRate = 1e10;
    private const int ItemsOfTrial = 3000;
    private const int SizeOfTrial = 512;

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
        using var map = Inverse(gram, regularization);
        // In place: at thousands of items each further matrix is gigabytes.
        var diagonal = map.diagonal().clone().unsqueeze(0);
        map.neg_().div_(diagonal);
        map.diagonal().zero_();
        using var single = map.to(float32);
        weights = MemoryMarshal.Cast<byte, float>(single.contiguous().bytes).ToArray();
    }

    /// <summary>Memory and time that fitting needs.</summary>
    /// <param name="profiles">Rows of the matrix.</param>
    /// <exception cref="Settings.SettingException">There are more items than a dense matrix can have.</exception>
    public static FitEstimate Estimate(IReadOnlyList<Profile> profiles) =>
        ItemGram.Estimate("EASE", profiles, BytesPerCell, n => 2.0 * n * n * n / InversionRate(n));

    private static Tensor Inverse(ItemGram gram, double regularization)
    {
        var n = gram.Count;
        using var system = tensor(gram.Values, [n, n]);
        system.diagonal().add_(tensor(Enumerable.Repeat(regularization, n).ToArray()), HeldNumbers.One);
        return linalg.inv(system);
    }

    // Operations a second, timed on a small matrix where the number matters: processors differ by a factor of ten.
    private static double InversionRate(int items)
    {
        if (items < ItemsOfTrial)
        {
            return UsualRate;
        }
        NativeLibraries.EnsureLoaded();
        using var scope = NewDisposeScope();
        var matrix = eye(SizeOfTrial, dtype: float64);
        linalg.inv(matrix);
        var clock = Stopwatch.StartNew();
        linalg.inv(matrix);
        return 2.0 * SizeOfTrial * SizeOfTrial * SizeOfTrial / Math.Max(clock.Elapsed.TotalSeconds, 1e-6);
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
