using RobustMeta.Models;
using RobustMeta.Tasks;

namespace RobustMeta.Serving;

/// <summary>The nonlinearities of <see cref="Activation"/> in double precision, with their slopes.</summary>
internal static class ActivationValue
{
    /// <summary>Coefficient of a leaky ReLU where it is negative.</summary>
    public const float Leak = 0.1f;

    /// <summary>Value and slope at a point.</summary>
    public static (double Value, double Slope) Of(Activation activation, double z)
    {
        var s = Logistic.Sigmoid(z);
        return activation switch
        {
            Activation.Relu => (Math.Max(z, 0), z > 0 ? 1 : 0),
            Activation.LeakyRelu => (z > 0 ? z : Leak * z, z > 0 ? 1 : Leak),
            Activation.Tanh => (Math.Tanh(z), 1 - Math.Tanh(z) * Math.Tanh(z)),
            _ => (z * s, s + z * s * (1 - s)),
        };
    }
}
