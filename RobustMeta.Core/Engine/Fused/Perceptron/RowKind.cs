namespace RobustMeta.Engine.Fused.Perceptron;

/// <summary>What is kept of rows beside their outputs.</summary>
internal enum RowKind
{
    /// <summary>Nothing: rows that are scored, whose own gradients nobody takes a step by.</summary>
    Forward,

    /// <summary>D_l of all layers.</summary>
    OfDeltas,

    /// <summary>J_l of all layers but the last, whose J is the slope times the output's weights.</summary>
    OfScores,

    /// <summary>
    /// D_l of the layers below the last two, J of the last but one in <see cref="NetworkRows{T}.Pulled"/>, and the last layer's slope. D of the last
    /// but one and outputs of the last layer have a place that others choose, which may be the same for all steps.
    /// </summary>
    Split,
}
