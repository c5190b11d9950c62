using System.Globalization;
using System.Numerics.Tensors;
using RobustMeta.Robustness.Sets;
using RobustMeta.Settings;

namespace RobustMeta.Robustness;

/// <summary>
/// The weightings of n losses against which training is robust, in the probability convention (most sets lie in the
/// simplex): convex, the same for every order of the losses. Double precision. Immutable; equal when of the same type and
/// name. A set of your own, in C# or F#, inherits this class and can be named in specs after
/// <c>AmbiguitySet.Registry.Add</c>.
/// </summary>
public abstract class AmbiguitySet : IEquatable<AmbiguitySet>
{
    private readonly Func<double, AmbiguitySet>? ofSize;

    /// <summary>A set of one size.</summary>
    /// <param name="keyword">Word that names the set in specs, e.g. <c>simplex</c>.</param>
    protected AmbiguitySet(string keyword) => Keyword = keyword;

    /// <summary>A set that comes in sizes.</summary>
    /// <param name="keyword">Word that names the kind of set in specs, e.g. <c>chi2</c>.</param>
    /// <param name="size">The size of this one; see <see cref="RequireSize"/>.</param>
    /// <param name="ofSize">Makes the set of another size; throws <see cref="SettingException"/> for sizes out of range.</param>
    protected AmbiguitySet(string keyword, double size, Func<double, AmbiguitySet> ofSize)
    {
        Keyword = keyword;
        Size = size;
        this.ofSize = ofSize;
    }

    /// <summary>
    /// The sets that specs can name, by keyword, each with an example of its size: those of this library, and those that
    /// are added.
    /// </summary>
    public static Registry<AmbiguitySet> Registry { get; } =
        new("ambiguity set", set => set.Keyword, Registry<AmbiguitySet>.Examples(typeof(AmbiguitySet).Assembly));

    /// <summary>One example of each kind of set, as specs name them.</summary>
    public static IReadOnlyList<string> Names => [.. Registry.All.Values.Select(set => set.Name)];

    /// <summary>Word that names the kind of set in specs.</summary>
    public string Keyword { get; }

    /// <summary>The number behind the keyword, how large the set is; null for sets of one size.</summary>
    public double? Size { get; }

    /// <summary>The set as specs name it, e.g. <c>chi2 0.25</c>.</summary>
    public string Name =>
        Size is { } size ? string.Create(CultureInfo.InvariantCulture, $"{Keyword} {size:R}") : Keyword;

    /// <summary>The set of a text, e.g. <c>simplex</c>, <c>chi2 0.25</c>, <c>cvar 0.5</c>; see <see cref="Names"/>.</summary>
    /// <exception cref="SettingException">There is no such set, or its number is missing or out of range.</exception>
    public static AmbiguitySet Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var keyword = words.FirstOrDefault("");
        if (!Registry.All.TryGetValue(keyword, out var example))
        {
            throw new SettingException(
                $"There is no ambiguity set '{text}'{NearestName.End(keyword, Registry.All.Keys)} "
                    + $"Sets, with examples of their numbers: {string.Join(", ", Names)}"
            );
        }
        if (example.ofSize is null)
        {
            return words.Length == 1
                ? example
                : throw new SettingException($"The set '{keyword}' takes no number, but '{text}' has one.");
        }
        return
            words.Length == 2
            && double.TryParse(words[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var size)
            ? example.ofSize(size)
            : throw new SettingException(
                $"The set '{keyword}' takes one number, e.g. '{example.Name}'; it is '{text}'."
            );
    }

    /// <summary>The same kind of set with another size.</summary>
    /// <exception cref="SettingException">The size is out of range, or the set comes in one size.</exception>
    public AmbiguitySet OfSize(double size) =>
        ofSize?.Invoke(size) ?? throw new SettingException($"The set '{Keyword}' takes no number.");

    /// <summary>The weight that the uniform member of the set gives each of n losses.</summary>
    public abstract double UniformWeight(int n);

