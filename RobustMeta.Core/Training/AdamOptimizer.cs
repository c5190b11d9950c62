using System.Numerics;
using System.Runtime.InteropServices;
using RobustMeta.Models;
using RobustMeta.Runtime.Vectors;

namespace RobustMeta.Training;

/// <summary>
/// Adam (Kingma and Ba, ICLR 2015, algorithm 1) with bias correction; the L2 penalty's gradient, if any, is added to
/// the gradient as in the paper's time (not decoupled). The sparse variant (as PyTorch's SparseAdam) moves values and
/// moments of an embedding row only in batches that touch the row, so that a step costs what the batch uses and not what
/// the tables hold; other parameters are treated alike.
/// </summary>
public sealed class AdamOptimizer : Optimizer
{
    private const float Beta1 = 0.9f;
    private const float Beta2 = 0.999f;
    private const float Epsilon = 1e-8f;

    private readonly float decay;
    private readonly bool isSparse;
    private readonly Dictionary<string, AlignedNumbers<float>> state = [];

    /// <summary>Adam for given parameters.</summary>
    /// <param name="parameters">What may be updated; state is left out.</param>
    /// <param name="weightDecay">Coefficient of the L2 penalty's gradient.</param>
    /// <param name="isSparse">Whether embedding rows that a batch does not touch stay as they are.</param>
    public AdamOptimizer(ParameterSet parameters, double weightDecay, bool isSparse = false)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        this.isSparse = isSparse;
        decay = (float)weightDecay;
        foreach (var parameter in parameters.All.Where(p => !p.IsState))
        {
            state.Add(First(parameter), new(parameter.Size));
            state.Add(Second(parameter), new(parameter.Size));
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, AlignedNumbers<float>> State => state;

    /// <inheritdoc/>
    public override void Step(IReadOnlyList<Parameter> learned, double learningRate, double gradientScale)
    {
        Steps++;
        var rate = (float)(learningRate / (1 - Math.Pow(Beta1, Steps)));
        var correction = (float)(1 / Math.Sqrt(1 - Math.Pow(Beta2, Steps)));
        foreach (var parameter in learned)
        {
            var (first, second) = (state[First(parameter)], state[Second(parameter)]);
            if (isSparse && parameter.TouchedRows is { } rows)
            {
                foreach (var row in rows.Span)
                {
                    UpdateRow(parameter, first, second, row, (float)gradientScale, rate, correction);
                }
            }
            else
            {
                Update(parameter.Values, parameter.Gradient, first, second, (float)gradientScale, rate, correction);
            }
        }
    }

    private void UpdateRow(
        Parameter parameter,
        AlignedNumbers<float> first,
        AlignedNumbers<float> second,
        int row,
        float scale,
        float rate,
        float correction
    )
    {
        var width = parameter.RowWidth;
        var start = row * width;
        Update(
            parameter.Values.AsSpan(start, width),
            parameter.Gradient.AsSpan(start, width),
            first.AsSpan(start, width),
            second.AsSpan(start, width),
            scale,
            rate,
            correction
        );
    }

    private static string First(Parameter parameter) => $"{parameter.Name}.moment1";

    private static string Second(Parameter parameter) => $"{parameter.Name}.moment2";

    private void Update(
        Span<float> values,
        ReadOnlySpan<float> gradients,
        Span<float> first,
        Span<float> second,
        float scale,
        float rate,
        float correction
    )
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var vectorGradients = MemoryMarshal.Cast<float, Vector<float>>(gradients);
        var vectorFirst = MemoryMarshal.Cast<float, Vector<float>>(first);
        var vectorSecond = MemoryMarshal.Cast<float, Vector<float>>(second);
        var epsilon = new Vector<float>(Epsilon);
        for (var i = 0; i < vectors.Length; i++)
        {
            var g = vectorGradients[i] * scale + vectors[i] * decay;
            vectorFirst[i] = vectorFirst[i] * Beta1 + g * (1 - Beta1);
            vectorSecond[i] = vectorSecond[i] * Beta2 + g * g * (1 - Beta2);
            vectors[i] -= vectorFirst[i] * rate / (Vector.SquareRoot(vectorSecond[i]) * correction + epsilon);
        }
        for (var i = vectors.Length * Vector<float>.Count; i < values.Length; i++)
        {
            var g = gradients[i] * scale + values[i] * decay;
            first[i] = first[i] * Beta1 + g * (1 - Beta1);
            second[i] = second[i] * Beta2 + g * g * (1 - Beta2);
            values[i] -= first[i] * rate / (MathF.Sqrt(second[i]) * correction + Epsilon);
        }
    }
}
