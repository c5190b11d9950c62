namespace RobustMeta.Serving;

/// <summary>A model that has adapted to a user. Immutable.</summary>
internal interface IServedUser
{
    /// <summary>Scores of some items.</summary>
    /// <param name="items">Dense indices.</param>
    float[] Score(int[] items);

    /// <summary>Standard deviations of the scores of some items; null where the model has none.</summary>
    /// <param name="items">Dense indices.</param>
    float[]? Deviations(int[] items);
}
