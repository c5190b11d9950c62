using System.Collections.Immutable;
using static TorchSharp.torch;

namespace RobustMeta.Models;

/// <summary>What a model says about a batch as a whole, see <see cref="MetaRecommender.Together"/>.</summary>
public sealed record BatchTerms
{
    /// <summary>Nothing: no loss, no state.</summary>
    public static BatchTerms None { get; } = new();

    /// <summary>What is added to the objective of the batch, a scalar without weight; null for nothing.</summary>
    public Tensor? Loss { get; init; }

    /// <summary>
    /// New values of state (<see cref="Parameter.IsState"/>) by name, which the engine writes after the batch; in
    /// evaluation nothing is written.
    /// </summary>
    public IReadOnlyDictionary<string, Tensor> State { get; init; } = ImmutableDictionary<string, Tensor>.Empty;
}
