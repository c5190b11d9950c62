namespace RobustMeta.Engine.Fused.Joined;

/// <summary>Where the meta-parameters of a layer stand in a block.</summary>
/// <param name="Weight">Start of W.</param>
/// <param name="Bias">Start of b.</param>
internal readonly record struct SlowLayer(long Weight, long Bias);
