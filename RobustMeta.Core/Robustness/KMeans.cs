using System.Collections.Immutable;

namespace RobustMeta.Robustness;

/// <summary>Lloyd's algorithm from k-means++ seeds (Arthur and Vassilvitskii, SODA 2007).</summary>
internal static class KMeans
{
    private const int Rounds = 100;

    /// <summary>Cluster of each point, numbered without gaps; at most <paramref name="clusters"/> of them.</summary>
    public static ImmutableArray<int> Of(ImmutableArray<double[]> points, int clusters, Random random)
    {
        var centres = Seed(points, clusters, random);
        var assigned = new int[points.Length];
        for (var round = 0; round < Rounds; round++)
        {
            var moved = false;
            for (var i = 0; i < points.Length; i++)
            {
                var nearest = Nearest(points[i], centres).Cluster;
                moved |= nearest != assigned[i];
                assigned[i] = nearest;
            }
            if (!moved && round > 0)
            {
                break;
            }
            foreach (var cluster in points.Zip(assigned).GroupBy(p => p.Second))
            {
                centres[cluster.Key] =
                [
                    .. Enumerable.Range(0, points[0].Length).Select(k => cluster.Average(p => p.First[k])),
                ];
            }
        }
        var names = assigned.Distinct().Order().ToList();
        return [.. assigned.Select(cluster => names.IndexOf(cluster))];
    }

    private static List<double[]> Seed(ImmutableArray<double[]> points, int clusters, Random random)
    {
        var centres = new List<double[]> { points[random.Next(points.Length)] };
        while (centres.Count < clusters)
        {
            var distances = points.Select(point => Nearest(point, centres).Distance).ToArray();
            var total = distances.Sum();
            if (total == 0)
            {
                break;
            }
            var draw = random.NextDouble() * total;
            var chosen = Array.FindIndex(distances, d => (draw -= d) < 0);
            centres.Add(points[chosen < 0 ? points.Length - 1 : chosen]);
        }
        return centres;
    }

    private static (int Cluster, double Distance) Nearest(double[] point, List<double[]> centres)
    {
        var best = (Cluster: 0, Distance: double.PositiveInfinity);
        for (var c = 0; c < centres.Count; c++)
        {
            double distance = 0;
            for (var k = 0; k < point.Length; k++)
            {
                distance += (point[k] - centres[c][k]) * (point[k] - centres[c][k]);
            }
            best = distance < best.Distance ? (c, distance) : best;
        }
        return best;
    }
}
