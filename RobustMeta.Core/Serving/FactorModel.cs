using RobustMeta.Bias;
using RobustMeta.Experiments;
using RobustMeta.Models;
using RobustMeta.Models.Factors;
using RobustMeta.Runtime;
using RobustMeta.Tasks;

namespace RobustMeta.Serving;

/// <summary>
/// MetaPMF in use: a user's posterior in closed form and in double precision, without tensors. The same formulas as
/// <see cref="MetaPmf"/> computes on tensors of 32-bit numbers, which it agrees with to their precision.
/// </summary>
internal sealed class FactorModel : IServedModel
{
    private const double Least = 1e-6;
    private readonly ServingData data;
    private readonly FactorPriorMean prior;
    private readonly BiasModel? bias;
    private readonly double count;
    private readonly double[] precision;
    private readonly int steps;

    /// <summary>A trained model.</summary>
    /// <param name="spec">Its settings.</param>
    /// <param name="data">What it sees.</param>
    /// <param name="parameters">Its parameters.</param>
    public FactorModel(MetaPmfSpec spec, ServingData data, ParameterSet parameters)
    {
        this.data = data;
        var order = spec.Factors + 1;
        Items = new(data, parameters, order);
        prior = new(data, parameters, Items, spec.UserPrior == PriorKind.Plain ? 0 : spec.ExposureRank);
        bias = spec.Offset == OffsetKind.None ? null : new(data.Label, data.Statistics);
        count = Math.Exp(-parameters["logNoise"].Values[0]);
        Center = parameters["center"].Values[0];
        steps = data.Label == LabelKind.Click ? spec.FoldInSteps : 1;
        precision = PrecisionOf(spec, parameters, order);
    }

    /// <summary>The items.</summary>
    public FactorItems Items { get; }

    /// <summary>What all scores have in common.</summary>
    public double Center { get; }

    /// <summary>Evidence of one rating: one over the variance of its noise.</summary>
    public double Count => count;

    /// <inheritdoc/>
    public IServedUser Adapt(FieldInput[] user, int[] items, float[] labels)
    {
        var (support, level) = Offsets(items, labels);
        var mean = prior.Of(user, items, labels);
        var vector = (double[])mean.Clone();
        var system = new SymmetricSystem(Items.Order);
        var covariance = new double[Items.Order * Items.Order];
        var move = new double[Items.Order];
        for (var step = 0; step < steps; step++)
        {
            Sum(system, items, labels, support, vector, mean);
            system.Solve(move, covariance);
            DenseVector.AddScaled(vector, 1, move);
        }
        return new FactorUser(this, vector, covariance, level);
    }

    /// <summary>Scores of the bias model that the score of an item starts from; 0 where the model has no offset.</summary>
    /// <param name="level">The user's part, as <see cref="Adapt"/> found it.</param>
    /// <param name="items">The items.</param>
    public float[] BaseOf(TaskBatch? level, int[] items) =>
        level is null ? new float[items.Length] : [.. bias!.Scores(WithQuery(level, items)).Query];

    /// <inheritdoc/>
    public void Dispose() { }

    private (float[] Support, TaskBatch? Level) Offsets(int[] items, float[] labels)
    {
        if (bias is null)
        {
            return (new float[items.Length], null);
        }
        var batch = new TaskBatch([0], [0], [0, items.Length], [.. items], [.. labels], [0, 0], [], []);
        return ([.. bias.Scores(batch).Support], batch);
    }

    private static TaskBatch WithQuery(TaskBatch batch, int[] items) =>
        new(
            batch.Users,
            batch.Positions,
            batch.SupportStarts,
            batch.SupportItems,
            batch.SupportLabels,
            [0, items.Length],
            [.. items],
            [.. new float[items.Length]]
        );

    // The Newton system at a user's vector: evidence of the ratings, doubt about their items, and the prior.
    private void Sum(
        SymmetricSystem system,
        int[] items,
        float[] labels,
        float[] support,
        double[] vector,
        double[] mean
    )
    {
        var n = Items.Order;
        var doubt = new double[n];
        system.Start(doubt, doubt);
        DenseVector.AddScaled(system.Matrix, 1, precision);
        for (var j = 0; j < items.Length; j++)
        {
            var q = Items.Vector(items[j]);
            var score = support[j] + Center + Items.Mean(items[j]) + DenseVector.Dot(q, vector);
            var (curvature, pull) = Evidence(score, labels[j]);
            DenseVector.AddScaled(system.Right, count * pull, q);
            DenseVector.AddScaled(doubt, count * curvature, Items.Spread(items[j]));
            AddProduct(system.Matrix, count * curvature, q);
        }
        for (var i = 0; i < n; i++)
        {
            system.Matrix[i] += doubt[i];
            system.Right[i] -= doubt[i] * vector[i];
            for (var k = 0; k < n; k++)
            {
                var place = PackedSymmetric.Place(n, Math.Max(i, k), Math.Min(i, k));
                system.Right[i] -= precision[place] * (vector[k] - mean[k]);
            }
        }
    }

    private static void AddProduct(double[] matrix, double factor, ReadOnlySpan<double> q)
    {
        for (var column = 0; column < q.Length; column++)
        {
            matrix[column] += factor * q[column] * q[column];
            if (column + 1 < q.Length)
            {
                var below = PackedSymmetric.Place(q.Length, column + 1, column);
                DenseVector.AddScaled(
                    matrix.AsSpan(below, q.Length - column - 1),
                    factor * q[column],
                    q[(column + 1)..]
                );
            }
        }
    }

    // Half the squared error, or the logistic bound at the score; see MetaPmf.
    private (double Curvature, double Pull) Evidence(double score, double label)
    {
        if (data.Label == LabelKind.Rating)
        {
            return (1, label - score);
        }
        var size = Math.Sqrt(score * score + Least);
        return ((Logistic.Sigmoid(size) - 0.5) / size, label - Logistic.Sigmoid(score));
    }

    private static double[] PrecisionOf(MetaPmfSpec spec, ParameterSet parameters, int order)
    {
        double[] diagonal = [.. parameters["logPrecision"].Values.Select(x => Math.Exp(x))];
        var packed = new double[PackedSymmetric.Size(order)];
        diagonal.CopyTo(packed, 0);
        if (spec.UserPrior != PriorKind.Plain)
        {
            var correlation = parameters["exposure.correlation"].Values;
            for (var i = 0; i < order; i++)
            {
                packed[i] += diagonal[i] * correlation[i * order + i];
                for (var j = 0; j < i; j++)
                {
                    packed[PackedSymmetric.Place(order, i, j)] =
                        Math.Sqrt(diagonal[i] * diagonal[j]) * correlation[i * order + j];
                }
            }
        }
        return packed;
    }
}
