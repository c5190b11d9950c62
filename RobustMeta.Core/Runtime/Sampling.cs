namespace RobustMeta.Runtime;

/// <summary>Draws that the base library lacks.</summary>
public static class Sampling
{
    /// <summary>A standard normal draw (Box–Muller; two uniforms each, so the stream does not depend on caching).</summary>
    public static double NextGaussian(this Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
        return radius * Math.Cos(2 * Math.PI * random.NextDouble());
    }

    /// <summary>A standard Gumbel draw: adding it to log-weights and taking the top n samples without replacement.</summary>
    public static double NextGumbel(this Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return -Math.Log(-Math.Log(1 - random.NextDouble()) + 1e-300);
    }

    /// <summary>The numbers <c>0 .. n-1</c> in random order.</summary>
    public static int[] Permutation(this Random random, int n)
    {
        ArgumentNullException.ThrowIfNull(random);
        var order = new int[n];
        for (var i = 0; i < n; i++)
        {
            order[i] = i;
        }
        random.Shuffle(order);
        return order;
    }
}
