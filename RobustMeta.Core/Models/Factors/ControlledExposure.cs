using RobustMeta.Runtime;

namespace RobustMeta.Models.Factors;

/// <summary>Exposure under a control experiment: the first columns of rows, which say which one of many an exposure is of.</summary>
/// <param name="control">The experiment.</param>
/// <param name="seed">Master seed of the run.</param>
internal sealed class ControlledExposure(ExposureControl control, long seed)
{
    /// <summary>Changes rows in place as the control asks.</summary>
    /// <param name="name">What the rows are of, for the seed.</param>
    /// <param name="rows">Rows of owners.</param>
    /// <param name="columns">The columns that change; others stay with their owner.</param>
    /// <param name="sizes">Number of ratings of each owner; owners of 0 are left as they are.</param>
    public void Apply(string name, double[][] rows, Range columns, IReadOnlyList<int> sizes)
    {
        if (control == ExposureControl.Size)
        {
            foreach (var row in rows)
            {
                row.AsSpan(columns).Clear();
            }
        }
        else if (control == ExposureControl.Shuffled)
        {
            Exchange(rows, columns, Others(name, sizes));
        }
    }

    // Owners in the order of their sizes, at random among equals: each gets what the next one has, the last what the first has.
    private List<int> Others(string name, IReadOnlyList<int> sizes)
    {
        var random = Seeds.Generator(seed, "exposure control", name);
        return [.. random.Permutation(sizes.Count).Where(owner => sizes[owner] > 0).OrderBy(owner => sizes[owner])];
    }

    private static void Exchange(double[][] rows, Range columns, List<int> order)
    {
        var own = order.ConvertAll(owner => rows[owner].AsSpan(columns).ToArray());
        for (var place = 0; place < order.Count; place++)
        {
            own[(place + 1) % order.Count].CopyTo(rows[order[place]].AsSpan(columns));
        }
    }
}
