using RobustMeta.Tasks;

namespace RobustMeta.Models.Factors;

/// <summary>
/// What every cell tells of its user and of its item: the weight of the other's second moment in the normal equations, and the pull
/// along the other's mean. For ratings both are relative to the noise, and stay as they are; for clicks the weight is the curvature of
/// the bound on the loss, a quarter at first.
/// </summary>
internal sealed unsafe class FactorEvidence
{
    // Vectors whose sums are made in a row by one thread: many enough that a slab is read several times while it is near.
    private const int Vectors = 128;

    private readonly LabelKind label;
    private readonly FactorCells cells;
    private readonly FactorKernels kernels;
    private readonly ParallelOptions threads;

    // By user, then by item.
    private readonly double[] start;
    private readonly Ordered ofUsers;
    private readonly Ordered ofItems;

    /// <summary>The evidence of some cells.</summary>
    /// <param name="label">What is predicted.</param>
    /// <param name="cells">The cells.</param>
    /// <param name="center">Score that everything is relative to.</param>
    /// <param name="kernels">Loops for a width of vectors.</param>
    /// <param name="threads">Where it runs.</param>
    public FactorEvidence(
        LabelKind label,
        FactorCells cells,
        double center,
        FactorKernels kernels,
        ParallelOptions threads
    )
    {
        (this.label, this.cells, this.kernels, this.threads) = (label, cells, kernels, threads);
        start = [.. cells.Offset.Select(offset => offset + center)];
        ofUsers = new(cells.Users, cells.OfUser, cells.Item);
        ofItems = new(cells.Items, cells.RangeOfItem, [.. cells.ByItem.Select(cell => cells.User[cell])]);
        for (var cell = 0; cell < cells.Count; cell++)
        {
            Set(cell, label == LabelKind.Rating ? 1 : 0.25);
        }
        OrderByItem();
    }

    /// <summary>Sums for every user over the items: of moments times weights, of means times pulls.</summary>
    public void SumForUsers(FactorSide items, FactorSide sums) => Sum(ofUsers, items, sums);

    /// <summary>Sums for every item over the users.</summary>
    public void SumForItems(FactorSide users, FactorSide sums) => Sum(ofItems, users, sums);

    /// <summary>Of each user's ratings, the sum of squares of what is left of them beyond what all have in common.</summary>
    public double[] SquaresOfUsers()
    {
        var squares = new double[cells.Users];
        for (var cell = 0; cell < cells.Count; cell++)
        {
            squares[cells.User[cell]] += ofUsers.Pulls[cell] * ofUsers.Pulls[cell];
        }
        return squares;
    }

    /// <summary>The bounds on the losses of clicks touch them where the scores are expected now.</summary>
    public void Tighten(FactorSide users, FactorSide items)
    {
        var factors = new FactorSide(1, users.Width);
        new Span<double>(factors.MeanAt(0), factors.MeanStride).Fill(1);
        for (var place = 0; place < PackedSymmetric.Size(users.Width); place++)
        {
            // Each element below the diagonal stands for two.
            factors.MomentAt(place / FactorKernels.Block, 0)[place % FactorKernels.Block] = place < users.Width ? 1 : 2;
        }
        Parallel.For(0, Blocks(cells.Users), threads, block => Tighten(users, items, factors, block));
        OrderByItem();
    }

