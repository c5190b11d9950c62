using System.Collections.Immutable;
using RobustMeta.Experiments;
using RobustMeta.Models;
using RobustMeta.Robustness;
using RobustMeta.Runtime;
using RobustMeta.Tasks;

namespace RobustMeta.Theory;

/// <summary>
/// The certified worst case of a trained model beside sampled shifts within the sets: no shift may exceed it on the users that it
/// was computed from.
/// </summary>
/// <param name="Set">The ambiguity set, the same at both levels.</param>
/// <param name="Mean">Mean loss of the training users.</param>
/// <param name="Certified">Certified worst-case loss of the training users.</param>
/// <param name="Largest">Largest loss that a sampled shift reached on the training users.</param>
/// <param name="Violations">Sampled shifts of the training users above the certificate: the theorem says none.</param>
/// <param name="NewUsersAbove">Sampled shifts of new users above it: not excluded, a matter of generalisation.</param>
/// <param name="Samples">Number of sampled shifts.</param>
public sealed record CertifiedBound(
    string Set,
    double Mean,
    double Certified,
    double Largest,
    int Violations,
    int NewUsersAbove,
    int Samples
)
{
    private const double Rounding = 1e-9;

    /// <summary>Sets whose certificates are tried.</summary>
    public static ImmutableArray<string> Sets { get; } =
    ["chi2 0.1", "chi2 0.5", "kl 0.1", "cvar 0.5", "l2 0.1", "simplex", "unit-ball"];

    /// <summary>Trains a MeLU on some users of the synthetic world, and tries the certificates of <see cref="Sets"/>.</summary>
    /// <param name="samples">Shifts a set.</param>
    /// <param name="users">Number of users of the world.</param>
    /// <param name="epochs">Epochs of training.</param>
    public static IReadOnlyList<CertifiedBound> Measure(int samples, int users, int epochs)
    {
        var spec = ExperimentSpec.Of(
            "MeLU",
            ("levels", "none"),
            ("userNum", Invariant(users)),
            ("epoch", Invariant(epochs)),
            ("optimizer", "adam"),
            ("lr", "0.005"),
            ("testFraction", "0.4")
        );
        var prepared = PreparedExperiment.Of(spec, Data.DatasetCatalog.Default.Load(spec.Dataset));
        var predictor = prepared.Fit(spec.Method);
        using var trained = predictor as IDisposable;
        var train = LossesOf(prepared.Source, predictor, prepared.Split.MetaTrain);
        var test = LossesOf(prepared.Source, predictor, prepared.Split.Test);
        return [.. Sets.Select(set => Of(AmbiguitySet.Parse(set), train, test, samples))];
    }

    /// <summary>The certified worst case of losses: interactions inside, users outside.</summary>
    /// <param name="set">The set at both levels.</param>
    /// <param name="losses">Losses of each user's interactions.</param>
    public static double Certificate(AmbiguitySet set, IEnumerable<double[]> losses)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(losses);
        return set.Value([.. losses.Select(ofUser => set.Value(ofUser))]);
    }

    /// <summary>The loss of a random shift at both levels.</summary>
    /// <param name="random">Source of the shift.</param>
    /// <param name="set">The set at both levels.</param>
    /// <param name="losses">Losses of each user's interactions.</param>
    public static double Shifted(Random random, AmbiguitySet set, IEnumerable<double[]> losses)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(losses);
        double[] ofUsers = [.. losses.Select(ofUser => Weighted(random, set, ofUser))];
        return Weighted(random, set, ofUsers);
    }

    private static CertifiedBound Of(
        AmbiguitySet set,
        IReadOnlyList<double[]> train,
        IReadOnlyList<double[]> test,
        int samples
    )
    {
        var random = Seeds.Generator(0, "theory shifts", set.Name);
        var certified = Certificate(set, train);
        var onTrain = Shifts(train);
        var onTest = Shifts(test);
        return new(
            set.Name,
            train.Average(ofUser => ofUser.Average()),
            certified,
            onTrain.Max(),
            Above(onTrain),
            Above(onTest),
            samples
        );

        double[] Shifts(IReadOnlyList<double[]> losses) =>
            [.. Enumerable.Range(0, samples).Select(_ => Shifted(random, set, losses))];
        int Above(double[] shifted) => shifted.Count(loss => loss > certified + Rounding);
    }

    // Under a member of the set: a point around uniform, between a random direction and that of the losses, projected. Far
    // points come to lie on the boundary.
    private static double Weighted(Random random, AmbiguitySet set, double[] losses)
    {
        var uniform = set.UniformWeight(losses.Length);
        var mean = losses.Average();
        var spread = Math.Max(losses.Average(loss => Math.Abs(loss - mean)), 1e-12);
        var lean = random.NextDouble();
        var size = Math.Exp(6 * random.NextDouble() - 2);
        double[] weights = [.. losses.Select(loss => uniform * (1 + size * Direction(loss)))];
        set.Project(weights);
        return weights.Zip(losses).Sum(pair => pair.First * pair.Second);

        double Direction(double loss) => lean * (loss - mean) / spread + (1 - lean) * (2 * random.NextDouble() - 1);
    }

    // Losses of each user's query.
    private static List<double[]> LossesOf(TaskSource source, IPredictor predictor, ImmutableArray<UserTask> tasks)
    {
        var batch = source.All(tasks);
        var losses = PointLoss.Of(source.Label, predictor.Predict(batch), batch.QueryLabels.AsSpan());
        return [.. Enumerable.Range(0, batch.Count).Select(b => losses[batch.QueryRange(b)])];
    }

    private static string Invariant(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
