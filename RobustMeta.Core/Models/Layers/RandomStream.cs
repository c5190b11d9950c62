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
    /// <summary>Name of the state that differs from seed to seed.</summary>
    public string KeyName { get; } = $"{name}.key";

    /// <summary>Name of the state that counts steps.</summary>
    public string StepName { get; } = $"{name}.step";

    /// <summary>Key and counter.</summary>
    public IEnumerable<ParameterShape> Shapes =>
        [
            new(KeyName, [1], InitialValue.Uniform, 1) { IsState = true },
            ParameterShape.Constant(StepName, 0, 1) with
            {
                IsState = true,
            },
        ];

    /// <summary>Key and counter among a model's parameters.</summary>
    public (float Key, float Step) State(IReadOnlyDictionary<string, Tensor> theta) =>
        (
            (float)theta[KeyName].to(ScalarType.Float64).item<double>(),
            (float)theta[StepName].to(ScalarType.Float64).item<double>()
        );

    /// <summary>A generator of this step for one user, the same wherever in a batch the user stands.</summary>
    public Random Generator((float Key, float Step) state, int user)
    {
        var culture = CultureInfo.InvariantCulture;
        return Seeds.Generator(
            BitConverter.SingleToInt32Bits(state.Key),
            name,
            ((long)state.Step).ToString(culture),
            user.ToString(culture)
        );
    }

    /// <summary>The state of the next step.</summary>
    public Dictionary<string, Tensor> Next(IReadOnlyDictionary<string, Tensor> theta) =>
        new() { [StepName] = theta[StepName].Plus(HeldNumbers.One) };
}