    private void Tighten(FactorSide users, FactorSide items, FactorSide factors, int block)
    {
        var (first, end) = (block * Vectors, Math.Min(cells.Users, (block + 1) * Vectors));
        var begin = cells.OfUser(first).First;
        var squares = new double[cells.OfUser(end - 1).End - begin];
        var scores = new double[squares.Length];
        for (var slab = 0; slab < items.Slabs; slab++)
        {
            for (var user = first; user < end; user++)
            {
                var chosen = ChosenBy(user, begin, squares, out var sums);
                var own = users.MomentAt(slab, user);
                var factor = factors.MomentAt(slab, 0);
                kernels.AddDots(items.MomentAt(slab, 0), FactorKernels.Block, chosen, own, factor, sums);
            }
        }
        for (var column = 0; column < items.MeanStride; column += FactorKernels.Block)
        {
            for (var user = first; user < end; user++)
            {
                var chosen = ChosenBy(user, begin, scores, out var sums);
                var own = users.MeanAt(user) + column;
                var factor = factors.MeanAt(0) + column;
                kernels.AddDots(items.MeanAt(0) + column, items.MeanStride, chosen, own, factor, sums);
            }
        }
        for (var i = 0; i < squares.Length; i++)
        {
            var from = start[begin + i];
            // E[score²], at least that of a score of 1e-3: the curvature's limit at 0 is a quarter.
            var size = Math.Sqrt(Math.Max(1e-6, squares[i] + 2 * from * scores[i] + from * from));
            Set(begin + i, Math.Tanh(size / 2) / (2 * size));
        }
    }

    // A user's items, and the numbers that belong to them.
    private ReadOnlySpan<int> ChosenBy(int user, int begin, double[] numbers, out Span<double> own)
    {
        var (first, end) = cells.OfUser(user);
        own = numbers.AsSpan(first - begin, end - first);
        return cells.Item.AsSpan(first..end);
    }

    private static int Blocks(int vectors) => (vectors + Vectors - 1) / Vectors;

    private void Set(int cell, double weight)
    {
        ofUsers.Weights[cell] = weight;
        ofUsers.Pulls[cell] =
            label == LabelKind.Rating
                ? cells.Label[cell] - start[cell]
                : cells.Label[cell] - 0.5 - weight * start[cell];
    }

    private void OrderByItem() =>
        Parallel.For(
            0,
            Blocks(cells.Items),
            threads,
            block =>
            {
                var (first, end) = (block * Vectors, Math.Min(cells.Items, (block + 1) * Vectors));
                for (var at = cells.RangeOfItem(first).First; at < cells.RangeOfItem(end - 1).End; at++)
                {
                    var cell = cells.ByItem[at];
                    (ofItems.Weights[at], ofItems.Pulls[at]) = (ofUsers.Weights[cell], ofUsers.Pulls[cell]);
                }
            }
        );

    // Every sum is made by one thread, in the order of its cells.
    private void Sum(Ordered order, FactorSide from, FactorSide into)
    {
        var blocks = Blocks(order.Count);
        Parallel.For(
            0,
            (from.Slabs + from.MeanStride / FactorKernels.Block) * blocks,
            threads,
            piece =>
            {
                var (slab, block) = Math.DivRem(piece, blocks);
                for (var at = block * Vectors; at < Math.Min(order.Count, (block + 1) * Vectors); at++)
                {
                    Sum(order, from, into, slab, at);
                }
            }
        );
    }

    private void Sum(Ordered order, FactorSide from, FactorSide into, int slab, int at)
    {
        var (first, end) = order.RangeOf(at);
        var chosen = order.Others.AsSpan(first..end);
        if (slab < from.Slabs)
        {
            var weights = order.Weights.AsSpan(first..end);
            kernels.Weigh(weights, from.MomentAt(slab, 0), FactorKernels.Block, chosen, into.MomentAt(slab, at));
            return;
        }
        // Behind the slabs come the means.
        var pulls = order.Pulls.AsSpan(first..end);
        var column = (slab - from.Slabs) * FactorKernels.Block;
        kernels.Weigh(pulls, from.MeanAt(0) + column, from.MeanStride, chosen, into.MeanAt(at) + column);
    }

    // Cells in the order of one side's vectors: the other side's vector of each, weight and pull.
    private sealed record Ordered(int Count, Func<int, (int First, int End)> RangeOf, int[] Others)
    {
        public double[] Weights { get; } = new double[Others.Length];
        public double[] Pulls { get; } = new double[Others.Length];
    }
}
