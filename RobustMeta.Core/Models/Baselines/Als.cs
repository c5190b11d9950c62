using System.Globalization;
using System.Numerics.Tensors;
using MathNet.Numerics.LinearAlgebra;
using RobustMeta.Runtime;

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
    private readonly Matrix<double> items;
    private readonly Matrix<double> everyCell;

    private Als(AlsSpec spec, Matrix<double> items)
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
        var random = Seeds.Generator(seed, "als");
        var columns = Transposed(users, itemCount);
        var items = Matrix<double>.Build.Dense(
            itemCount,
            spec.Factors,
            (i, _) => columns[i].Items.IsEmpty ? 0 : random.NextGaussian() / Math.Sqrt(spec.Factors)
        );
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
        var outputs = new double[items.Length];
        var person = Factor(spec, this.items, everyCell, profile);
        for (var i = 0; i < items.Length; i++)
        {
            outputs[i] = this.items.Row(items[i]).DotProduct(person);
        }
        return outputs;
    }

    private static Matrix<double> Solve(AlsSpec spec, Matrix<double> others, IReadOnlyList<Profile> rows)
    {
        var background = Background(spec, others);
        return Matrix<double>.Build.DenseOfRowVectors(rows.Select(row => Factor(spec, others, background, row)));
    }

    // λI, and on positives the Gram matrix of all cells.
    private static Matrix<double> Background(AlsSpec spec, Matrix<double> others)
    {
        var ridge = Matrix<double>.Build.DenseDiagonal(spec.Factors, spec.Regularization);
        return spec.Signal == SignalKind.Positives ? ridge + others.TransposeThisAndMultiply(others) : ridge;
    }

    // One row's normal equations, summed up cell by cell: for so small a system the library's products cost more than they do.
    private static Vector<double> Factor(AlsSpec spec, Matrix<double> others, Matrix<double> background, Profile row)
    {
        var count = spec.Factors;
        if (row.Items.IsEmpty)
        {
            return Vector<double>.Build.Dense(count);
        }
        var (extra, target) = spec.Signal == SignalKind.Positives ? (spec.Confidence, spec.Confidence + 1) : (1, 1);
        var system = background.ToColumnMajorArray();
        var pull = new double[count];
        var own = new double[count];
        for (var j = 0; j < row.Items.Length; j++)
        {
            for (var k = 0; k < count; k++)
            {
                own[k] = others.At(row.Items[j], k);
            }
            TensorPrimitives.MultiplyAdd(own, target * row.Values[j], pull, pull);
            for (var k = 0; k < count; k++)
            {
                var column = system.AsSpan(k * count, count);
                TensorPrimitives.MultiplyAdd(own, extra * own[k], column, column);
            }
        }
        return Matrix<double>.Build.Dense(count, count, system).Cholesky().Solve(Vector<double>.Build.Dense(pull));
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
