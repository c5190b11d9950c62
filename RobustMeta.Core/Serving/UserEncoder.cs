using System.Collections.Immutable;
using System.Globalization;
using RobustMeta.Experiments;
using RobustMeta.Settings;

namespace RobustMeta.Serving;

/// <summary>Makes the inputs of a model from a user's features as text.</summary>
/// <param name="features">What the model sees of users.</param>
internal sealed class UserEncoder(ImmutableArray<ServedFeature> features)
{
    /// <summary>Names of the features that a user may have.</summary>
    public IReadOnlyList<string> Names { get; } = [.. features.Select(feature => feature.Name)];

    /// <summary>The inputs of a user; what is missing or unknown is what the model saw in training for missing values.</summary>
    /// <param name="values">Values by name of the feature.</param>
    /// <param name="unknown">Receives values that the model does not know.</param>
    /// <exception cref="SettingException">A feature does not exist, or is no number.</exception>
    public FieldInput[] Encode(IReadOnlyDictionary<string, string> values, ICollection<string> unknown)
    {
        foreach (var name in values.Keys.Where(name => !Names.Contains(name)))
        {
            throw new SettingException(
                $"The model sees no user feature '{name}'{NearestName.End(name, Names)} "
                    + $"Its user features: {(Names.Count == 0 ? "none" : string.Join(", ", Names))}"
            );
        }
        return
        [
            .. features.Select(feature =>
                feature switch
                {
                    ServedTokens tokens => new FieldInput(
                        UserBag.Checked(tokens, tokens.Encode(values.GetValueOrDefault(tokens.Name), unknown)),
                        0
                    ),
                    ServedNumber number => new FieldInput([], number.Scaling.Apply(Number(number.Name, values))),
                    _ => throw new ArgumentException($"Feature '{feature.Name}' is of an unknown kind."),
                }
            ),
        ];
    }

    private static float Number(string name, IReadOnlyDictionary<string, string> values) =>
        values.GetValueOrDefault(name) is not { Length: > 0 } text ? float.NaN
        : float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && float.IsFinite(value)
            ? value
        : throw new SettingException($"Feature '{name}' is '{text}'; expected a number.");
}
