using System.Collections.Immutable;
using MathNet.Numerics.LinearAlgebra;
using RobustMeta.Runtime;
using RobustMeta.Tasks;

namespace RobustMeta.Models.Factors;

/// <summary>
/// Matrix factorisation that knows how sure it is: user u gives item i the score
/// <c>base + c + w_iᵀ(1, a_u, p_u)</c> with item vector w = (mean, slope of the user's level, F factors), user level a and
/// factors p, all Gaussian beforehand. Fitted on the training users by mean-field variational inference in closed form
/// (Lim and Teh, KDD Cup 2007; for clicks with the bound of Jaakkola and Jordan, 2000), variances of priors and noise
/// included. Point estimates such as ALS overstate what few ratings tell of an item.
/// </summary>
public sealed class BayesianFactors
{
    private const int Known = 1;
    private const double WarmRounds = 3;

    // Items that a coefficient of a feature must outweigh to count by half.
    private const double ContentPenalty = 10;
    private readonly LabelKind label;
    private readonly FactorSide users;
    private readonly FactorSide items;
    private readonly FactorCells cells;
    private readonly double[] itemPrecision;
    private readonly double[] userPrecision;
    private readonly double[][] itemMean;
    private readonly ContentDesign content;
    private readonly double tasteVariance;

    private BayesianFactors(LabelKind label, FactorCells cells, ContentDesign content, FactorPrior prior)
    {
        this.label = label;
        this.cells = cells;
        this.content = content;
        tasteVariance = prior.TasteVariance;
        Width = prior.Factors + 2;
        users = new(cells.Users, Width);
        items = new(cells.Items, Width);
        userPrecision = [0, 1, .. Enumerable.Repeat(1.0, prior.Factors)];
        itemPrecision = [1, 100, .. Enumerable.Repeat(FactorPrecision(prior), prior.Factors)];
        itemMean = [.. Enumerable.Range(0, cells.Items).Select(_ => new double[Width])];
        OfContent = Matrix<double>.Build.Dense(content.Columns, Width);
        Noise = 1;
        Center = cells.Center(label);
        var random = Seeds.Generator(prior.Seed, "factors");
        var scale = 0.5 / Math.Sqrt(Width);
        for (var i = 0; i < cells.Items; i++)
        {
            double[] start = [0, 1, .. Enumerable.Range(0, prior.Factors).Select(_ => scale * random.NextGaussian())];
            items.Set(i, start);
        }
    }

    /// <summary>Width F + 2 of an item's vector: mean, slope of the level, factors.</summary>
    public int Width { get; }

    /// <summary>Score that everything is relative to.</summary>
    public double Center { get; }

    /// <summary>Variance of a rating beyond what the factors say; 1 for clicks, whose noise the logistic link has.</summary>
    public double Noise { get; private set; }

    /// <summary>Variance of the users' levels.</summary>
    public double LevelVariance => 1 / userPrecision[1];

    /// <summary>Variance of an item's vector before any rating, by position.</summary>
    public ImmutableArray<double> PriorVariance => [.. itemPrecision.Select(x => 1 / x)];

    /// <summary>What the features of an item add to its prior mean, <c>[columns, width]</c>.</summary>
    public Matrix<double> OfContent { get; private set; }

    /// <summary>Fits.</summary>
    /// <param name="label">What is predicted.</param>
    /// <param name="train">All training tasks, with base scores if there are any.</param>
    /// <param name="content">Features of all items.</param>
    /// <param name="itemCount">Number of all items.</param>
    /// <param name="prior">Size, rounds, seed.</param>
    public static BayesianFactors Fit(
        LabelKind label,
        TaskBatch train,
        ContentDesign content,
        int itemCount,
        FactorPrior prior
    )
    {
        var model = new BayesianFactors(label, FactorCells.Of(train, itemCount), content, prior);
        for (var round = 0; round < prior.Rounds; round++)
        {
            model.UpdateUsers();
            model.UpdateNoise();
            model.UpdateItems();
            if (round >= WarmRounds)
            {
                model.UpdateContent();
                model.UpdatePriors();
            }
        }
        return model;
    }

    /// <summary>Mean of an item's vector.</summary>
    public ReadOnlySpan<double> Item(int item) => items.Mean(item);

    /// <summary>Variance of each position of an item's vector.</summary>
    public double[] Variance(int item)
    {
        var mean = items.Mean(item);
        var moment = items.Moment(item);
        var variance = new double[Width];
        for (var k = 0; k < Width; k++)
        {
            variance[k] = moment[k * Width + k] - mean[k] * mean[k];
        }
        return variance;
    }

