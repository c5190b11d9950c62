using System.Security.Cryptography;
using System.Text;
using MathNet.Numerics.Random;

namespace RobustMeta.Runtime;

/// <summary>
/// Random generators derived from a seed and a name, so that no stream depends on how much another has drawn: adding a
/// parameter or a test set changes nothing else.
/// </summary>
public static class Seeds
{
    /// <summary>A seed derived from a master seed and a path of names.</summary>
    /// <param name="seed">Master seed of the run.</param>
    /// <param name="names">What the stream is for, e.g. <c>"shuffle", "epoch 3"</c>.</param>
    public static int Derive(long seed, params string[] names)
    {
        ArgumentNullException.ThrowIfNull(names);
        var text = new StringBuilder().Append(System.Globalization.CultureInfo.InvariantCulture, $"{seed}");
        foreach (var name in names)
        {
            text.Append('\0').Append(name);
        }
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
        return BitConverter.ToInt32(hash, 0) & int.MaxValue;
    }

    /// <summary>A generator (xoshiro256**) for one purpose. Not thread-safe.</summary>
    /// <param name="seed">Master seed of the run.</param>
    /// <param name="names">What the stream is for.</param>
    public static Random Generator(long seed, params string[] names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return new Xoshiro256StarStar(Derive(seed, names), threadSafe: false);
    }
}
