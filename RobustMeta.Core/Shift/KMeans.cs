namespace RobustMeta.Shift;

/// <summary>k-means with the first centres of k-means++ (Arthur and Vassilvitskii, SODA 2007).</summary>
internal sealed class KMeans
{
    private const int MostRounds = 50;
    private readonly double[][] centres;

    private KMeans(double[][] centres)
    {
        this.centres = centres;
    }

    /// <summary>Clusters points; clusters are numbered by size, the largest first.</summary>
    /// <param name="points">Points of one width; not empty.</param>
    /// <param name="count">Number of clusters; fewer where there are fewer distinct points.</param>
    /// <param name="random">Where the first centres come from.</param>
    public static KMeans Of(double[][] points, int count, Random random)
    {
        var found = new KMeans(First(points, count, random));
        int[] nearest = [.. points.Select(found.Nearest)];
        for (var round = 0; round < MostRounds; round++)
        {
            found = new([.. found.centres.Select((centre, c) => Mean(points, nearest, c) ?? centre)]);
            int[] moved = [.. points.Select(found.Nearest)];
            if (moved.AsSpan().SequenceEqual(nearest))
            {
                break;
            }
            nearest = moved;
        }
        var sizes = nearest.CountBy(c => c).ToDictionary();
        return new([
            .. found
                .centres.Select((centre, c) => (centre, c))
                .OrderByDescending(x => sizes.GetValueOrDefault(x.c))
                .Select(x => x.centre),
        ]);
    }

    /// <summary>Number of the cluster whose centre is nearest.</summary>
    public int Nearest(double[] point)
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

    private static double[][] First(double[][] points, int count, Random random)
    {
        List<double[]> centres = [points[random.Next(points.Length)]];
        var distances = Array.ConvertAll(points, point => Distance(point, centres[0]));
        while (centres.Count < count && distances.Sum() is var total && total > 1e-12)
        {
            var left = random.NextDouble() * total;
            var place = 0;
            while (place < points.Length - 1 && (left -= distances[place]) > 0)
            {
                place++;
            }
            centres.Add(points[place]);
            for (var i = 0; i < points.Length; i++)
            {
                distances[i] = Math.Min(distances[i], Distance(points[i], points[place]));
            }
        }
        return [.. centres];
    }

    private static double[]? Mean(double[][] points, int[] nearest, int cluster)
    {
        var sum = new double[points[0].Length];
        var count = 0;
        for (var i = 0; i < points.Length; i++)
        {
            if (nearest[i] != cluster)
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
