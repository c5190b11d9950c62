using System.Numerics;
using System.Runtime.InteropServices;
using RobustMeta.Models;
using RobustMeta.Runtime.Vectors;

namespace RobustMeta.Training;

/// <summary>Plain gradient descent: θ ← θ − lr (scale·g + decay·θ).</summary>
/// <param name="weightDecay">Coefficient of the L2 penalty's gradient.</param>
public sealed class SgdOptimizer(double weightDecay) : Optimizer
{
    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, AlignedNumbers<float>> State { get; } =
        new Dictionary<string, AlignedNumbers<float>>();

    /// <inheritdoc/>
    public override void Step(IReadOnlyList<Parameter> learned, double learningRate, double gradientScale)
    {
        Steps++;
        var rate = (float)(learningRate * gradientScale);
        var keep = (float)(1 - learningRate * weightDecay);
        foreach (var parameter in learned)
        {
            // Without decay, rows without gradient stay as they are: the same bytes for less work.
            if (parameter.TouchedRows is { } rows && keep == 1)
            {
                var width = parameter.RowWidth;
                foreach (var row in rows.Span)
                {
                    Update(
                        parameter.Values.AsSpan(row * width, width),
                        parameter.Gradient.AsSpan(row * width, width),
                        keep,
                        rate
                    );
                }
            }
            else
            {
                Update(parameter.Values, parameter.Gradient, keep, rate);
            }
        }
    }

    private static void Update(Span<float> values, ReadOnlySpan<float> gradient, float keep, float rate)
    {
        var vectorValues = MemoryMarshal.Cast<float, Vector<float>>(values);
        var vectorGradient = MemoryMarshal.Cast<float, Vector<float>>(gradient);
        for (var i = 0; i < vectorValues.Length; i++)
        {
            vectorValues[i] = vectorValues[i] * keep - vectorGradient[i] * rate;
        }
        for (var i = vectorValues.Length * Vector<float>.Count; i < values.Length; i++)
        {
            values[i] = values[i] * keep - gradient[i] * rate;
        }
    }
}
