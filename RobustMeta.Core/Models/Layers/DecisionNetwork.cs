using System.Collections.Immutable;
using static TorchSharp.torch;

namespace RobustMeta.Models.Layers;

/// <summary>
/// The multi-layer perceptron that decides on a score: dense layers with ReLU between, one linear output. Its
/// parameters are <c>head.L.weight [in, out]</c> and <c>head.L.bias [out]</c>, L = 0, 1, ….
/// </summary>
/// <param name="inputs">Width D of the input.</param>
/// <param name="hidden">Widths of the hidden layers.</param>
public sealed class DecisionNetwork(int inputs, ImmutableArray<int> hidden)
{
    /// <summary>Weights and biases, layer by layer.</summary>
    public ImmutableArray<ParameterShape> Shapes { get; } =
    [
        .. hidden
            .Add(1)
            .SelectMany(
                (width, layer) =>
                {
                    var fanIn = layer == 0 ? inputs : hidden[layer - 1];
                    return new[]
                    {
                        ParameterShape.Dense($"head.{layer}.weight", fanIn, fanIn, width),
                        ParameterShape.Dense($"head.{layer}.bias", fanIn, width),
                    };
                }
            ),
    ];

    /// <summary>Scores <c>[B, L]</c> of inputs <c>[B, L, D]</c>; every user has parameters of its own.</summary>
    /// <param name="parameters">As <see cref="Shapes"/>, each with a leading user axis <c>[B, …]</c>.</param>
    /// <param name="inputs">Inputs.</param>
    public static Tensor Score(IReadOnlyList<Tensor> parameters, Tensor inputs)
    {
        var x = inputs;
        for (var i = 0; i < parameters.Count; i += 2)
        {
            x = matmul(x, parameters[i]) + parameters[i + 1].unsqueeze(1);
            if (i + 2 < parameters.Count)
            {
                x = x.relu();
            }
        }
        return x.squeeze(2);
    }
}
