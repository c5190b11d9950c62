using System.Globalization;
using RobustMeta.Settings;

namespace RobustMeta.Robustness;

/// <summary>
/// The weightings of n losses against which training is robust, in the probability convention. Double precision.
/// </summary>
public abstract record AmbiguitySet
{
    /// <summary>Name as it stands in specs.</summary>
    public abstract string Name { get; }

    /// <summary>The weight that the uniform member of the set gives each of n losses.</summary>
    public abstract double UniformWeight(int n);

    /// <summary>Euclidean projection onto the set, in place.</summary>
    /// <param name="weights">A point; at least one finite number.</param>
    /// <exception cref="ArgumentException">Empty or not finite.</exception>
    public void Project(Span<double> weights)
    {
        RequireFinite(weights);
        ProjectCore(weights);
    }

    /// <summary>The member of the set that weighs the losses worst: a maximiser of ⟨w, losses⟩.</summary>
    /// <param name="losses">Losses (or excess losses, which may be negative).</param>
    /// <param name="weights">Receives the maximiser; ties share evenly.</param>
    /// <exception cref="ArgumentException">Empty, not finite, or of different lengths.</exception>
    public void BestResponse(ReadOnlySpan<double> losses, Span<double> weights)
    {
        RequireFinite(losses);
        if (weights.Length != losses.Length)
        {
            throw new ArgumentException($"{losses.Length} losses and {weights.Length} weights.");
        }
        BestResponseCore(losses, weights);
    }

    /// <summary>The worst weighted loss over the set.</summary>
    /// <exception cref="ArgumentException">Empty or not finite.</exception>
    public double Value(ReadOnlySpan<double> losses)
    {
        var weights = new double[losses.Length];
        BestResponse(losses, weights);
        double value = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            value += weights[i] * losses[i];
        }
        return value;
    }

    /// <summary>The worst weighted loss through its dual problem: equal to <see cref="Value"/>, computed otherwise.</summary>
    public abstract double DualValue(ReadOnlySpan<double> losses);

    /// <summary>Whether a point is in the set, up to a tolerance on every constraint.</summary>
    public abstract bool Contains(ReadOnlySpan<double> weights, double tolerance);

    /// <summary>The set of a text: <c>uniform</c>, <c>simplex</c> or <c>unit-ball</c>.</summary>
    /// <exception cref="SettingException">There is no such set; the message names the nearest.</exception>
    public static AmbiguitySet Parse(string text)
    {
        string[] names = ["uniform", "simplex", "unit-ball"];
        return text switch
        {
            "uniform" => new UniformSet(),
            "simplex" => new SimplexSet(),
            "unit-ball" => new UnitBallSet(),
            _ => throw new SettingException(
                $"There is no ambiguity set '{text}'{NearestName.Hint(text, names)}. Sets: {string.Join(", ", names)}"
            ),
        };
    }

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    public sealed override string ToString() => Name;

    /// <summary>Projection of a checked point.</summary>
    protected abstract void ProjectCore(Span<double> weights);

    /// <summary>Maximiser for checked losses.</summary>
    protected abstract void BestResponseCore(ReadOnlySpan<double> losses, Span<double> weights);

    private static void RequireFinite(ReadOnlySpan<double> values)
    {
        if (values.IsEmpty)
        {
            throw new ArgumentException("An ambiguity set needs at least one loss.");
        }
        for (var i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
            {
                throw new ArgumentException(
                    string.Create(CultureInfo.InvariantCulture, $"Value {i} of {values.Length} is {values[i]}.")
                );
            }
        }
    }
}
