using RobustMeta.Models;
using RobustMeta.Tasks;

namespace RobustMeta.Engine;

/// <summary>
/// An engine that keeps the gradients of the parts of a batch apart: their inner products are there before the weights of the objective,
/// and the gradient of an objective that weighs each part as a whole is a sum of theirs. One pass gives both.
/// </summary>
internal interface IPartEngine : IMetaGradientEngine
{
    /// <summary>
    /// Whether it does so for the model in this phase; else <see cref="Training.PartGradients"/> asks for the parts one after the other.
    /// </summary>
    bool TakesParts(TrainingPhase phase);

    /// <summary>Losses of the query, as <see cref="IMetaGradientEngine.Forward"/> without weights of the support.</summary>
    /// <param name="batch">The tasks, those of a part in a row.</param>
    /// <param name="ends">One past the last task of each part, ascending; the last is the number of tasks.</param>
    /// <param name="phase">One for which parts are taken.</param>
    ReadOnlySpan<float> ForwardParts(TaskBatch batch, ReadOnlySpan<int> ends, TrainingPhase phase);

    /// <summary>
    /// Inner products of the gradients of the parts' mean losses (mean over users of the mean over each user's query), <c>[parts, parts]</c>.
    /// After <see cref="ForwardParts"/>, whose losses stay valid.
    /// </summary>
    double[,] PartProducts();

    /// <summary>Sets the gradient to the sum of the parts', each times its factor: in place of <see cref="IMetaGradientEngine.Backward"/>.</summary>
    /// <param name="factors">A factor for each part.</param>
    void BackwardParts(ReadOnlySpan<float> factors);
}