    /// <summary>Euclidean projection onto the set, in place.</summary>
    /// <param name="weights">A point; at least one number, all finite.</param>
    /// <exception cref="ArgumentException">Empty or not finite.</exception>
    public void Project(Span<double> weights)
    {
        FiniteValues.Require(weights);
        ProjectCore(weights);
    }

    /// <summary>The member of the set that weighs the losses worst: a maximiser of ⟨w, losses⟩.</summary>
    /// <param name="losses">Losses (or excess losses, which may be negative).</param>
    /// <param name="weights">Receives the maximiser; ties share evenly. Not the memory of the losses.</param>
    /// <exception cref="ArgumentException">Empty, not finite, or of different lengths.</exception>
    public void BestResponse(ReadOnlySpan<double> losses, Span<double> weights)
    {
        var unit = FiniteValues.Unit(losses);
        if (weights.Length != losses.Length)
        {
            throw new ArgumentException($"{losses.Length} losses and {weights.Length} weights.");
        }
        if (unit == 1)
        {
            BestResponseCore(losses, weights);
            return;
        }
        using var scaled = new Scratch(losses.Length);
        FiniteValues.Divide(losses, unit, scaled.Values);
        BestResponseCore(scaled.Values, weights);
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

    /// <summary>
    /// The worst weighted loss through its dual problem: equal to <see cref="Value"/> but for rounding, computed otherwise.
    /// </summary>
    /// <exception cref="ArgumentException">Empty or not finite.</exception>
    public double DualValue(ReadOnlySpan<double> losses)
    {
        var unit = FiniteValues.Unit(losses);
        if (unit == 1)
        {
            return DualValueCore(losses);
        }
        using var scaled = new Scratch(losses.Length);
        FiniteValues.Divide(losses, unit, scaled.Values);
        return DualValueCore(scaled.Values) * unit;
    }

    /// <summary>
    /// Whether a point is in the set, up to a tolerance on every constraint. Nothing at all, and what is not finite, is in
    /// no set.
    /// </summary>
    public bool Contains(ReadOnlySpan<double> weights, double tolerance) =>
        !weights.IsEmpty && FiniteValues.AreFinite(weights) && ContainsCore(weights, tolerance);

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    public sealed override string ToString() => Name;

    /// <summary>Whether the other is a set of the same type and name.</summary>
    public bool Equals(AmbiguitySet? other) => other?.GetType() == GetType() && other.Name == Name;

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as AmbiguitySet);

    /// <inheritdoc/>
    public sealed override int GetHashCode() => HashCode.Combine(GetType(), Name);

    /// <summary>Projection in the mean-one convention, in place: of weights relative to the uniform member.</summary>
    /// <exception cref="ArgumentException">Empty or not finite.</exception>
    internal virtual void ProjectRelative(Span<double> weights)
    {
        var uniform = UniformWeight(weights.Length);
        TensorPrimitives.Multiply(weights, uniform, weights);
        Project(weights);
        TensorPrimitives.Multiply(weights, 1 / uniform, weights);
    }

    /// <summary>
    /// Keeps the weights of a slow ascent over this set so that a step of few takes no pass over all; null where every projection
    /// needs the whole vector.
    /// </summary>
    internal virtual Sets.DeferredWeights? Defer() => null;

    /// <summary>Projection of a checked point, in place.</summary>
    protected abstract void ProjectCore(Span<double> weights);

    /// <summary>
    /// Maximiser for checked losses. The maximiser does not change when losses are scaled: losses so large or small that
    /// sums of squares would leave the range of numbers arrive divided by a power of two.
    /// </summary>
    protected abstract void BestResponseCore(ReadOnlySpan<double> losses, Span<double> weights);

    /// <summary>Dual value of checked losses; extreme ones arrive divided by a power of two, as in <see cref="BestResponseCore"/>.</summary>
    protected abstract double DualValueCore(ReadOnlySpan<double> losses);

    /// <summary>Whether a point, not empty and finite, is in the set, up to a tolerance on every constraint.</summary>
    protected abstract bool ContainsCore(ReadOnlySpan<double> weights, double tolerance);

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
}
