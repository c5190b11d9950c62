using System.Collections.Immutable;

namespace RobustMeta.Robustness;

/// <summary>
/// A weight for every training user and for every one of his or her query interactions. Stored in the mean-one
/// convention, i.e. relative to the uniform weight of the set: all start at exactly one, and a learning rate means the
/// same for ten users and for ten thousand.
/// </summary>
public sealed class HierarchicalWeights
{
    /// <summary>Uniform weights.</summary>
    /// <param name="queryLengths">Number of query interactions of each training user.</param>
    public HierarchicalWeights(IReadOnlyList<int> queryLengths)
    {
        var offsets = ImmutableArray.CreateBuilder<int>(queryLengths.Count + 1);
        offsets.Add(0);
        foreach (var length in queryLengths)
        {
            offsets.Add(offsets[^1] + length);
        }
        Offsets = offsets.MoveToImmutable();
        Users = Ones(queryLengths.Count);
        Interactions = Ones(Offsets[^1]);
    }

    /// <summary>User u has the interaction weights <c>Offsets[u] .. Offsets[u+1]</c>; length users + 1.</summary>
    public ImmutableArray<int> Offsets { get; }

    /// <summary>Weight per training user.</summary>
    public double[] Users { get; }

    /// <summary>Weight per query interaction, user after user.</summary>
    public double[] Interactions { get; }

    /// <summary>The interaction weights of one user.</summary>
    public Span<double> Of(int user) => Interactions.AsSpan(Offsets[user]..Offsets[user + 1]);

    /// <summary>Effective sample size over size: (Σw)² / (n Σw²), in (0, 1]; 1 for uniform weights.</summary>
    public static double EffectiveShare(ReadOnlySpan<double> weights)
    {
        double sum = 0;
        double squares = 0;
        foreach (var weight in weights)
        {
            sum += weight;
            squares += weight * weight;
        }
        return squares > 0 ? sum * sum / squares / weights.Length : 0;
    }

    private static double[] Ones(int count)
    {
        var ones = new double[count];
        Array.Fill(ones, 1);
        return ones;
    }
}
