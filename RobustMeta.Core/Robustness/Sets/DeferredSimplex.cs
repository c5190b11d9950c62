namespace RobustMeta.Robustness.Sets;

/// <summary>
/// Weights on the simplex {w ≥ 0, mean w = 1}. The projection lowers all positive weights by the same threshold δ, so that each
/// is kept as a level above the sum of all thresholds; a heap of the positive ones finds those that the threshold takes to zero.
/// A step of B of n weights takes O(B log n), and O(log n) for each that comes to zero.
/// </summary>
internal sealed class DeferredSimplex : DeferredWeights
{
    private const int Nowhere = -1;

    // As for the projection of the whole vector.
    private const double LargestMean = 1024;

    private double[] levels = [];
    private double threshold;

    // Places of the positive weights, none above those at 2i + 1 and 2i + 2, and where each place stands.
    private int[] heap = [];
    private int[] standing = [];
    private int positive;

    /// <inheritdoc/>
    public override int Count => levels.Length;

    /// <inheritdoc/>
    public override double this[int place] => standing[place] == Nowhere ? 0 : levels[place] - threshold;

    /// <inheritdoc/>
    public override void Load(ReadOnlySpan<double> weights)
    {
        if (levels.Length != weights.Length)
        {
            levels = new double[weights.Length];
            heap = new int[weights.Length];
            standing = new int[weights.Length];
        }
        weights.CopyTo(levels);
        threshold = 0;
        positive = 0;
        for (var place = 0; place < levels.Length; place++)
        {
            standing[place] = Nowhere;
            if (levels[place] > 0)
            {
                Stand(place, positive++);
            }
        }
        for (var i = positive / 2 - 1; i >= 0; i--)
        {
            Sink(i);
        }
    }

    /// <inheritdoc/>
    public override bool TryMove(ReadOnlySpan<int> places, ReadOnlySpan<double> moved)
    {
        // They sum to n before the move. A moved weight at or below zero counts only if it was positive: it leaves below.
        double sum = Count;
        for (var i = 0; i < places.Length; i++)
        {
            var isPositive = standing[places[i]] != Nowhere;
            sum += isPositive || moved[i] > 0 ? moved[i] - this[places[i]] : 0;
        }
        if (!(sum <= LargestMean * Count) || (sum < Count && positive < Count))
        {
            // Differences would lose digits; or a negative threshold raises all that are zero.
            return false;
        }
        for (var i = 0; i < places.Length; i++)
        {
            Put(places[i], moved[i]);
        }
        var next = (sum - Count) / positive;
        // Without the weights that come to zero the threshold rises, which may take others there.
        for (var lowest = Lowest(); lowest <= next; lowest = Lowest())
        {
            sum -= lowest;
            RemoveLowest();
            next = (sum - Count) / positive;
        }
        threshold += next;
        return true;
    }

    private double Lowest() => levels[heap[0]] - threshold;

    private void Put(int place, double weight)
    {
        levels[place] = weight + threshold;
        if (standing[place] != Nowhere)
        {
            Settle(standing[place]);
        }
        else if (weight > 0)
        {
            Stand(place, positive++);
            Settle(positive - 1);
        }
    }

    private void RemoveLowest()
    {
        var gone = heap[0];
        positive--;
        Stand(heap[positive], 0);
        standing[gone] = Nowhere;
        Sink(0);
    }

    private void Stand(int place, int index)
    {
        heap[index] = place;
        standing[place] = index;
    }

    private void Settle(int index)
    {
        var place = heap[index];
        while (index > 0 && levels[place] < levels[heap[(index - 1) / 2]])
        {
            var above = (index - 1) / 2;
            Stand(heap[above], index);
            index = above;
        }
        Stand(place, index);
        Sink(index);
    }

    private void Sink(int index)
    {
        if (index >= positive)
        {
            return;
        }
        var place = heap[index];
        while (2 * index + 1 < positive)
        {
            var below = 2 * index + 1;
            if (below + 1 < positive && levels[heap[below + 1]] < levels[heap[below]])
            {
                below++;
            }
            if (levels[heap[below]] >= levels[place])
            {
                break;
            }
            Stand(heap[below], index);
            index = below;
        }
        Stand(place, index);
    }
}
