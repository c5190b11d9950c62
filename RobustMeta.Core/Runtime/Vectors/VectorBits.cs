using System.Numerics;
using System.Runtime.Intrinsics;

namespace RobustMeta.Runtime.Vectors;

/// <summary>Widths of vectors in bits: 512, 256, 128, or 0 for one number at a time.</summary>
internal static class VectorBits
{
    /// <summary>The widest that this processor accelerates.</summary>
    public static int Best<T>()
        where T : unmanaged, IFloatingPointIeee754<T> =>
        Vector512.IsHardwareAccelerated && Vector512<T>.IsSupported ? 512
        : Vector256.IsHardwareAccelerated ? 256
        : Vector128.IsHardwareAccelerated ? 128
        : 0;

    /// <summary>What something makes of the lanes of a width, for numbers of type double.</summary>
    /// <param name="bits">512, 256, 128 or 0.</param>
    /// <param name="use">What is made.</param>
    public static TResult OfDoubles<TResult>(int bits, IDoubleLanesUse<TResult> use) =>
        bits switch
        {
            512 => use.With<Lanes512Double, Vector512<double>>(),
            256 => use.With<Lanes256Double, Vector256<double>>(),
            128 => use.With<Lanes128Double, Vector128<double>>(),
            0 => use.With<Lanes1<double>, double>(),
            _ => throw new ArgumentOutOfRangeException(nameof(bits), bits, "Expected 512, 256, 128 or 0."),
        };
}
