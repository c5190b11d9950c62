using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Models.Layers;

/// <summary>
/// A dense layer whose output is scaled and shifted by the task: <c>relu(γ ∘ (x W + b) + β)</c> with γ = tanh(o Wγ),
/// β = tanh(o Wβ); gating passes both through η = tanh(o Wη), δ = σ(o Wδ): γδ + η(1 − δ), likewise β (Lin et al., WWW
/// 2021, equations 11 to 14). Parameters <c>NAME.weight</c>, <c>NAME.bias</c>, <c>NAME.gamma</c>, ….
/// </summary>
/// <param name="name">Prefix of the parameter names.</param>
/// <param name="inputs">Width of the input.</param>
/// <param name="outputs">Width of the output.</param>
/// <param name="taskDim">Width of the task embedding o.</param>
/// <param name="modulation">Kind of modulation.</param>
/// <param name="silent">Number of last inputs whose weights start at zero.</param>
public sealed class FilmLayer(string name, int inputs, int outputs, int taskDim, Modulation modulation, int silent = 0)
{
    // Half width of the initial maps. Task embeddings start small; with a dense layer's ±1/√taskDim the scales would too
    // (about 0.1), and three layers of them would leave next to nothing of the signal and of its gradient.
    private const double MapScale = 1;

    /// <summary>The parameters.</summary>
    public IEnumerable<ParameterShape> Shapes =>
        [
            ParameterShape.Rectified($"{name}.weight", inputs - silent, inputs, outputs) with
            {
                ZeroRows = silent,
            },
            ParameterShape.Dense($"{name}.bias", inputs, outputs),
            .. Maps.Select(map => new ParameterShape(
                $"{name}.{map}",
                [taskDim, outputs],
                InitialValue.Uniform,
                MapScale
            )),
        ];

    private string[] Maps =>
        modulation switch
        {
            Modulation.None => [],
            Modulation.Film => ["gamma", "beta"],
            _ => ["gamma", "beta", "eta", "delta"],
        };

    /// <summary>Output <c>[B, L, out]</c> of an input <c>[B, L, in]</c> for task embeddings <c>[B, taskDim]</c>.</summary>
    public Tensor Apply(IReadOnlyDictionary<string, Tensor> theta, Tensor x, Tensor task)
    {
        var rows = addmm(theta[$"{name}.bias"], x.reshape(-1, inputs), theta[$"{name}.weight"], 1, 1);
        var linear = rows.view(x.shape[0], x.shape[1], outputs);
        if (modulation == Modulation.None)
        {
            return linear.relu();
        }
        var scale = Of("gamma").tanh();
        var shift = Of("beta").tanh();
        if (modulation == Modulation.GatingFilm)
        {
            var gate = Of("delta").sigmoid();
            var filler = Of("eta").tanh() * gate.FromOne();
            (scale, shift) = ((scale * gate).Plus(filler), (shift * gate).Plus(filler));
        }
        return (linear * scale.unsqueeze(1)).Plus(shift.unsqueeze(1)).relu();

        Tensor Of(string map) => matmul(task, theta[$"{name}.{map}"]);
    }
}
