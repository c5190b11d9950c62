using RobustMeta.Data;
using RobustMeta.Runtime;

namespace RobustMeta.Shift;

/// <summary>Items that are held out of training.</summary>
internal static class ColdItemSet
{
    /// <summary>Draws them; each item's draw depends on its identifier alone.</summary>
    /// <param name="ratings">Ratings.</param>
    /// <param name="fraction">Fraction of the items.</param>
    /// <param name="seed">Seed of the draw.</param>
    /// <returns>By item index: whether the item is cold.</returns>
    public static bool[] Draw(Ratings ratings, double fraction, long seed)
    {
        double[] keys = [.. ratings.Items.Tokens.Select(item => (double)Seeds.Derive(seed, "cold items", item))];
        var order = Enumerable.Range(0, keys.Length).OrderBy(i => keys[i]).ToArray();
        var cold = new bool[keys.Length];
        foreach (var item in order.Take((int)Math.Round(fraction * keys.Length)))
        {
            cold[item] = true;
        }
        return cold;
    }
}
