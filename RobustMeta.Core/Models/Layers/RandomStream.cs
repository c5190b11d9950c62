using System.Globalization;
using RobustMeta.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Models.Layers;

/// <summary>
/// Random numbers for training as a pure function of state: a key that differs from seed to seed and a counter of steps.
/// Saved and restored with the parameters, so an interrupted training draws what an uninterrupted one does.
/// </summary>
/// <param name="name">Prefix of the two state names.</param>
public sealed class RandomStream(string name)
{
    /// <summary>Key and counter.</summary>
    public IEnumerable<ParameterShape> Shapes =>
        [
            new($"{name}.key", [1], InitialValue.Uniform, 1) { IsState = true },
            ParameterShape.Constant($"{name}.step", 0, 1) with
            {
                IsState = true,
            },
        ];

    /// <summary>A generator of this step for one user, the same wherever in a batch the user stands.</summary>
    public Random Generator(IReadOnlyDictionary<string, Tensor> theta, int user)
    {
        var step = (long)theta[$"{name}.step"].to(ScalarType.Float64).item<double>();
        var key = BitConverter.SingleToInt32Bits((float)theta[$"{name}.key"].to(ScalarType.Float64).item<double>());
        var culture = CultureInfo.InvariantCulture;
        return Seeds.Generator(key, name, step.ToString(culture), user.ToString(culture));
    }

    /// <summary>The state of the next step.</summary>
    public Dictionary<string, Tensor> Next(IReadOnlyDictionary<string, Tensor> theta) =>
        new() { [$"{name}.step"] = theta[$"{name}.step"].Plus(HeldNumbers.One) };
}