    private void UpdateUsers()
    {
        var system = new SymmetricSystem(Width - Known);
        var zero = new double[Width - Known];
        var solution = new double[Width];
        var covariance = new double[(Width - Known) * (Width - Known)];
        for (var u = 0; u < cells.Users; u++)
        {
            system.Start(userPrecision.AsSpan(Known), zero);
            foreach (var cell in cells.OfUser(u))
            {
                var moment = items.Moment(cells.Item[cell]);
                var (weight, pull) = Evidence(cell);
                for (var k = Known; k < Width; k++)
                {
                    SymmetricSystem.AddScaled(
                        system.Matrix.AsSpan((k - Known) * (Width - Known), k),
                        weight,
                        moment.Slice(k * Width + Known, k)
                    );
                }
                SymmetricSystem.AddScaled(system.Right, pull, items.Mean(cells.Item[cell])[Known..]);
                SymmetricSystem.AddScaled(system.Right, -weight, moment[Known..Width]);
            }
            solution[0] = 1;
            system.Solve(solution.AsSpan(Known), covariance);
            users.Set(u, solution, covariance);
        }
    }

    private void UpdateItems()
    {
        var system = new SymmetricSystem(Width);
        var start = new double[Width];
        var solution = new double[Width];
        var covariance = new double[Width * Width];
        for (var i = 0; i < cells.Items; i++)
        {
            for (var k = 0; k < Width; k++)
            {
                start[k] = itemPrecision[k] * PriorMean(i, k);
            }
            system.Start(itemPrecision, start);
            foreach (var cell in cells.OfItem(i))
            {
                var (weight, pull) = Evidence(cell);
                var moment = users.Moment(cells.User[cell]);
                for (var k = 0; k < Width; k++)
                {
                    SymmetricSystem.AddScaled(
                        system.Matrix.AsSpan(k * Width, k + 1),
                        weight,
                        moment.Slice(k * Width, k + 1)
                    );
                }
                SymmetricSystem.AddScaled(system.Right, pull, users.Mean(cells.User[cell]));
            }
            system.Solve(solution, covariance);
            items.Set(i, solution, covariance);
        }
    }

    private static double FactorPrecision(FactorPrior prior) =>
        prior.Factors / (prior.TasteVariance == 0 ? 1 : prior.TasteVariance);

    // How much a cell counts, and its linear term.
    private (double Weight, double Pull) Evidence(int cell)
    {
        var start = cells.Base[cell] + Center;
        if (label == LabelKind.Rating)
        {
            return (1 / Noise, (cells.Label[cell] - start) / Noise);
        }
        var weight = cells.Curvature[cell];
        return (weight, cells.Label[cell] - 0.5 - weight * start);
    }

    private void UpdateNoise()
    {
        double sum = 0;
        for (var cell = 0; cell < cells.Count; cell++)
        {
            var (i, u) = (cells.Item[cell], cells.User[cell]);
            var score = SymmetricSystem.Dot(items.Mean(i), users.Mean(u));
            var square = SymmetricSystem.Dot(items.Moment(i), users.Moment(u));
            var start = cells.Base[cell] + Center;
            if (label == LabelKind.Rating)
            {
                var left = cells.Label[cell] - start;
                sum += left * left - 2 * left * score + square;
            }
            else
            {
                // E[score²], at least that of a score of 1e-3: the curvature's limit at 0 is a quarter.
                var size = Math.Sqrt(Math.Max(1e-6, square + 2 * start * score + start * start));
                cells.Curvature[cell] = Math.Tanh(size / 2) / (2 * size);
            }
        }
        Noise = label == LabelKind.Rating ? Math.Max(1e-3, sum / Math.Max(1, cells.Count)) : 1;
    }

    // What vectors of this kind look like before any rating: a linear function of the item's features.
    private double PriorMean(int item, int k) => itemMean[item][k] + (k == 1 ? 1 : 0);

    private void UpdateContent()
    {
        if (content.Columns == 0)
        {
            return;
        }
        OfContent = content.Regress(
            item =>
            {
                var target = items.Mean(item).ToArray();
                target[1] -= 1;
                return target;
            },
            cells.HasItem,
            Width,
            ContentPenalty
        );
        for (var i = 0; i < cells.Items; i++)
        {
            itemMean[i] = content.Predict(OfContent, i);
        }
    }

    private void UpdatePriors()
    {
        userPrecision[1] = 1 / users.MeanSquare(1, 2, cells.HasUser, (_, _) => 0);
        itemPrecision[0] = 1 / items.MeanSquare(0, 1, cells.HasItem, PriorMean);
        itemPrecision[1] = 1 / Math.Max(1e-4, items.MeanSquare(1, 2, cells.HasItem, PriorMean));
        if (Width > 2 && tasteVariance == 0)
        {
            itemPrecision.AsSpan(2).Fill(1 / items.MeanSquare(2, Width, cells.HasItem, PriorMean));
        }
    }
}
