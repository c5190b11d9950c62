using System.Globalization;

namespace RobustMeta.Models.Baselines;

/// <summary>
/// Neighbourhood of items (Sarwar et al., WWW 2001): similarity is the cosine of two columns with shrinkage,
/// <c>x_iᵀx_j / (|x_i||x_j| + shrink)</c>; the output for an item sums over the most similar items of the profile. Residuals are
/// averaged, <c>Σ s r / (Σ |s| + shrink / 100)</c>; positives are summed.
/// </summary>
/// <param name="products">Inner products of the columns.</param>
/// <param name="neighbours">Number of most similar profile items that count.</param>
/// <param name="shrink">Shrinkage, at least 0.</param>
/// <param name="kind">What the columns hold.</param>
public sealed class ItemKnn(IItemProducts products, int neighbours, double shrink, SignalKind kind) : IProfileModel
{
    // Up to so many items, the products of all pairs take half a gigabyte. Beyond, a pair is multiplied when it is asked for.
    private const int MostPaired = 10_000;

    // Half of a symmetric matrix.
    private const double BytesPerPair = 5;
    private const double BytesPerRating = 32;
    private const double SecondsPerRating = 1e-8;

    private readonly IItemProducts products = products ?? throw new ArgumentNullException(nameof(products));

    /// <summary>Fits by the form that the number of items asks for: all pairs of items, or their columns alone.</summary>
    /// <param name="profiles">Rows of the matrix.</param>
    /// <param name="items">Number of all items.</param>
    /// <param name="spec">Neighbours and shrinkage.</param>
    /// <param name="kind">What the columns hold.</param>
    public static ItemKnn Fit(IReadOnlyList<Profile> profiles, int items, ItemKnnSpec spec, SignalKind kind)
    {
        ArgumentNullException.ThrowIfNull(profiles);
        ArgumentNullException.ThrowIfNull(spec);
        return new(
            ItemPlaces.Rated(profiles) <= MostPaired ? new ItemGram(profiles, items) : new ItemColumns(profiles, items),
            spec.Neighbours,
            spec.Shrink,
            kind
        );
    }

    /// <summary>Memory and time that fitting needs.</summary>
    /// <param name="profiles">Rows of the matrix.</param>
    public static FitEstimate Estimate(IReadOnlyList<Profile> profiles)
    {
        ArgumentNullException.ThrowIfNull(profiles);
        if (ItemPlaces.Rated(profiles) <= MostPaired)
        {
            return ItemGram.Estimate("ItemKNN", profiles, BytesPerPair, _ => 0);
        }
        var ratings = profiles.Sum(profile => (double)profile.Items.Length);
        return new(
            "ItemKNN",
            string.Create(CultureInfo.InvariantCulture, $"{ratings:N0} ratings"),
            BytesPerRating * ratings,
            SecondsPerRating * ratings,
            "Take fewer users (userNum)"
        );
    }

    /// <inheritdoc/>
    public double[] Score(Profile profile, ReadOnlySpan<int> items)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var outputs = new double[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            var to = items[i];
            if (!products.Knows(to))
            {
                continue;
            }
            var nearest = profile
                .Items.Select((item, j) => (Similarity: Similarity(item, to), Value: profile.Values[j]))
                .OrderByDescending(x => Math.Abs(x.Similarity))
                .Take(neighbours)
                .ToList();
            var sum = nearest.Sum(x => x.Similarity * x.Value);
            var mass = nearest.Sum(x => Math.Abs(x.Similarity)) + shrink / 100;
            outputs[i] =
                kind == SignalKind.Positives ? sum
                : mass > 0 ? sum / mass
                : 0;
        }
        return outputs;
    }

    private double Similarity(int a, int b)
    {
        if (a == b || !products.Knows(a))
        {
            return 0;
        }
        var lengths = Math.Sqrt(products.Product(a, a) * products.Product(b, b)) + shrink;
        return lengths > 0 ? products.Product(a, b) / lengths : 0;
    }
}
