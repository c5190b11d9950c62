using RobustMeta.Tasks;

namespace RobustMeta.Training;

/// <summary>
/// The model in training as validation uses it: a step may leave a model whose next scores are not finite, and that is
/// a divergence of the batch that made it.
/// </summary>
internal sealed class FiniteScores(IPredictor model, int epoch, int batch) : IPredictor
{
    public string Name => model.Name;

    public bool ScoresAreLabels => model.ScoresAreLabels;

    public float[] Predict(TaskBatch tasks)
    {
        var scores = model.Predict(tasks);
        return Array.TrueForAll(scores, float.IsFinite)
            ? scores
            : throw new DivergenceException(epoch, batch, "a validation score");
    }
}
