namespace RobustMeta.Models;

/// <summary>How the raw numbers of a feature become inputs of a model: <c>(x − mean) · scale</c>, and 0 where one is missing.</summary>
/// <param name="Mean">Mean over the entities of meta-training.</param>
/// <param name="Scale">One over their standard deviation; 0 where they are all alike.</param>
public readonly record struct Standardisation(float Mean, double Scale)
{
    /// <summary>That of some numbers.</summary>
    /// <param name="values">The numbers that are not missing.</param>
    public static Standardisation Of(IReadOnlyCollection<float> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var mean = values.Count == 0 ? 0 : values.Average();
        var spread = values.Count == 0 ? 1 : Math.Sqrt(values.Average(x => (x - mean) * (double)(x - mean)));
        return new(mean, spread > 1e-12 ? 1 / spread : 0);
    }

    /// <summary>The input of a raw number; NaN stands for a missing one.</summary>
    public float Apply(float value) => float.IsNaN(value) ? 0 : (float)((value - Mean) * Scale);
}
