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

    /// <summary>
    /// The batch in one pass; null where the adversary looks at losses alone, or where a pass of the engine's for the parts alone was needed
    /// and has been taken.
    /// </summary>
    /// <param name="engine">Computes it.</param>
    /// <param name="batch">The batch; in one pass, those of a part come to stand in a row.</param>
    /// <param name="adversary">Asks for the gradients.</param>
    /// <param name="phase">What is learned.</param>
    public static PartedBatch? Of(
        IMetaGradientEngine engine,
        ref TaskBatch batch,
        Reweighter adversary,
        TrainingPhase phase
    )
    {
        var parts = adversary.GradientParts(batch);
        if (parts.Count == 0)
        {
            return null;
        }
        if (engine is not IPartEngine able || !able.TakesParts(phase) || !adversary.WeighsWholeParts)
        {
            adversary.LearnGradients(batch, PartGradients.Products(engine, batch, parts, adversary, phase));
            return null;
        }
        var places = new int[batch.Count];
        var ends = new int[parts.Count];
        var end = 0;
        for (var part = 0; part < ends.Length; part++)
        {
            parts[part].CopyTo(places, end);
            ends[part] = end += parts[part].Length;
        }
        batch = batch.Part(places);
        return new(able, batch, phase, ends);
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
