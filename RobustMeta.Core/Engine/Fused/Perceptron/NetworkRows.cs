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
    /// φ′(Z_l) of a smooth φ; otherwise null, where the sign of the output tells it, but for the last layer of <see cref="RowKind.OfScores"/>
    /// and <see cref="RowKind.Split"/>.
    /// </summary>
    public T*[] Slope { get; }

    /// <summary>φ″(Z_l); null where it is zero or not needed.</summary>
    public T*[] Curvature { get; }

    /// <summary>
    /// D_l, the support loss differentiated by Z_l, or J_l, the row's score differentiated by it: see <see cref="RowKind"/>.
    /// </summary>
    public T*[] Delta { get; }

    /// <summary>
    /// G_l = D_{l+1} W_{l+1}ᵀ, before the slope, for smooth activations; for <see cref="RowKind.Split"/> J of the layer below the last.
    /// </summary>
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
    /// <param name="kind">What is kept.</param>
    public void Carve(ref Bump<T> memory, long rows, RowKind kind)
    {
        var isSupport = kind != RowKind.Forward;
        var takesLastApart = kind is RowKind.OfScores or RowKind.Split;
        for (var l = 1; l <= shape.Hidden; l++)
        {
            var size = rows * shape.Padded[l];
            var isLast = takesLastApart && l == shape.Hidden;
            var isSplit = kind == RowKind.Split && l == shape.Hidden;
            var isBelow = kind == RowKind.Split && l == shape.Hidden - 1;
            Output[l] = isSplit ? null : memory.Take(size);
            Slope[l] = shape.IsSmooth || isLast ? memory.Take(size) : null;
            Delta[l] = isSupport && !isLast && !isBelow ? memory.Take(size) : null;
            Curvature[l] = isSupport && shape.IsSmooth ? memory.Take(size) : null;
            Pulled[l] = isBelow || (isSupport && shape.IsSmooth) ? memory.Take(size) : null;
        }
        Score = memory.Take(rows);
        LossSlope = memory.Take(rows);
        LossCurvature = isSupport ? memory.Take(rows) : null;
        OutputDelta = isSupport ? memory.Take(rows) : null;
    }
}
