using RobustMeta.Robustness.Sets;

namespace RobustMeta.Robustness.Adversaries;

/// <summary>
/// How weights in the mean-one convention rise to the worst case over a set: by gradient steps, or by the best response.
/// The one place for it, whatever the weights are of: users, groups, or the interactions of one user.
/// </summary>
/// <param name="response">The best response.</param>
/// <param name="step">The gradient step; null for best responses.</param>
/// <param name="rate">Learning rate of the steps; 0 leaves the weights untouched.</param>
internal sealed class WeightAscent(SetResponse response, IWeightStep? step, double rate)
{
    /// <summary>Whether single steps are taken, and their rate is not zero: best responses need all losses at once.</summary>
    public bool TakesSteps => step is not null && rate > 0;

    /// <summary>Keeps weights for steps of few of them; null where none are taken, or each needs the whole vector.</summary>
    public DeferredWeights? Defer() => TakesSteps ? step!.Defer() : null;

    /// <summary>All weights, each with its loss.</summary>
    public void Ascend(Span<double> weights, ReadOnlySpan<double> losses)
    {
        if (step is null)
        {
            response.Respond(losses, weights);
        }
        else if (rate > 0)
        {
            step.Move(weights, losses, rate);
            step.Restore(weights);
        }
    }

    /// <summary>A step of some of the weights, after which the whole vector returns to its set.</summary>
    /// <param name="weights">All weights.</param>
    /// <param name="places">Which of them have a loss, each once.</param>
    /// <param name="losses">Their losses.</param>
    public void AscendSome(Span<double> weights, ReadOnlySpan<int> places, ReadOnlySpan<double> losses)
    {
        if (!TakesSteps)
        {
            return;
        }
        using var moved = new Scratch(places.Length);
        for (var i = 0; i < places.Length; i++)
        {
            moved.Values[i] = weights[places[i]];
        }
        step!.Move(moved.Values, losses, rate);
        Put(weights, places, moved.Values);
    }

    /// <summary>The same step of weights that are kept for it.</summary>
    /// <param name="weights">All weights.</param>
    /// <param name="places">Which of them have a loss, each once.</param>
    /// <param name="losses">Their losses.</param>
    /// <param name="whole">Receives all weights after the step where it takes the whole vector.</param>
    /// <returns>Whether the step was taken with <paramref name="weights"/>; otherwise it is in <paramref name="whole"/>.</returns>
    public bool TryAscendSome(
        DeferredWeights weights,
        ReadOnlySpan<int> places,
        ReadOnlySpan<double> losses,
        Span<double> whole
    )
    {
        using var moved = new Scratch(places.Length);
        for (var i = 0; i < places.Length; i++)
        {
            moved.Values[i] = weights[places[i]];
        }
        step!.Move(moved.Values, losses, rate);
        if (weights.TryMove(places, moved.Values))
        {
            return true;
        }
        weights.CopyTo(whole);
        Put(whole, places, moved.Values);
        return false;
    }

    private void Put(Span<double> weights, ReadOnlySpan<int> places, ReadOnlySpan<double> moved)
    {
        for (var i = 0; i < places.Length; i++)
        {
            weights[places[i]] = moved[i];
        }
        step!.Restore(weights);
    }

    /// <summary>A step of weights that have several losses each, one after the other, as items have in a batch.</summary>
    /// <param name="weights">All weights.</param>
    /// <param name="places">The weight that each loss is of.</param>
    /// <param name="losses">The losses.</param>
    public void AscendEach(Span<double> weights, ReadOnlySpan<int> places, ReadOnlySpan<double> losses)
    {
        if (!TakesSteps)
        {
            return;
        }
        for (var i = 0; i < places.Length; i++)
        {
            step!.Move(weights.Slice(places[i], 1), losses.Slice(i, 1), rate);
        }
        step!.Restore(weights);
    }

    /// <summary>The worst mean(w · losses) over the set; NaN where it is no maximum over one set.</summary>
    public double Worst(ReadOnlySpan<double> losses) => response.Worst(losses);
}
