using System.Collections.Immutable;

namespace RobustMeta.Robustness;

/// <summary>
/// A weight for every training user and for each of the user's query interactions. Stored in the mean-one
/// convention, i.e. relative to the uniform weight of the set: all start at exactly one, and a learning rate means the
/// same for ten users and for ten thousand.
/// </summary>
public sealed class HierarchicalWeights
{
    /// <summary>Uniform weights.</summary>
    /// <param name="queryLengths">Number of query interactions of each training user.</param>
    public HierarchicalWeights(IReadOnlyList<int> queryLengths)
    {
        ArgumentNullException.ThrowIfNull(queryLengths);
        var starts = ImmutableArray.CreateBuilder<int>(queryLengths.Count + 1);
        starts.Add(0);
        foreach (var length in queryLengths)
        {
            starts.Add(starts[^1] + length);
        }
        Starts = starts.MoveToImmutable();
        Users = Ones(queryLengths.Count);
        Interactions = Ones(Starts[^1]);
    }

    /// <summary>User u has the interaction weights <c>Starts[u] .. Starts[u+1]</c>; length users + 1.</summary>
    public ImmutableArray<int> Starts { get; }

    /// <summary>Weight per training user.</summary>
    public double[] Users { get; }

    /// <summary>Weight per query interaction, user after user.</summary>
    public double[] Interactions { get; }

    /// <summary>A copy of all weights, for <see cref="Restore"/>.</summary>
    public (double[] Users, double[] Interactions) Snapshot() => ([.. Users], [.. Interactions]);

    /// <summary>Puts copied weights back.</summary>
    /// <exception cref="ArgumentException">They are those of other users.</exception>
    public void Restore((double[] Users, double[] Interactions) snapshot)
    {
        if (snapshot.Users.Length != Users.Length || snapshot.Interactions.Length != Interactions.Length)
        {
            throw new ArgumentException("The weights are those of other users.");
        }
        snapshot.Users.CopyTo(Users, 0);
        snapshot.Interactions.CopyTo(Interactions, 0);
    }

    /// <summary>The interaction weights of one user.</summary>
    public Span<double> Of(int user) => Interactions.AsSpan(Starts[user]..Starts[user + 1]);

    /// <summary>Effective sample size over size: (Σw)² / (n Σw²), in (0, 1]; 1 for uniform weights.</summary>
    public static double EffectiveFraction(ReadOnlySpan<double> weights)
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
