using System.Collections.Immutable;
using RobustMeta.Data;
using RobustMeta.Data.Reading;
using RobustMeta.Runtime;
using RobustMeta.Settings;

namespace RobustMeta.Serving;

/// <summary>A model that has adapted to a user's ratings and features. Immutable; for any number of threads.</summary>
public sealed class AdaptedUser
{
    private readonly IServedUser user;
    private readonly Vocabulary items;
    private readonly ImmutableArray<int> rated;

    internal AdaptedUser(IServedUser user, Vocabulary items, EncodedUser encoded)
    {
        this.user = user;
        this.items = items;
        rated = [.. encoded.Items];
        UnknownItems = encoded.UnknownItems;
        UnknownFeatures = encoded.UnknownFeatures;
        RepeatedItems = encoded.RepeatedItems;
        OffScale = encoded.OffScale;
    }

    /// <summary>Number of ratings that the model adapted to.</summary>
    public int Ratings => rated.Length;

    /// <summary>Rated items that the model does not know; their ratings are left out.</summary>
    public ImmutableArray<string> UnknownItems { get; }

    /// <summary>Items that were rated more than once; the last rating of each counts.</summary>
    public ImmutableArray<string> RepeatedItems { get; }

    /// <summary>Values of features that the model does not know, as <c>feature 'value'</c>; they count as missing.</summary>
    public ImmutableArray<string> UnknownFeatures { get; }

    /// <summary>Ratings far off the scale that the model was trained on, which scores suffer from; null where there are none.</summary>
    public ScaleMismatch? OffScale { get; }

    /// <summary>What the user of the scores should know, a sentence each; empty where all was taken.</summary>
    public IReadOnlyList<string> Notes
    {
        get
        {
            var notes = new List<string>();
            if (UnknownItems.Length > 0)
            {
                var counted = Counted.Of(UnknownItems.Length, "rated item is", "rated items are");
                notes.Add($"{counted} unknown to the model and left out: {Named(UnknownItems)}.");
            }
            if (RepeatedItems.Length > 0)
            {
                var counted = Counted.Of(RepeatedItems.Length, "item is", "items are");
                notes.Add($"{counted} rated more than once, and the last rating counts: {Named(RepeatedItems)}.");
            }
            if (OffScale is { } mismatch)
            {
                notes.Add(mismatch.Note);
            }
            if (UnknownFeatures.Length > 0)
            {
                var counted = Counted.Of(UnknownFeatures.Length, "value of a feature", "values of features");
                var count =
                    UnknownFeatures.Length == 1
                        ? "is unknown to the model and counts"
                        : "are unknown to the model and count";
                notes.Add($"{counted} {count} as missing: {Named(UnknownFeatures)}.");
            }
            if (Ratings == 0)
            {
                notes.Add("There is no rating to adapt to: scores are what the model expects of any such user.");
            }
            return notes;
        }
    }

    /// <summary>Scores of some items: predicted ratings, or logits of a click; NaN for items that the model does not know.</summary>
    /// <param name="wanted">Identifiers of the items.</param>
    /// <exception cref="SettingException">The model cannot score without a rating to adapt to.</exception>
    public float[] Score(IReadOnlyList<string> wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        return Known(wanted, Score);
    }

    /// <summary>As <see cref="Score(IReadOnlyList{string})"/>, but scores that are not finite are returned as they are.</summary>
    internal float[] ScoreUnchecked(IReadOnlyList<string> wanted) => Known(wanted, user.Score);

    /// <summary>Standard deviations of the scores of some items; null where the model has none.</summary>
    /// <param name="wanted">Identifiers of the items; NaN for those that the model does not know.</param>
    public float[]? Deviations(IReadOnlyList<string> wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        return user.Deviations([]) is null ? null : Known(wanted, known => user.Deviations(known)!);
    }

    /// <summary>The items with the highest scores that the user has not rated; equal scores in the order of the catalog.</summary>
    /// <param name="count">How many, at least 1; fewer where there are no more.</param>
    /// <exception cref="SettingException">The model cannot score without a rating to adapt to.</exception>
    public IReadOnlyList<Recommendation> Recommend(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var seen = rated.ToHashSet();
        int[] unseen = [.. Enumerable.Range(0, items.Count).Where(item => !seen.Contains(item))];
        var scores = Score(unseen);
        int[] order =
        [
            .. Enumerable.Range(0, unseen.Length).OrderByDescending(i => scores[i]).ThenBy(i => i).Take(count),
        ];
        var deviations = user.Deviations([.. order.Select(i => unseen[i])]);
        return [.. order.Select((i, place) => new Recommendation(items[unseen[i]], scores[i], deviations?[place]))];
    }

    private float[] Score(int[] known)
    {
        var scores = user.Score(known);
        return Array.TrueForAll(scores, float.IsFinite)
            ? scores
            : throw new SettingException(
                Ratings == 0
                    ? "This model adapts to ratings and cannot score without any: give it at least one rating of an item that "
                        + "it knows."
                    : "The model diverges on these ratings: a score is not finite. Check that the ratings are on the scale that "
                        + "the model was trained on."
            );
    }

    private float[] Known(IReadOnlyList<string> wanted, Func<int[], float[]> of)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        var places = wanted
            .Select(item => items.Find(item ?? throw new ArgumentException("An item is null.", nameof(wanted))))
            .ToArray();
        var known = of([.. places.OfType<int>()]);
        var next = 0;
        return Array.ConvertAll(places, place => place is null ? float.NaN : known[next++]);
    }

    private static string Named(ImmutableArray<string> names)
    {
        const int Shown = 5;
        return string.Join(", ", names.Take(Shown).Select(Excerpt.Of)) + (names.Length > Shown ? ", …" : "");
    }
}
