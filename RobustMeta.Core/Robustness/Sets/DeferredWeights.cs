namespace RobustMeta.Robustness.Sets;

/// <summary>
/// All weights of a slow ascent by projected gradients, in the mean-one convention, kept such that a step of few of them takes
/// no pass over all: what the projection does to every weight alike is one number, applied when a weight is read. Equal to the
/// projection of the whole vector up to rounding.
/// </summary>
internal abstract class DeferredWeights
{
    /// <summary>Number of weights.</summary>
    public abstract int Count { get; }

    /// <summary>Takes over weights that are in the set.</summary>
    public abstract void Load(ReadOnlySpan<double> weights);

    /// <summary>A weight as it is now.</summary>
    public abstract double this[int place] { get; }

    /// <summary>Gives some weights new values and projects the whole vector.</summary>
    /// <param name="places">Which weights, each once.</param>
    /// <param name="moved">Their values before the projection.</param>
    /// <returns>False where that takes the whole vector: nothing is changed then.</returns>
    public abstract bool TryMove(ReadOnlySpan<int> places, ReadOnlySpan<double> moved);

    /// <summary>Writes all weights as they are now.</summary>
    public void CopyTo(Span<double> weights)
    {
        for (var place = 0; place < Count; place++)
        {
            weights[place] = this[place];
        }
    }
}
