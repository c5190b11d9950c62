using RobustMeta.Experiments;
using RobustMeta.Tasks;

namespace RobustMeta.Serving.Monitoring;

/// <summary>Mean losses of users under a model in use.</summary>
/// <param name="model">The model.</param>
/// <param name="prepared">The data that it was trained on.</param>
internal sealed class MonitoredLosses(ColdStartModel model, PreparedExperiment prepared)
{
    /// <summary>Of the run's test users: adapted to their supports, on their queries.</summary>
    public double[] AsEvaluated() =>
        [
            .. prepared.Split.Test.Select(task =>
            {
                var batch = prepared.Source.All([task]);
                return Loss(
                    ServedInputs.Of(model, prepared, task.User),
                    [.. batch.SupportItems],
                    [.. batch.SupportLabels],
                    [.. batch.QueryItems],
                    [.. batch.QueryLabels]
                );
            }),
        ];

    /// <summary>Of the run's test users as arrivals: adapted to one half of a few ratings, on the other.</summary>
    public double[] Halved(ArrivalComparison comparison) =>
        [
            .. prepared.Split.Test.Zip(
                comparison.Test,
                (task, cut) =>
                {
                    var batch = comparison.Input.Source.All([cut]);
                    return Halved(
                        ServedInputs.Of(model, prepared, task.User),
                        [.. batch.QueryItems],
                        [.. batch.QueryLabels]
                    );
                }
            ),
        ];

    /// <summary>Of the users who arrive, in the same way.</summary>
    public double[] Halved(ArrivalComparison comparison, Arrivals arrivals) =>
        [
            .. arrivals.Users.Zip(
                comparison.Arrived,
                (arrival, task) =>
                {
                    var batch = comparison.Input.Source.All([task]);
                    return Halved(model.Inputs(arrival.Features, []), [.. batch.QueryItems], [.. batch.QueryLabels]);
                }
            ),
        ];

    private double Halved(FieldInput[] user, int[] items, float[] labels)
    {
        var half = items.Length / 2;
        return Loss(user, items[..half], labels[..half], items[half..], labels[half..]);
    }

    private double Loss(FieldInput[] user, int[] support, float[] labels, int[] query, float[] targets) =>
        PointLoss.Of(model.Label, model.Served.Adapt(user, support, labels).Score(query), targets).Average();
}
