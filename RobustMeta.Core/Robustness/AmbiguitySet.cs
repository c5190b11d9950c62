using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Reflection;
using System.Runtime.InteropServices;
using RobustMeta.Settings;

namespace RobustMeta.Robustness;

/// <summary>
/// The weightings of n losses against which training is robust, in the probability convention (most sets lie in the
/// simplex). Double precision. A set is found by being there: every concrete subclass with a constructor of no number
/// or one, optional number can be named in specs.
/// </summary>
public abstract record AmbiguitySet
{
    private static readonly ImmutableSortedDictionary<string, AmbiguitySet> Examples = typeof(AmbiguitySet)
        .Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(AmbiguitySet)) && !type.IsAbstract)
        .Select(type => Make(type, Type.Missing))
        .ToImmutableSortedDictionary(set => set.Keyword, set => set);

    /// <summary>Word that names the kind of set in specs.</summary>
    public abstract string Keyword { get; }

    /// <summary>The number behind the keyword, how large the set is; null for sets of one size.</summary>
    public abstract double? Size { get; }

    /// <summary>The set as specs name it, e.g. <c>chi2 0.25</c>.</summary>
    public string Name =>
        Size is { } size ? string.Create(CultureInfo.InvariantCulture, $"{Keyword} {size:R}") : Keyword;

    /// <summary>One example of each kind of set, as specs name them.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Examples.Values.Select(set => set.Name)];

    /// <summary>The weight that the uniform member of the set gives each of n losses.</summary>
    public abstract double UniformWeight(int n);

    /// <summary>Euclidean projection onto the set, in place.</summary>
    /// <param name="weights">A point; at least one number, all finite.</param>
    /// <exception cref="ArgumentException">Empty or not finite.</exception>
    public void Project(Span<double> weights)
    {
        RequireFinite(weights);
        ProjectCore(weights);
    }

    /// <summary>The member of the set that weighs the losses worst: a maximiser of ⟨w, losses⟩.</summary>
    /// <param name="losses">Losses (or excess losses, which may be negative).</param>
    /// <param name="weights">Receives the maximiser; ties share evenly. Not the memory of the losses.</param>
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
        using var scratch = new Scratch(losses.Length);
        BestResponse(losses, scratch.Values);
        double value = 0;
        for (var i = 0; i < losses.Length; i++)
        {
            value += scratch.Values[i] * losses[i];
        }
        return value;
    }

    /// <summary>The worst weighted loss through its dual problem: equal to <see cref="Value"/>, computed otherwise.</summary>
    public abstract double DualValue(ReadOnlySpan<double> losses);

    /// <summary>Whether a point is in the set, up to a tolerance on every constraint.</summary>
    public abstract bool Contains(ReadOnlySpan<double> weights, double tolerance);

    /// <summary>The set of a text, e.g. <c>simplex</c>, <c>chi2 0.25</c>, <c>cvar 0.5</c>; see <see cref="Names"/>.</summary>
    /// <exception cref="SettingException">There is no such set, or its number is missing or out of range.</exception>
    public static AmbiguitySet Parse(string text)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var keyword = words.FirstOrDefault("");
        if (!Examples.TryGetValue(keyword, out var example))
        {
            throw new SettingException(
                $"There is no ambiguity set '{text}'{NearestName.Hint(keyword, Examples.Keys)}. "
                    + $"Sets, with examples of their numbers: {string.Join(", ", Names)}"
            );
        }
        if (example.Size is null)
        {
            return words.Length == 1
                ? example
                : throw new SettingException($"The set '{keyword}' takes no number, but '{text}' has one.");
        }
        return
            words.Length == 2
            && double.TryParse(words[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var size)
            ? Make(example.GetType(), size)
            : throw new SettingException(
                $"The set '{keyword}' takes one number, e.g. '{example.Name}'; it is '{text}'."
            );
    }

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    public sealed override string ToString() => Name;

    /// <summary>Projection of a checked point.</summary>
    protected abstract void ProjectCore(Span<double> weights);

    /// <summary>Maximiser for checked losses.</summary>
    protected abstract void BestResponseCore(ReadOnlySpan<double> losses, Span<double> weights);

    /// <summary>Throws unless a size is in its range.</summary>
    /// <param name="size">The size.</param>
    /// <param name="least">Lower end of the range.</param>
    /// <param name="closed">Whether the lower end belongs to the range.</param>
    /// <param name="most">Upper end; belongs to the range.</param>
    /// <param name="meaning">What was expected.</param>
    /// <returns>The size.</returns>
    /// <exception cref="SettingException">It is not in its range.</exception>
    protected static double RequireSize(double size, double least, bool closed, double most, string meaning) =>
        (size > least || (closed && size == least)) && size <= most
            ? size
            : throw new SettingException(string.Create(CultureInfo.InvariantCulture, $"{size} is not the {meaning}."));

    private static AmbiguitySet Make(Type type, object size)
    {
        var constructor = type.GetConstructors().Single();
        object[] arguments = constructor.GetParameters().Length == 0 ? [] : [size];
        const BindingFlags Optional = BindingFlags.OptionalParamBinding | BindingFlags.DoNotWrapExceptions;
        return (AmbiguitySet)constructor.Invoke(Optional, null, arguments, CultureInfo.InvariantCulture);
    }

    private static void RequireFinite(ReadOnlySpan<double> values)
    {
        if (values.IsEmpty)
        {
            throw new ArgumentException("An ambiguity set needs at least one loss.");
        }
        // x − x is zero for finite x and NaN for the others: one pass over vectors, before the slow search for which.
        var vectors = MemoryMarshal.Cast<double, Vector<double>>(values);
        var bad = Vector<double>.Zero;
        foreach (var vector in vectors)
        {
            bad += vector - vector;
        }
        var rest = values[(vectors.Length * Vector<double>.Count)..];
        if (Vector.EqualsAll(bad, Vector<double>.Zero) && AreFinite(rest))
        {
            return;
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

    private static bool AreFinite(ReadOnlySpan<double> values)
    {
        foreach (var value in values)
        {
            if (!double.IsFinite(value))
            {
                return false;
            }
        }
        return true;
    }
}
