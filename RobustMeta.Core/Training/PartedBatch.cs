using RobustMeta.Engine;
using RobustMeta.Models;
using RobustMeta.Robustness;
using RobustMeta.Tasks;

namespace RobustMeta.Training;

/// <summary>
/// A batch whose parts' gradients the adversary asks for and weighs as a whole: one pass through the model gives their inner products, and
/// then their weighted sum.
/// </summary>
internal sealed class PartedBatch
{
    private readonly IPartEngine engine;
    private readonly TaskBatch batch;
    private readonly TrainingPhase phase;
    private readonly int[] ends;

    private PartedBatch(IPartEngine engine, TaskBatch batch, TrainingPhase phase, int[] ends) =>
        (this.engine, this.batch, this.phase, this.ends) = (engine, batch, phase, ends);

    /// <summary>Whether one pass is enough: the engine keeps parts apart, and the adversary weighs no single interaction.</summary>
    public static bool IsPossible(IMetaGradientEngine engine, Reweighter adversary, TrainingPhase phase) =>
        adversary.WeighsWholeParts && engine is IPartEngine able && able.TakesParts(phase);

    /// <summary>
    /// The batch in one pass; null where the adversary looks at losses alone, or where a pass of its own for each part was needed and has been
    /// taken.
    /// </summary>
    /// <param name="engine">Computes it.</param>
    /// <param name="batch">The batch; where one pass is possible, after <see cref="Reweighter.Arrange"/>.</param>
    /// <param name="adversary">Asks for the gradients.</param>
    /// <param name="phase">What is learned.</param>
    public static PartedBatch? Of(
        IMetaGradientEngine engine,
        TaskBatch batch,
        Reweighter adversary,
        TrainingPhase phase
    )
    {
        var parts = adversary.GradientParts(batch);
        if (parts.Count == 0)
        {
            return null;
        }
        if (!IsPossible(engine, adversary, phase))
        {
            adversary.LearnGradients(batch, PartGradients.Products(engine, batch, parts, adversary, phase));
            return null;
        }
        var ends = new int[parts.Count];
        var end = 0;
        for (var part = 0; part < ends.Length; part++)
        {
            if (parts[part][0] != end || parts[part][^1] != end + parts[part].Length - 1)
            {
                throw new InvalidOperationException(
                    "Users of a part do not stand in a row: call Arrange before the batch is made."
                );
            }
            ends[part] = end += parts[part].Length;
        }
        return new((IPartEngine)engine, batch, phase, ends);
    }

    /// <summary>Losses of the query.</summary>
    public ReadOnlySpan<float> Forward() => engine.ForwardParts(batch, ends, phase);

    /// <summary>Gives the adversary what it asks for, after <see cref="Forward"/>.</summary>
    public void Teach(Reweighter adversary) => adversary.LearnGradients(batch, engine.PartProducts());

    /// <summary>Sets the gradient.</summary>
    /// <param name="ofUsers">Weight of each user's query, the same for all users of a part.</param>
    public void Backward(ReadOnlySpan<float> ofUsers)
    {
        var factors = new float[ends.Length];
        var first = 0;
        for (var part = 0; part < ends.Length; part++)
        {
            factors[part] = ofUsers[first] * (ends[part] - first);
            first = ends[part];
        }
        engine.BackwardParts(factors);
    }
}
