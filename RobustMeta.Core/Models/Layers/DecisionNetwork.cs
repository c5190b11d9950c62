using System.Collections.Immutable;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Models.Layers;

/// <summary>
/// A multi-layer perceptron: dense layers with a nonlinearity between them, the last one linear. Its parameters are
/// <c>NAME.L.weight [in, out]</c> and <c>NAME.L.bias [out]</c>, L = 0, 1, ….
/// </summary>
/// <param name="name">Prefix of the parameter names.</param>
/// <param name="inputs">Width D of the input.</param>
/// <param name="widths">Widths of all layers; the last is that of the output.</param>
/// <param name="activation">Nonlinearity between layers.</param>
/// <param name="rectified">
/// Whether weights start as <see cref="ParameterShape.Rectified"/> instead of <see cref="ParameterShape.Dense"/>: for deep
/// stacks of networks.
/// </param>
public sealed class DecisionNetwork(
    string name,
    int inputs,
    ImmutableArray<int> widths,
    Activation activation,
    bool rectified = false
)
{
    private static readonly Scalar NegativeSlope = HeldNumbers.Of(0.1);

    /// <summary>Width of the output.</summary>
    public int Width => widths[^1];

    /// <summary>Weights and biases, layer by layer.</summary>
    public ImmutableArray<ParameterShape> Shapes { get; } =
    [
        .. widths.SelectMany(
            (width, layer) =>
            {
                var fanIn = layer == 0 ? inputs : widths[layer - 1];
                return new[]
                {
                    rectified
                        ? ParameterShape.Rectified($"{name}.{layer}.weight", fanIn, fanIn, width)
                        : ParameterShape.Dense($"{name}.{layer}.weight", fanIn, fanIn, width),
                    ParameterShape.Dense($"{name}.{layer}.bias", fanIn, width),
                };
            }
        ),
    ];

    /// <summary>Outputs <c>[…, out]</c> of inputs <c>[…, D]</c> under the shared meta-parameters.</summary>
    public Tensor Apply(IReadOnlyDictionary<string, Tensor> theta, Tensor inputs) =>
        Apply([.. Shapes.Select(shape => theta[shape.Name])], inputs);

    /// <summary>Outputs <c>[B, L, out]</c> of inputs <c>[B, L, D]</c>.</summary>
    /// <param name="parameters">
    /// As <see cref="Shapes"/>; each of them either shared, or with a leading user axis <c>[B, …]</c>.
    /// </param>
    /// <param name="inputs">Inputs.</param>
    public Tensor Apply(IReadOnlyList<Tensor> parameters, Tensor inputs)
    {
        var x = inputs;
        for (var i = 0; i < parameters.Count; i += 2)
        {
            var bias = parameters[i + 1];
            x = bias.dim() == 1 ? Shared(x, parameters[i], bias) : matmul(x, parameters[i]).Plus(bias.unsqueeze(1));
            if (i + 2 < parameters.Count)
            {
                x = Activate(x);
            }
        }
        return x;
    }

    // One operator for product and bias: the operators' own cost is most of a small network's.
    private static Tensor Shared(Tensor x, Tensor weight, Tensor bias)
    {
        if (weight.dim() != 2 || x.dim() < 2)
        {
            return matmul(x, weight).Plus(bias);
        }
        var rows = addmm(bias, x.dim() == 2 ? x : x.reshape(-1, x.shape[^1]), weight, 1, 1);
        return x.dim() == 2 ? rows : rows.view([.. x.shape[..^1], weight.shape[1]]);
    }

    private Tensor Activate(Tensor x) =>
        activation switch
        {
            Activation.Relu => x.relu(),
            Activation.Tanh => x.tanh(),
            Activation.Silu => x * x.sigmoid(),
            Activation.LeakyRelu => x.leaky_relu(NegativeSlope),
            _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "Unknown activation."),
        };
}
