using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace RobustMeta.Models.Layers;

/// <summary>
/// Tensors in libtorch's own memory. A tensor over a managed array starts wherever that array lies, and matrix products sum
/// in an order that depends on the alignment of their operands: the last digits of a result would change from call to call.
/// It also takes three times as long to make.
/// </summary>
public static class Aligned
{
    /// <summary>A tensor of some values.</summary>
    /// <param name="values">The values, row-major.</param>
    /// <param name="precision">Single or double precision.</param>
    /// <param name="shape">Extents.</param>
    public static Tensor Of(ReadOnlySpan<float> values, ScalarType precision, params long[] shape)
    {
        var result = empty(shape, precision);
        if (precision == ScalarType.Float32)
        {
            MemoryMarshal.AsBytes(values).CopyTo(result.bytes);
            return result;
        }
        var target = MemoryMarshal.Cast<byte, double>(result.bytes);
        for (var i = 0; i < values.Length; i++)
        {
            target[i] = values[i];
        }
        return result;
    }

    /// <inheritdoc cref="Of(ReadOnlySpan{float}, ScalarType, long[])"/>
    public static Tensor Of(ReadOnlySpan<double> values, ScalarType precision, params long[] shape)
    {
        var result = empty(shape, precision);
        if (precision == ScalarType.Float64)
        {
            MemoryMarshal.AsBytes(values).CopyTo(result.bytes);
            return result;
        }
        var target = MemoryMarshal.Cast<byte, float>(result.bytes);
        for (var i = 0; i < values.Length; i++)
        {
            target[i] = (float)values[i];
        }
        return result;
    }

    /// <summary>Indices, as int64.</summary>
    public static Tensor Of(ReadOnlySpan<long> indices)
    {
        var result = empty([indices.Length], ScalarType.Int64);
        MemoryMarshal.AsBytes(indices).CopyTo(result.bytes);
        return result;
    }
}
