namespace RobustMeta.Serving;

/// <summary>A model in use: adapts to users, on any number of threads at once.</summary>
internal interface IServedModel : IDisposable
{
    /// <summary>Adapts to a user.</summary>
    /// <param name="user">The user's inputs.</param>
    /// <param name="items">Dense indices of the rated items; may be empty.</param>
    /// <param name="labels">Their labels: ratings, or 0/1.</param>
    IServedUser Adapt(FieldInput[] user, int[] items, float[] labels);
}
