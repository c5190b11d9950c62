using System.Collections.Immutable;

namespace RobustMeta.Runtime;

/// <summary>Lloyd's k-means from the first centres of k-means++ (Arthur and Vassilvitskii, SODA 2007).</summary>
internal sealed class KMeans
{
    private const int MostRounds = 99;
    private readonly double[][] centres;

    private KMeans(double[][] centres, int[] assigned)
    {
        this.centres = centres;
        Assigned = [.. assigned];
    }

    /// <summary>Cluster of each point that was clustered; a cluster may be empty.</summary>
    public ImmutableArray<int> Assigned { get; }

    /// <summary>Clusters points.</summary>
    /// <param name="points">Points of one width; not empty.</param>
    /// <param name="count">Number of clusters; fewer where there are fewer distinct points.</param>
    /// <param name="random">Where the first centres come from.</param>
    public static KMeans Of(IReadOnlyList<double[]> points, int count, Random random)
    {
        var centres = First(points, count, random);
        int[] assigned = [.. points.Select(point => Nearest(point, centres))];
        for (var round = 0; round < MostRounds; round++)
        {
            centres = [.. centres.Select((centre, c) => Mean(points, assigned, c) ?? centre)];
            int[] moved = [.. points.Select(point => Nearest(point, centres))];
            if (moved.AsSpan().SequenceEqual(assigned))
            {
                break;
            }
            assigned = moved;
        }
        return new(centres, assigned);
    }

    /// <summary>The same clusters, numbered by size, the largest first.</summary>
    public KMeans LargestFirst()
    {
        var sizes = Assigned.CountBy(c => c).ToDictionary();
        int[] order = [.. Enumerable.Range(0, centres.Length).OrderByDescending(c => sizes.GetValueOrDefault(c))];
        return new([.. order.Select(c => centres[c])], [.. Assigned.Select(c => Array.IndexOf(order, c))]);
    }

    /// <summary>Number of the cluster whose centre is nearest.</summary>
    public int Nearest(double[] point) => Nearest(point, centres);

    private static int Nearest(double[] point, double[][] centres)
    {
        var (best, least) = (0, double.PositiveInfinity);
        for (var c = 0; c < centres.Length; c++)
        {
            if (Distance(point, centres[c]) is var distance && distance < least)
            {
                (best, least) = (c, distance);
            }
        }
        return best;
    }

    private static double[][] First(IReadOnlyList<double[]> points, int count, Random random)
    {
        List<double[]> centres = [points[random.Next(points.Count)]];
        double[] distances = [.. points.Select(point => Distance(point, centres[0]))];
        while (centres.Count < count && distances.Sum() is var total && total > 0)
        {
            var left = random.NextDouble() * total;
            var place = Array.FindIndex(distances, distance => (left -= distance) < 0);
            var chosen = points[place < 0 ? points.Count - 1 : place];
            centres.Add(chosen);
            for (var i = 0; i < distances.Length; i++)
            {
                distances[i] = Math.Min(distances[i], Distance(points[i], chosen));
            }
        }
        return [.. centres];
    }

    private static double[]? Mean(IReadOnlyList<double[]> points, int[] assigned, int cluster)
    {
        var sum = new double[points[0].Length];
        var count = 0;
        for (var i = 0; i < points.Count; i++)
        {
            if (assigned[i] != cluster)
            {
                continue;
            }
            count++;
            for (var k = 0; k < sum.Length; k++)
            {
                sum[k] += points[i][k];
            }
        }
        return count == 0 ? null : Array.ConvertAll(sum, x => x / count);
    }

    private static double Distance(double[] a, double[] b)
    {
        double sum = 0;
        for (var k = 0; k < a.Length; k++)
        {
            sum += (a[k] - b[k]) * (a[k] - b[k]);
        }
        return sum;
    }
}
