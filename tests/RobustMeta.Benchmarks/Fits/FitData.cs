using System.Globalization;
using System.Runtime.InteropServices;
using RobustMeta.Models.Baselines;
using RobustMeta.Runtime;

namespace RobustMeta.Benchmarks.Fits;

/// <summary>Made-up positives: users with lists of unequal length, items of unequal popularity.</summary>
internal static class FitData
{
    /// <summary>One profile a user, all values 1.</summary>
    public static IReadOnlyList<Profile> Of(FitsSpec spec) =>
        [
            .. Enumerable
                .Range(0, spec.Users)
                .Select(user => OfUser(spec, Seeds.Generator(1, "fits", user.ToString(CultureInfo.InvariantCulture)))),
        ];

    /// <summary>Writes starts, items and values as the columns of a sparse matrix by rows, little-endian.</summary>
    public static void Write(string folder, IReadOnlyList<Profile> profiles)
    {
        int[] starts = [0, .. profiles.Select(profile => profile.Items.Length)];
        for (var user = 1; user < starts.Length; user++)
        {
            starts[user] += starts[user - 1];
        }
        File.WriteAllBytes(Path.Combine(folder, "starts"), MemoryMarshal.AsBytes(starts.AsSpan()).ToArray());
        int[] items = [.. profiles.SelectMany(profile => profile.Items)];
        File.WriteAllBytes(Path.Combine(folder, "items"), MemoryMarshal.AsBytes(items.AsSpan()).ToArray());
    }

    private static Profile OfUser(FitsSpec spec, Random random)
    {
        // Exponential lengths, and items whose popularity falls with the square of a uniform draw.
        var length = Math.Clamp((int)(-spec.Ratings * Math.Log(1 - random.NextDouble())), 1, spec.Items / 2);
        var items = new SortedSet<int>();
        while (items.Count < length)
        {
            var u = random.NextDouble();
            items.Add((int)(spec.Items * u * u));
        }
        return new([.. items], [.. items.Select(_ => 1.0)]);
    }
}
