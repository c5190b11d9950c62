using RobustMeta.Runtime;

namespace RobustMeta.Models.Layers;

/// <summary>
/// What <see cref="TaNP"/> draws for a user in a step of its training, as plain numbers, so that every engine draws the same: a function of
/// the state of a random stream and of the user, wherever in a batch the user stands.
/// </summary>
/// <param name="random">The stream.</param>
/// <param name="contextMin">Smallest context; a shorter support is taken whole.</param>
public sealed class ProcessDraws(RandomStream random, int contextMin)
{
    /// <summary>The support interactions that are context, as places <c>0 .. supports-1</c>, ascending.</summary>
    /// <param name="state">Where the stream stands, see <see cref="RandomStream"/>.</param>
    /// <param name="user">Dense index of the user.</param>
    /// <param name="supports">Number of the user's support interactions.</param>
    public int[] Context((float Key, float Step) state, int user, int supports)
    {
        var generator = random.Generator(state, user);
        var count = generator.Next(Math.Min(contextMin, supports), supports + 1);
        var places = generator.Permutation(supports)[..count];
        Array.Sort(places);
        return places;
    }

    /// <summary>Standard normal numbers for the latent variable.</summary>
    /// <param name="state">Where the stream stands.</param>
    /// <param name="user">Dense index of the user.</param>
    /// <param name="noise">Receives them, <c>[Z]</c>.</param>
    public void Noise((float Key, float Step) state, int user, Span<double> noise)
    {
        // Another stream than that of the contexts: its numbers must not depend on their length.
        var generator = random.Generator(state, -1 - user);
        foreach (ref var number in noise)
        {
            number = generator.NextGaussian();
        }
    }
}
