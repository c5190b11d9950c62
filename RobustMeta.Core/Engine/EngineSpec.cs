using RobustMeta.Models;
using RobustMeta.Settings;

namespace RobustMeta.Engine;

/// <summary>How losses and meta-gradients are computed.</summary>
public sealed record EngineSpec : ISpec
{
    /// <summary>Which engine.</summary>
    [Setting("engine: auto (fused where the model has its form), fused, or autograd (any model)")]
    public EngineKind Engine { get; init; }

    /// <summary>The engine of a model. Results do not depend on the number of threads.</summary>
    /// <param name="model">The model.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <exception cref="NotSupportedException">The fused engine is asked for and cannot compute the model.</exception>
    /// <exception cref="SettingException"><see cref="ThreadLimit.Variable"/> is no number of threads.</exception>
    public IMetaGradientEngine Create(MetaRecommender model, ParameterSet parameters) =>
        Engine == EngineKind.Autograd || (Engine == EngineKind.Auto && FusedEngine.Refusal(model) is not null)
            ? new AutogradEngine(model, parameters, ThreadLimit.Threads())
            : new FusedEngine(model, parameters, ThreadLimit.Threads());
}
