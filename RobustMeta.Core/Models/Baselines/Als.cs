using System.Globalization;
using System.Numerics.Tensors;
using MathNet.Numerics.LinearAlgebra;
using RobustMeta.Runtime;
using RobustMeta.Settings;

namespace RobustMeta.Models.Baselines;

/// <summary>
/// Matrix factorisation by alternating least squares. On positives: every cell counts, a positive 1 + α times (Hu et al.,
/// ICDM 2008, equations 4 and 5). On residuals: observed cells alone count (Zhou et al., AAIM 2008, unweighted penalty).
/// A new user is folded in by the same equation, <c>p = (VᵀCV + λI)⁻¹ VᵀCx</c>.
/// </summary>
public sealed class Als : IProfileModel
{
    // Vectors are held as rows and as a matrix, the old ones beside the new; cells by user and by item, in lists that double.
    private const double BytesPerNumber = 32;
    private const double BytesPerCell = 48;
    private const double OperationsPerSecond = 1e9;

    private readonly AlsSpec spec;

    // One vector an item: row-major, [items, factors].
    private readonly double[] items;
    private readonly double[] everyCell;

    private Als(AlsSpec spec, double[] items)
    {
        this.spec = spec;
        this.items = items;
        everyCell = Background(spec, items);
    }

    /// <summary>Factorises.</summary>
    /// <param name="spec">Number of factors, penalty, rounds.</param>
    /// <param name="users">Rows of the matrix.</param>
    /// <param name="itemCount">Number of all items; those without a rating get a zero vector.</param>
    /// <param name="seed">Seed of the initial factors.</param>
    public static Als Fit(AlsSpec spec, IReadOnlyList<Profile> users, int itemCount, long seed)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(users);
        var random = Seeds.Generator(seed, "als");
        var columns = Transposed(users, itemCount);
        var items = Start(spec, columns, random);
        for (var round = 0; round < spec.Rounds; round++)
        {
            var people = Solve(spec, items, users);
            items = Solve(spec, people, columns);
        }
        return new(spec, items);
    }

    /// <summary>Memory and time that fitting needs.</summary>
    /// <param name="spec">Number of factors, rounds.</param>
    /// <param name="users">Rows of the matrix.</param>
    /// <param name="itemCount">Number of all items.</param>
    public static FitEstimate Estimate(AlsSpec spec, IReadOnlyList<Profile> users, int itemCount)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(users);
        double factors = spec.Factors;
        var vectors = (double)users.Count + itemCount;
        var cells = users.Sum(user => (double)user.Items.Length);
        // Each cell adds a square to the normal equations of its user and of its item; each vector solves its equations.
        var operations = spec.Rounds * factors * factors * (4 * cells + vectors * (factors / 3 + 4));
        return new(
            spec.Name,
            string.Create(CultureInfo.InvariantCulture, $"{users.Count:N0} users and {itemCount:N0} items"),
            BytesPerNumber * vectors * factors + BytesPerCell * cells,
            operations / OperationsPerSecond,
            "Take fewer factors or rounds (factors, rounds), or fewer users (userNum)"
        );
    }

    /// <inheritdoc/>
    public double[] Score(Profile profile, ReadOnlySpan<int> items)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var outputs = new double[items.Length];
        var person = new double[spec.Factors];
        Factor(spec, this.items, everyCell, profile, person);
        for (var i = 0; i < items.Length; i++)
        {
            var item = this.items.AsSpan(items[i] * spec.Factors, spec.Factors);
            for (var k = 0; k < spec.Factors; k++)
            {
                outputs[i] += item[k] * person[k];
            }
        }
        return outputs;
    }

    // Drawn factor by factor.
    private static double[] Start(AlsSpec spec, List<Profile> columns, Random random)
    {
        var items = new double[columns.Count * spec.Factors];
        for (var k = 0; k < spec.Factors; k++)
        {
            for (var i = 0; i < columns.Count; i++)
            {
                items[i * spec.Factors + k] = columns[i].Items.IsEmpty
                    ? 0
                    : random.NextGaussian() / Math.Sqrt(spec.Factors);
            }
        }
        return items;
    }

    // Rows do not depend on each other, so that the result does not depend on the threads.
    private static double[] Solve(AlsSpec spec, double[] others, IReadOnlyList<Profile> rows)
    {
        var background = Background(spec, others);
        var solved = new double[rows.Count * spec.Factors];
        Parallel.For(
            0,
            rows.Count,
            ThreadLimit.Parallel(),
            row => Factor(spec, others, background, rows[row], solved.AsSpan(row * spec.Factors, spec.Factors))
        );
        return solved;
    }

    // λI, and on positives the Gram matrix of all cells, [factors, factors].
    private static double[] Background(AlsSpec spec, double[] others)
    {
        var ridge = Matrix<double>.Build.DenseDiagonal(spec.Factors, spec.Regularization);
        if (spec.Signal != SignalKind.Positives)
        {
            return ridge.ToColumnMajorArray();
        }
        // Row-major, so that its columns are the vectors.
        var vectors = Matrix<double>.Build.Dense(spec.Factors, others.Length / spec.Factors, others);
        return (ridge + vectors.TransposeAndMultiply(vectors)).ToColumnMajorArray();
    }

    // One row's normal equations, summed up cell by cell: for so small a system the library's products cost more than they do.
    private static void Factor(AlsSpec spec, double[] others, double[] background, Profile row, Span<double> solution)
    {
        var count = spec.Factors;
        if (row.Items.IsEmpty)
        {
            solution.Clear();
            return;
        }
        var (extra, target) = spec.Signal == SignalKind.Positives ? (spec.Confidence, spec.Confidence + 1) : (1, 1);
        var system = background.ToArray();
        var pull = new double[count];
        for (var j = 0; j < row.Items.Length; j++)
        {
            var own = others.AsSpan(row.Items[j] * count, count);
            TensorPrimitives.MultiplyAdd(own, target * row.Values[j], pull, pull);
            for (var k = 0; k < count; k++)
            {
                var column = system.AsSpan(k * count, count);
                TensorPrimitives.MultiplyAdd(own, extra * own[k], column, column);
            }
        }
        var factored = Matrix<double>.Build.Dense(count, count, system).Cholesky();
        factored.Solve(Vector<double>.Build.Dense(pull)).AsArray().CopyTo(solution);
    }

    private static List<Profile> Transposed(IReadOnlyList<Profile> rows, int columns)
    {
        var users = Enumerable.Range(0, columns).Select(_ => new List<int>()).ToList();
        var values = Enumerable.Range(0, columns).Select(_ => new List<double>()).ToList();
        for (var u = 0; u < rows.Count; u++)
        {
            for (var j = 0; j < rows[u].Items.Length; j++)
            {
                users[rows[u].Items[j]].Add(u);
                values[rows[u].Items[j]].Add(rows[u].Values[j]);
            }
        }
        return [.. users.Zip(values, (u, v) => new Profile([.. u], [.. v]))];
    }
}
