using RobustMeta.Experiments;
using RobustMeta.Serving;

/// <summary>Serves a new user from the folder of a run, as a program of one's own would.</summary>
internal static class Serving
{
    /// <summary>Writes the run, loads it again and recommends; libtorch has no part in the serving.</summary>
    /// <param name="prepared">The data side.</param>
    /// <param name="result">A trained method.</param>
    public static void Show(PreparedExperiment prepared, MethodResult result)
    {
        var root = Directory.CreateTempSubdirectory("robustmeta-consumer-").FullName;
        try
        {
            var folder = new RunFolder(root, result.Spec);
            folder.Write(prepared, result);
            using var model = ColdStartModel.Load(folder.Path);
            var items = model.Items.Tokens;
            var user = model.For([(items[0], 5), (items[1], 1), (items[2], 4)]);
            var best = user.Recommend(3);
            if (best.Count != 3 || best.Any(item => !float.IsFinite(item.Score)) || user.Ratings != 3)
            {
                throw new InvalidOperationException($"{best.Count} recommendations for {user.Ratings} ratings");
            }
            Console.WriteLine($"recommended: {string.Join(", ", best.Select(item => item.Item))}");
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
