using System.Numerics;

namespace RobustMeta.Engine.Fused.Memory;

/// <summary>A batch whose support losses are means with the fractions of the support weights in their sum.</summary>
internal unsafe class WeighedRows<T> : BatchRows<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>ω, the fraction of each support interaction in its user's support weights.</summary>
    public T* Fractions { get; private set; }

    /// <summary>Derivative by each fraction, as if it were free.</summary>
    public T* FractionAdjoint { get; private set; }

    /// <summary>Weights of the users.</summary>
    public T* UserWeights { get; private set; }

    /// <summary>Takes support weights, and memory for the way there.</summary>
    public void Begin(Arena<T> arena, ReadOnlySpan<T> supportWeights)
    {
        TakeSupportWeights(arena, supportWeights);
        Fractions = arena.Take(SupportRows);
    }

    /// <summary>Writes the <see cref="Fractions"/> of some users.</summary>
    public void TakeFractions(Chunk users)
    {
        for (var u = users.FirstUser; u < users.EndUser; u++)
        {
            var (first, count) = SupportOf(u);
            var total = Total(u);
            for (var i = first; i < first + count; i++)
            {
                Fractions[i] = SupportWeights[i] / total;
            }
        }
    }

    /// <summary>Takes memory for the way back, and the weights of the objective.</summary>
    public void BeginReverse(Arena<T> arena, ReadOnlySpan<T> queryWeights, ReadOnlySpan<T> userWeights)
    {
        FractionAdjoint = arena.TakeZeros(SupportRows);
        QueryWeights = arena.Take(QueryRows);
        queryWeights.CopyTo(new(QueryWeights, QueryRows));
        UserWeights = arena.Take(Tasks.Count);
        userWeights.CopyTo(new(UserWeights, Tasks.Count));
    }

    /// <summary>Derivatives by a user's support weights from those by the fractions: ā = (ω̄ − Σ ω ω̄) / Σ a.</summary>
    public void GiveWeightAdjoint(int user)
    {
        if (SupportAdjoint.Length == 0)
        {
            return;
        }
        var (first, count) = SupportOf(user);
        var (total, mean) = (Total(user), T.Zero);
        for (var i = first; i < first + count; i++)
        {
            mean += Fractions[i] * FractionAdjoint[i];
        }
        for (var i = first; i < first + count; i++)
        {
            SupportAdjoint[i] = (FractionAdjoint[i] - mean) / total;
        }
    }

    private T Total(int user)
    {
        var (first, count) = SupportOf(user);
        var total = T.Zero;
        for (var i = first; i < first + count; i++)
        {
            total += SupportWeights[i];
        }
        return total;
    }
}
