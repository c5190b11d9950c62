using System.Numerics.Tensors;
using RobustMeta.Models;
using RobustMeta.Runtime.Vectors;

namespace RobustMeta.Engine.Fused.Memory;

/// <summary>Where the engine reads values and writes gradients, by parameter name.</summary>
/// <param name="Values">Values of a parameter, row-major.</param>
/// <param name="Gradient">Gradient of a parameter, same layout.</param>
internal sealed record ParameterArrays<T>(
    Func<string, AlignedNumbers<T>> Values,
    Func<string, AlignedNumbers<T>> Gradient
)
    where T : unmanaged
{
    /// <summary>The parameters' own arrays: nothing is copied.</summary>
    public static ParameterArrays<float> Of(ParameterSet parameters) =>
        new(name => parameters[name].Values, name => parameters[name].Gradient);

    /// <summary>Copies in another precision, for tests.</summary>
    public static ParameterArrays<double> Doubles(ParameterSet parameters)
    {
        var values = parameters.All.ToDictionary(p => p.Name, p => new AlignedNumbers<double>(p.Size));
        var gradients = parameters.All.ToDictionary(p => p.Name, p => new AlignedNumbers<double>(p.Size));
        foreach (var parameter in parameters.All)
        {
            TensorPrimitives.ConvertTruncating<float, double>(parameter.Values, values[parameter.Name]);
        }
        return new(name => values[name], name => gradients[name]);
    }
}
