using RobustMeta.Engine.Fused.Memory;

namespace RobustMeta.Engine.Fused.Perceptron;

/// <summary>What the network computes for some rows (interactions) at one inner step, kept for the way back.</summary>
internal sealed unsafe class NetworkRows<T>
    where T : unmanaged
{
    private readonly PerceptronShape shape;

    public NetworkRows(PerceptronShape shape)
    {
        this.shape = shape;
        Output = new T*[shape.Hidden + 1];
        Slope = new T*[shape.Hidden + 1];
        Curvature = new T*[shape.Hidden + 1];
        Delta = new T*[shape.Hidden + 1];
        Pulled = new T*[shape.Hidden + 1];
    }

    /// <summary>A_l = φ(Z_l), <c>[rows, padded]</c>.</summary>
    public T*[] Output { get; }

    /// <summary>
    /// φ′(Z_l) of a smooth φ; otherwise null, where the sign of the output tells it, but for the last layer if <see cref="Carve"/> is told so.
    /// </summary>
    public T*[] Slope { get; }

    /// <summary>φ″(Z_l); null where it is zero or not needed.</summary>
    public T*[] Curvature { get; }

    /// <summary>
    /// D_l, the support loss differentiated by Z_l; if <see cref="Carve"/> is told so J_l, the row's score differentiated by it, for
    /// all layers but the last, whose J is the slope times the output's weights.
    /// </summary>
    public T*[] Delta { get; }

    /// <summary>G_l = D_{l+1} W_{l+1}ᵀ, before the slope; kept for smooth activations alone.</summary>
    public T*[] Pulled { get; }

    /// <summary>Score of each row.</summary>
    public T* Score { get; private set; }

    /// <summary>First derivative of each row's loss by its score.</summary>
    public T* LossSlope { get; private set; }

    /// <summary>Second derivative of each row's loss by its score.</summary>
    public T* LossCurvature { get; private set; }

    /// <summary>The output's D: loss slope times the row's weight in the support loss.</summary>
    public T* OutputDelta { get; private set; }

    /// <summary>Takes memory for a number of rows.</summary>
    /// <param name="memory">Where from.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="isSupport">Whether the rows have deltas and second derivatives.</param>
    /// <param name="ofScores">Whether the deltas are those of the scores.</param>
    public void Carve(ref Bump<T> memory, long rows, bool isSupport, bool ofScores = false)
    {
        for (var l = 1; l <= shape.Hidden; l++)
        {
            var size = rows * shape.Padded[l];
            Output[l] = memory.Take(size);
            var isLast = ofScores && l == shape.Hidden;
            Slope[l] = shape.IsSmooth || isLast ? memory.Take(size) : null;
            Delta[l] = isSupport && !isLast ? memory.Take(size) : null;
            Curvature[l] = isSupport && shape.IsSmooth ? memory.Take(size) : null;
            Pulled[l] = isSupport && shape.IsSmooth ? memory.Take(size) : null;
        }
        Score = memory.Take(rows);
        LossSlope = memory.Take(rows);
        LossCurvature = isSupport ? memory.Take(rows) : null;
        OutputDelta = isSupport ? memory.Take(rows) : null;
    }
}
