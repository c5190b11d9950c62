using System.Globalization;

namespace RobustMeta.Benchmarks.Reading;

/// <summary>A made-up CSV file of ratings in the layout of MovieLens.</summary>
internal static class RatingsText
{
    /// <summary>Writes the file: users in order, items by a multiplicative sequence, so that no pair repeats within a user.</summary>
    public static void Write(string path, ReadersSpec spec)
    {
        using var text = new StreamWriter(path);
        text.Write("userId,movieId,rating,timestamp\n");
        var perUser = Math.Max(1, spec.Rows / spec.Users);
        for (var row = 0; row < spec.Rows; row++)
        {
            var (user, place) = (row / perUser, row % perUser);
            // An odd step that is prime to most counts of items walks through them all.
            var item = (user * 7919L + place * 104_729L) % spec.Items;
            text.Write(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{user + 1},{item + 1},{0.5 + (row % 10) / 2.0},{1_000_000_000L + row}\n"
                )
            );
        }
    }
}
