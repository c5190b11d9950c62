namespace RobustMeta.Models.Factors;

/// <summary>
/// Gaussian vectors of all users, or of all items: means and second moments, these as <see cref="PackedSymmetric"/>.
/// </summary>
/// <param name="count">Number of vectors.</param>
/// <param name="width">Width D of each.</param>
internal sealed class FactorSide(int count, int width)
{
    private readonly int size = PackedSymmetric.Size(width);
    private readonly double[] means = new double[count * width];
    private readonly double[] moments = new double[(long)count * PackedSymmetric.Size(width)];

    /// <summary>E[x], <c>[D]</c>.</summary>
    public ReadOnlySpan<double> Mean(int index) => means.AsSpan(index * width, width);

    /// <summary>E[xxᵀ], packed.</summary>
    public ReadOnlySpan<double> Moment(int index) => Square(index);

    /// <summary>Sets mean and covariance; the covariance is that of the last positions, the others are certain.</summary>
    public void Set(int index, ReadOnlySpan<double> mean, ReadOnlySpan<double> covariance = default)
    {
        mean.CopyTo(means.AsSpan(index * width, width));
        var square = Square(index);
        var random = (int)Math.Sqrt(covariance.Length);
        var certain = width - random;
        for (var k = 0; k < width; k++)
        {
            square[k] = mean[k] * mean[k] + Covariance(k, k, covariance);
        }
        var place = width;
        for (var l = 0; l < width; l++)
        {
            for (var k = l + 1; k < width; k++)
            {
                square[place++] = mean[k] * mean[l] + Covariance(k, l, covariance);
            }
        }

        double Covariance(int k, int l, ReadOnlySpan<double> covariance) =>
            k < certain || l < certain ? 0 : covariance[(k - certain) * random + l - certain];
    }

    /// <summary>Mean over the vectors that are seen, and over positions <c>first .. last-1</c>, of E[(x − centre)²].</summary>
    public double MeanSquare(int first, int last, bool[] isSeen, Func<int, int, double> centre)
    {
        double sum = 0;
        long number = 0;
        for (var i = 0; i < count; i++)
        {
            if (!isSeen[i])
            {
                continue;
            }
            var mean = Mean(i);
            var squares = Square(i)[..width];
            for (var k = first; k < last; k++)
            {
                var c = centre(i, k);
                sum += squares[k] - 2 * c * mean[k] + c * c;
                number++;
            }
        }
        return number == 0 ? 1 : sum / number;
    }

    private Span<double> Square(int index) => moments.AsSpan(index * size, size);
}
