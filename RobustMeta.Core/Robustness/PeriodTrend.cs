using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness;

/// <summary>
/// The shifting factor of temporally and distributionally robust optimisation (TDRO: Lin, Wang, Zhao, Li, Feng, Chua, AAAI 2024,
/// arXiv 2312.09901): how much a step that lowers the loss of a group of users lowers the losses of all groups in later periods.
/// A cell is what a batch has of one group and one period; its gradient a_ge is that of its mean loss L_ge, brought to the length
/// L_ge (Piratla, Netrapalli, Sarawagi, ICLR 2022, with power 1), zero where the cell is empty. With K groups, E periods and
/// importances β_e ∝ exp(p e), which sum to one, the trend of group g is
/// <c>⟨ 1/E Σ_e a_ge , 1/(KE) Σ_i Σ_e β_e a_ie ⟩</c>. In the paper the groups are of items, which are cold there; here of users,
/// who are. This is the form of the authors' program (<c>train_TDRO</c> of github.com/Linxyhaha/TDRO), but for two things: gradients are
/// those of all learned parameters, where theirs are of one layer, and β is exp(p e) over its sum, where theirs is a softmax of exp(p e).
/// </summary>
internal sealed class PeriodTrend
{
    private const double Least = 1e-16;
    private readonly double[] importance;

    // Of each training user: group times E plus period.
    private readonly int[] cells;
    private readonly int groupCount;

    // Of each cell its number of users in a batch, then its part.
    private readonly int[] sizes;

    // Of the batch that parts were asked for last, and of the one that gradients were given for last.
    private TaskBatch? divided;
    private TaskBatch? seen;
    private int[][] parts = [];
    private double[,] products = new double[0, 0];

    /// <summary>The trends of groups.</summary>
    /// <param name="groups">Group of each training user, 0 … K − 1.</param>
    /// <param name="periods">Period of each training user, 0 … E − 1, from the earliest to the latest.</param>
    /// <param name="growth">p of the periods' importances, at least 0.</param>
    public PeriodTrend(ImmutableArray<int> groups, ImmutableArray<int> periods, double growth)
    {
        groupCount = groups.Max() + 1;
        importance = [.. Enumerable.Range(0, periods.Max() + 1).Select(e => Math.Exp(growth * e))];
        cells = [.. groups.Zip(periods, (group, period) => group * importance.Length + period)];
        sizes = new int[groupCount * importance.Length];
        var sum = importance.Sum();
        for (var e = 0; e < importance.Length; e++)
        {
            importance[e] /= sum;
        }
    }

    /// <summary>Orders users of a batch by cell, those of a cell as they were.</summary>
    public void Arrange(Span<int> users)
    {
        Array.Clear(sizes);
        foreach (var user in users)
        {
            sizes[cells[user]]++;
        }
        var start = 0;
        foreach (ref var size in sizes.AsSpan())
        {
            (size, start) = (start, start + size);
        }
        foreach (var user in users.ToArray())
        {
            users[sizes[cells[user]]++] = user;
        }
    }

    /// <summary>Places of a batch's tasks by cell, without empty cells; each in ascending order.</summary>
    public int[][] Parts(TaskBatch batch)
    {
        if (!ReferenceEquals(batch, divided))
        {
            (divided, parts) = (batch, Divide(batch));
        }
        return parts;
    }

    /// <summary>Takes the gradients of a batch's cells.</summary>
    /// <param name="batch">The batch, which is weighed next.</param>
    /// <param name="gradients">Inner products of the gradients of the mean losses of its <see cref="Parts"/>.</param>
    public void See(TaskBatch batch, double[,] gradients) => (seen, products) = (batch, gradients);

    /// <summary>Trend of each group, <c>[K]</c>; 0 for groups without a user in the batch.</summary>
    /// <param name="batch">The batch whose gradients were taken last.</param>
    /// <param name="values">Mean loss of each of its users.</param>
    /// <exception cref="InvalidOperationException">They were of another batch.</exception>
    public double[] Of(TaskBatch batch, ReadOnlySpan<double> values)
    {
        if (!ReferenceEquals(batch, seen))
        {
            throw new InvalidOperationException(
                "Trends need the gradients of the batch: call LearnGradients before Weigh."
            );
        }
        Parts(batch);
        var scale = new double[parts.Length];
        for (var part = 0; part < parts.Length; part++)
        {
            double total = 0;
            foreach (var b in parts[part])
            {
                total += values[b];
            }
            scale[part] = total / parts[part].Length / (Math.Sqrt(products[part, part]) + Least);
        }
        var trends = new double[groupCount];
        for (var part = 0; part < parts.Length; part++)
        {
            double along = 0;
            for (var other = 0; other < parts.Length; other++)
            {
                along += importance[CellOf(batch, other) % importance.Length] * scale[other] * products[part, other];
            }
            trends[CellOf(batch, part) / importance.Length] += scale[part] * along;
        }
        var count = (double)importance.Length * importance.Length * groupCount;
        for (var g = 0; g < trends.Length; g++)
        {
            trends[g] /= count;
        }
        return trends;
    }

    private int CellOf(TaskBatch batch, int part) => cells[batch.Positions[parts[part][0]]];

    private int[][] Divide(TaskBatch batch)
    {
        Array.Clear(sizes);
        foreach (var user in batch.Positions)
        {
            sizes[cells[user]]++;
        }
        var found = new int[sizes.Length - sizes.AsSpan().Count(0)][];
        for (int cell = 0, part = 0; cell < sizes.Length; cell++)
        {
            if (sizes[cell] > 0)
            {
                found[part] = new int[sizes[cell]];
                sizes[cell] = part++;
            }
        }
        Span<int> filled = stackalloc int[found.Length];
        filled.Clear();
        for (var b = 0; b < batch.Count; b++)
        {
            var part = sizes[cells[batch.Positions[b]]];
            found[part][filled[part]++] = b;
        }
        return found;
    }
}
