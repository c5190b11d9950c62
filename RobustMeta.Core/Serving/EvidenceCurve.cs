using RobustMeta.Experiments;
using RobustMeta.Runtime;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Serving;

/// <summary>
/// How much an order of questions helps test users: each is asked for the ratings of the support in that order, and the
/// model that adapted to the first of them predicts the query.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="prepared">The data that it was trained on.</param>
/// <param name="most">Largest number of ratings; users with fewer in their support are left out.</param>
public sealed class EvidenceCurve(ColdStartModel model, PreparedExperiment prepared, int most)
{
    private readonly ColdStartModel model = model ?? throw new ArgumentNullException(nameof(model));
    private readonly PreparedExperiment prepared = prepared ?? throw new ArgumentNullException(nameof(prepared));

    /// <summary>The curve of an order of items.</summary>
    /// <param name="order">Identifiers of items, those to be asked for first at the front.</param>
    /// <exception cref="SettingException">No test user has so many ratings.</exception>
    public IReadOnlyList<EvidencePoint> Of(IReadOnlyList<string> order)
    {
        ArgumentNullException.ThrowIfNull(order);
        var places = new int[model.Items.Count];
        for (var place = 0; place < order.Count; place++)
        {
            places[model.Items.Find(order[place])!.Value] = place - order.Count;
        }
        return Of((_, item) => places[item]);
    }

    /// <summary>The curve of items in an order of each user's own, drawn by the seed of the experiment.</summary>
    public IReadOnlyList<EvidencePoint> OfRandom() =>
        Of(
            (user, item) =>
                Seeds.Derive(prepared.Spec.Seed, "questions", prepared.Dataset.Ratings.Users[user], model.Items[item])
        );

    private IReadOnlyList<EvidencePoint> Of(Func<int, int, long> place)
    {
        Evidence.RequireData(model, prepared);
        var tasks = prepared.Split.Test.Where(task => task.Support.Length >= most).ToList();
        if (tasks.Count == 0)
        {
            var longest = prepared.Split.Test.Select(task => task.Support.Length).DefaultIfEmpty().Max();
            throw new SettingException(
                $"asked is {most}; no test user has so many ratings to ask for. The longest support has {longest}: ask for so "
                    + "many or fewer."
            );
        }
        var errors = new double[most + 1];
        foreach (var task in tasks)
        {
            var batch = prepared.Source.All([task]);
            int[] asked =
            [
                .. Enumerable.Range(0, batch.SupportItems.Length).OrderBy(i => place(task.User, batch.SupportItems[i])),
            ];
            var inputs = ServedInputs.Of(model, prepared, task.User);
            int[] query = [.. batch.QueryItems];
            // Before the first rating some models have no prediction; curves start at one.
            for (var count = 1; count <= most; count++)
            {
                var user = model.Served.Adapt(
                    inputs,
                    [.. asked.Take(count).Select(i => batch.SupportItems[i])],
                    [.. asked.Take(count).Select(i => batch.SupportLabels[i])]
                );
                errors[count] += PointLoss.Of(model.Label, user.Score(query), batch.QueryLabels.AsSpan()).Average();
            }
        }
        return
        [
            .. Enumerable
                .Range(1, most)
                .Select(count => new EvidencePoint(count, errors[count] / tasks.Count, tasks.Count)),
        ];
    }
}
