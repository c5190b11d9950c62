using System.Collections.Immutable;
using RobustMeta.Runtime;

namespace RobustMeta.Models;

/// <summary>A parameter that a model asks for: its name, shape and initial distribution.</summary>
/// <param name="Name">Name, unique in the model.</param>
/// <param name="Shape">Extents.</param>
/// <param name="Start">Initial distribution.</param>
/// <param name="Scale">Half width of the uniform, standard deviation of the normal, or the constant.</param>
public sealed record ParameterShape(string Name, ImmutableArray<int> Shape, InitialValue Start, double Scale)
{
    /// <summary>Whether it is state, not learned by gradient (see <see cref="Parameter.IsState"/>).</summary>
    public bool IsState { get; init; }

    /// <summary>Number of last rows (first index) that start at zero, whatever the others do.</summary>
    public int ZeroRows { get; init; }

    /// <summary>An embedding table: normal rows, row 0 (unknown) zero.</summary>
    public static ParameterShape Embedding(string name, int rows, int width, double deviation)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new(name, [rows, width], InitialValue.NormalRows, deviation);
    }

    /// <summary>Weight or bias of a dense layer: uniform in ±1/√inputs, as PyTorch's Linear starts.</summary>
    public static ParameterShape Dense(string name, int inputs, params int[] shape)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(shape);
        return new(name, [.. shape], InitialValue.Uniform, 1 / Math.Sqrt(Math.Max(1, inputs)));
    }

    /// <summary>
    /// Weight of a dense layer before a rectifier: uniform in ±√(6/inputs), which keeps the scale of a signal through any
    /// number of such layers (He et al., ICCV 2015); with <see cref="Dense"/> each takes more than half of it.
    /// </summary>
    public static ParameterShape Rectified(string name, int inputs, params int[] shape)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(shape);
        return new(name, [.. shape], InitialValue.Uniform, Math.Sqrt(6.0 / Math.Max(1, inputs)));
    }

    /// <summary>The same value everywhere.</summary>
    public static ParameterShape Constant(string name, double value, params int[] shape)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(shape);
        return new(name, [.. shape], InitialValue.Constant, value);
    }

    /// <summary>The parameter with initial values; they depend on the seed and the name alone.</summary>
    public Parameter Create(long seed)
    {
        var parameter = new Parameter(Name, [.. Shape]) { IsState = IsState };
        var random = Seeds.Generator(seed, "init", Name);
        var values = parameter.Values.AsSpan();
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)(
                Start switch
                {
                    InitialValue.Uniform => Scale * (2 * random.NextDouble() - 1),
                    InitialValue.NormalRows or InitialValue.Normal => Scale * random.NextGaussian(),
                    _ => Scale,
                }
            );
        }
        if (Start == InitialValue.NormalRows)
        {
            values[..Shape[^1]].Clear();
        }
        if (ZeroRows > 0)
        {
            values[^(ZeroRows * parameter.RowWidth)..].Clear();
        }
        return parameter;
    }
}
