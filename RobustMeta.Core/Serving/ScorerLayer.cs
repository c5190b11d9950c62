namespace RobustMeta.Serving;

/// <summary>A dense layer: <c>y = f(x W + b)</c>.</summary>
/// <param name="Weight">W <c>[inputs, outputs]</c>, row after row.</param>
/// <param name="Bias">b <c>[outputs]</c>.</param>
/// <param name="IsActivated">Whether the nonlinearity follows.</param>
internal sealed record ScorerLayer(float[] Weight, float[] Bias, bool IsActivated)
{
    /// <summary>Number of outputs.</summary>
    public int Outputs => Bias.Length;

    /// <summary>Number of inputs.</summary>
    public int Inputs => Weight.Length / Bias.Length;
}
