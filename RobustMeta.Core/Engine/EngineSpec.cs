using RobustMeta.Models;
using RobustMeta.Settings;

namespace RobustMeta.Engine;

/// <summary>How losses and meta-gradients are computed.</summary>
public sealed record EngineSpec : ISpec
{
    /// <summary>Name of the variable of the environment that limits the threads of the engines.</summary>
    public const string ThreadsVariable = "ROBUSTMETA_THREADS";

    /// <summary>Which engine.</summary>
    [Setting("engine: auto (fused where the model has its form), fused, or autograd (any model)")]
    public EngineKind Engine { get; init; }

    /// <summary>The engine of a model. Results do not depend on the number of threads.</summary>
    /// <param name="model">The model.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <exception cref="NotSupportedException">The fused engine is asked for and cannot compute the model.</exception>
    /// <exception cref="SettingException"><see cref="ThreadsVariable"/> is no number of threads.</exception>
    public IMetaGradientEngine Create(MetaRecommender model, ParameterSet parameters) =>
        Engine == EngineKind.Autograd || (Engine == EngineKind.Auto && FusedEngine.Refusal(model) is not null)
            ? new AutogradEngine(model, parameters, Threads())
            : new FusedEngine(model, parameters, Threads());

    /// <summary>Number of threads that <see cref="ThreadsVariable"/> allows; 0 for one a processor.</summary>
    /// <exception cref="SettingException"><see cref="ThreadsVariable"/> is no number of threads.</exception>
    public static int Threads()
    {
        var text = Environment.GetEnvironmentVariable(ThreadsVariable);
        if (string.IsNullOrEmpty(text))
        {
            return 0;
        }
        return int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var threads) && threads >= 0
            ? threads
            : throw new SettingException(
                $"{ThreadsVariable} is '{text}'; expected a number of threads, or 0 for one a processor"
            );
    }
}
