namespace RobustMeta.Tasks;

/// <summary>
/// Anything that scores the query items of tasks from their support sets: a trained meta-recommender or a baseline.
/// Predicting changes no state.
/// </summary>
public interface IPredictor
{
    /// <summary>Name of the method as it stands in result tables.</summary>
    string Name { get; }

    /// <summary>
    /// Whether scores estimate the labels, as ratings or as logits. Where they do not, they only order items: error
    /// metrics of them mean nothing and are left out of results.
    /// </summary>
    bool ScoresAreLabels { get; }

    /// <summary>
    /// Scores of all query interactions, laid out as <see cref="TaskBatch.QueryItems"/>: ratings on the data's scale,
    /// or logits of a click. Query labels are not looked at.
    /// </summary>
    float[] Predict(TaskBatch batch);
}
