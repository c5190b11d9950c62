using System.Globalization;
using RobustMeta.Data.Reading;
using RobustMeta.Settings;

namespace RobustMeta.Serving;

/// <summary>
/// Which ratings moved the score of an item how much: the model adapts again without each of them. Leaving one out is exact for
/// every model; the changes need not add up to the whole, since ratings act together.
/// </summary>
/// <param name="Score">Score of the item with all ratings.</param>
/// <param name="Prior">Score without any rating; NaN where the model cannot do without.</param>
/// <param name="Influences">The ratings, those that moved the score most first.</param>
public sealed record Explanation(float Score, float Prior, IReadOnlyList<Influence> Influences)
{
    /// <summary>Explains the score of an item.</summary>
    /// <param name="model">The model.</param>
    /// <param name="ratings">The user's ratings; of several of one item the last counts.</param>
    /// <param name="features">The user's features.</param>
    /// <param name="item">The item.</param>
    /// <exception cref="SettingException">The model does not know the item.</exception>
    public static Explanation Of(
        ColdStartModel model,
        IEnumerable<(string Item, float Value)> ratings,
        IReadOnlyDictionary<string, string>? features,
        string item
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(ratings);
        ArgumentNullException.ThrowIfNull(item);
        if (model.Items.Find(item) is null)
        {
            throw new SettingException(Unknown(item, model));
        }
        var known = new OrderedDictionary<string, float>();
        foreach (var (rated, value) in ratings.Where(rating => model.Items.Find(rating.Item) is not null))
        {
            known[rated] = value;
        }
        var score = ScoreOf(known.Select(pair => (pair.Key, pair.Value)));
        return new(
            score,
            Prior(),
            [
                .. known
                    .Select(left =>
                    {
                        var others = known.Where(pair => pair.Key != left.Key).Select(pair => (pair.Key, pair.Value));
                        return new Influence(left.Key, left.Value, score - ScoreOf(others));
                    })
                    .OrderByDescending(influence => MathF.Abs(influence.Change)),
            ]
        );

        float ScoreOf(IEnumerable<(string, float)> of) => model.For(of, features).Score([item])[0];

        // A model that cannot do without ratings gives no finite score here.
        float Prior() =>
            model.For([], features).ScoreUnchecked([item])[0] is var prior && float.IsFinite(prior) ? prior : float.NaN;
    }

    // With the way to the names that it knows, which are those of its training data.
    private static string Unknown(string item, ColdStartModel model) =>
        $"The model does not know the item '{Excerpt.Of(item)}'{NearestName.End(item, model.Items.Tokens)} Expected one of the "
        + string.Create(CultureInfo.InvariantCulture, $"{model.Items.Count:N0} items of the data set ")
        + $"{model.Spec.Dataset}, as its files write them, such as '{Excerpt.Of(model.Items[0])}'; 'recommend RUN ratings FILE' names some.";
}
