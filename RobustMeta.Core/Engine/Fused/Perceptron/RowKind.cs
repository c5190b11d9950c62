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

    /// <summary>D_l of all layers but the last, the J of the layer below it in <see cref="NetworkRows{T}.Pulled"/>, and the last layer's slope.</summary>
    Split,
}
