using RobustMeta.Tasks;

namespace RobustMeta.Robustness.Adversaries;

/// <summary>The outer level of the hierarchy: weighs users, mean one, by the losses of their weighted queries.</summary>
internal interface IUserAdversary
{
    /// <summary>The weights of a batch's users.</summary>
    /// <param name="batch">The batch; positions are indices of training users.</param>
    /// <param name="values">Score of each user under the interaction weights, <c>[B]</c>.</param>
    /// <param name="weights">Receives the weights, <c>[B]</c>.</param>
    void Weigh(TaskBatch batch, ReadOnlySpan<double> values, Span<double> weights);

    /// <summary>Ascends with the values of a batch.</summary>
    void Ascend(TaskBatch batch, ReadOnlySpan<double> values);

    /// <summary>Brings the stored weights of users up to date, if steps left something to be written.</summary>
    void Settle() { }

    /// <summary>Closes an epoch; the weights are settled.</summary>
    /// <param name="values">The newest loss of every training user.</param>
    void EndEpoch(ReadOnlySpan<double> values);

    /// <summary>The worst weighted mean of all users' losses over the adversary's set; NaN where it has none.</summary>
    double Worst(ReadOnlySpan<double> values);

    /// <summary>The learned state besides the weights of users, for checkpoints.</summary>
    IReadOnlyDictionary<string, double[]> State { get; }
}
