using RobustMeta.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Models.Layers;

/// <summary>
/// Operations on tensors and numbers whose numbers live as long as the program. TorchSharp makes an object of a number
/// where it meets a tensor, and the collector may free it while native code still reads it, when another thread collects
/// at that moment: the operation then fails, or takes another number. Even <c>a + b</c> makes one, the factor 1 of b, and
/// so do <c>square()</c>, <c>softplus</c> and <c>leaky_relu</c>. Models use these instead, or hold a <see cref="Scalar"/> in
/// a field; a test looks for what does not.
/// </summary>
public static class HeldNumbers
{
    /// <summary>1.</summary>
    public static readonly Scalar One = Of(1);

    /// <summary>A half.</summary>
    public static readonly Scalar Half = Of(0.5);

    private static readonly Scalar Zero = Of(0);
    private static readonly Scalar Two = Of(2);

    /// <summary>A number to hold; loads libtorch, without which there is none.</summary>
    public static Scalar Of(double value)
    {
        NativeLibraries.EnsureLoaded();
        return value;
    }

    /// <summary>A whole number to hold, which keeps tensors of integers as they are.</summary>
    public static Scalar Of(int value)
    {
        NativeLibraries.EnsureLoaded();
        return value;
    }

    /// <summary><c>a + b</c>.</summary>
    public static Tensor Plus(this Tensor a, Tensor b) => a.add(b, One);

    /// <summary><c>a + b</c> with a number that the caller holds.</summary>
    public static Tensor Plus(this Tensor a, Scalar b) => a.add(b, One);

    /// <summary><c>1 − a</c>.</summary>
    public static Tensor FromOne(this Tensor a) => a.neg().add(One, One);

    /// <summary><c>a²</c>.</summary>
    public static Tensor Squared(this Tensor a) => a.pow(Two);

    /// <summary>Where an element is 0.</summary>
    public static Tensor IsZero(this Tensor a) => a.eq(Zero);

    /// <summary><c>log(1 + exp a)</c>.</summary>
    public static Tensor Softplus(this Tensor a) => a.neg().log_sigmoid().neg();
}
