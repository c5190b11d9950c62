using RobustMeta.Models;

namespace RobustMeta.Engine.Fused.Memory;

/// <summary>Where the engine reads values and writes gradients, by parameter name.</summary>
/// <param name="Values">Values of a parameter, row-major.</param>
/// <param name="Gradient">Gradient of a parameter, same layout.</param>
internal sealed record ParameterArrays<T>(Func<string, T[]> Values, Func<string, T[]> Gradient)
{
    /// <summary>The parameters' own arrays: nothing is copied.</summary>
    public static ParameterArrays<float> Of(ParameterSet parameters) =>
        new(name => parameters[name].Values, name => parameters[name].Gradient);

    /// <summary>Copies in another precision, for tests.</summary>
    public static ParameterArrays<double> Doubles(ParameterSet parameters)
    {
        var values = parameters.All.ToDictionary(p => p.Name, p => Array.ConvertAll(p.Values, x => (double)x));
        var gradients = parameters.All.ToDictionary(p => p.Name, p => new double[p.Size]);
        return new(name => values[name], name => gradients[name]);
    }
}
