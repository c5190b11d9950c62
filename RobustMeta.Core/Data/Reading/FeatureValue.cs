namespace RobustMeta.Data.Reading;

/// <summary>The value of one feature of one entity: tokens, or a number.</summary>
/// <param name="Tokens">Tokens; empty ones are left out.</param>
/// <param name="Number">The number, NaN where it is missing.</param>
public readonly record struct FeatureValue(IReadOnlyList<string> Tokens, float Number)
{
    /// <summary>One token; an empty text is unknown.</summary>
    public static FeatureValue Of(string token) => new([token], float.NaN);

    /// <summary>A bag of tokens.</summary>
    public static FeatureValue Of(IReadOnlyList<string> tokens) => new(tokens, float.NaN);

    /// <summary>A number.</summary>
    public static FeatureValue Of(float number) => new([], number);
}
