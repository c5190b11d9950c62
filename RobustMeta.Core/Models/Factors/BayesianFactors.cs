using System.Collections.Immutable;
using MathNet.Numerics.LinearAlgebra;
using RobustMeta.Runtime;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Models.Factors;

/// <summary>
/// Matrix factorisation with a posterior: user u gives item i the score
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
    private const double ExposurePenalty = 20;
    private const double InterceptPenalty = 1e-3;
    private readonly LabelKind label;
    private readonly FactorSide users;
    private readonly FactorSide items;
    private readonly FactorCells cells;
    private readonly double[] itemPrecision;
    private readonly double[] userPrecision;
    private readonly double[][] itemMean;
    private readonly ContentDesign content;
    private readonly double tasteVariance;
    private readonly ParallelOptions threads;
    private readonly double[] misfit;

    private BayesianFactors(LabelKind label, FactorCells cells, ContentDesign content, FactorPrior prior)
    {
        this.label = label;
        this.cells = cells;
        tasteVariance = prior.TasteVariance;
        threads = new() { MaxDegreeOfParallelism = prior.Threads == 0 ? Environment.ProcessorCount : prior.Threads };
        Exposures = prior.HasDrawnNegatives ? cells.Positives() : cells;
        this.content = prior.ItemExposureRank == 0 ? content : WithExposure(content, Exposures, prior, threads);
        misfit = new double[cells.Users];
        Width = prior.Factors + 2;
        users = new(cells.Users, Width);
        items = new(cells.Items, Width);
        userPrecision = [0, 1, .. Enumerable.Repeat(1.0, prior.Factors)];
        itemPrecision = [1, 100, .. Enumerable.Repeat(FactorPrecision(prior), prior.Factors)];
        itemMean = [.. Enumerable.Range(0, cells.Items).Select(_ => new double[Width])];
        OfContent = Matrix<double>.Build.Dense(this.content.Columns, Width);
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
    /// <param name="train">All training tasks, with bias offsets if there are any.</param>
    /// <param name="content">Features of all items.</param>
    /// <param name="itemCount">Number of all items.</param>
    /// <param name="prior">Size, rounds, seed. The result does not depend on its number of threads.</param>
    /// <exception cref="SettingException">There are too many factors for the users or items.</exception>
    public static BayesianFactors Fit(
        LabelKind label,
        TaskBatch train,
        ContentDesign content,
        int itemCount,
        FactorPrior prior
    )
    {
        var width = prior.Factors + 2;
        if ((long)Math.Max(train.Count, itemCount) * PackedSymmetric.Size(width) > Array.MaxLength)
        {
            throw new SettingException(
                $"{prior.Factors} factors for {train.Count} users and {itemCount} items need more than one array holds: "
                    + "lower factors or userNum."
            );
        }
        var model = new BayesianFactors(label, FactorCells.Of(train, itemCount), content, prior);
        for (var round = 0; round < prior.Rounds; round++)
        {
            model.UpdateUsers();
            model.UpdateItems();
            if (round >= WarmRounds)
            {
                model.UpdateContent();
                model.UpdatePriors();
            }
        }
        return model;
    }

    /// <summary>What an item's prior mean is a linear function of: features, and exposure where it is asked for.</summary>
    internal ContentDesign Content => content;

    /// <summary>Where it runs.</summary>
    internal ParallelOptions Threads => threads;

    /// <summary>The interactions that it was fitted on.</summary>
    internal FactorCells Cells => cells;

    /// <summary>Those of them that show that a user met an item: all but drawn negatives.</summary>
    internal FactorCells Exposures { get; }

    /// <summary>Adds what the ratings of a training user tell of the user's vector (level, factors).</summary>
    /// <param name="system">System of order <c>Width - 1</c>.</param>
    /// <param name="user">Position of the user among the training tasks.</param>
    internal void AddEvidence(SymmetricSystem system, int user)
    {
        var (first, end) = cells.OfUser(user);
        for (var cell = first; cell < end; cell++)
        {
            AddItem(system, cell);
        }
    }

    /// <summary>Mean of an item's vector.</summary>
    public ReadOnlySpan<double> Item(int item) => items.Mean(item);

    /// <summary>Means of all items' vectors, <c>[items, width]</c>.</summary>
    internal Matrix<double> Vectors => Matrix<double>.Build.Dense(cells.Items, Width, (i, k) => items.Mean(i)[k]);

    /// <summary>Variance of each position of an item's vector.</summary>
    public double[] Variance(int item)
    {
        var mean = items.Mean(item);
        var moment = items.Moment(item);
        var variance = new double[Width];
        for (var k = 0; k < Width; k++)
        {
            variance[k] = moment[k] - mean[k] * mean[k];
        }
        return variance;
    }

    private static ContentDesign WithExposure(
        ContentDesign content,
        FactorCells cells,
        FactorPrior prior,
        ParallelOptions threads
    )
    {
        var rank = ExposureEmbedding.Rank(cells, prior.ItemExposureRank);
        var columns = ExposureEmbedding.ForItems(cells, rank, prior.Seed, threads);
        new ControlledExposure(prior.ExposureControl, prior.Seed).Apply(
            "items",
            columns,
            ExposureEmbedding.Places,
            [.. Enumerable.Range(0, cells.Items).Select(item => cells.OfItem(item).Length)]
        );
        return content.WithExposure(
            columns,
            [InterceptPenalty, .. Enumerable.Repeat(ExposurePenalty, columns[0].Length - 1)]
        );
    }

    // The users given the items, and what that says of noise and curvatures.
    private void UpdateUsers()
    {
        Parallel.For(0, cells.Users, threads, () => new Workspace(Width - Known), UpdateUser, _ => { });
        Noise = label == LabelKind.Rating ? Math.Max(1e-3, misfit.Sum() / Math.Max(1, cells.Count)) : 1;
    }

    private Workspace UpdateUser(int user, ParallelLoopState loop, Workspace work)
    {
        var (first, end) = cells.OfUser(user);
        work.System.Start(userPrecision.AsSpan(Known), work.Zero);
        AddEvidence(work.System, user);
        var mean = work.Mean.AsSpan(0, Width);
        mean[0] = 1;
        work.System.Solve(mean[Known..], work.Covariance);
        users.Set(user, mean, work.Covariance);
        // Now, while the user's items are near.
        misfit[user] = 0;
        for (var cell = first; cell < end; cell++)
        {
            misfit[user] += UpdateFit(cell);
        }
        return work;
    }

    // What a cell tells of its user, whose first position is known.
    private void AddItem(SymmetricSystem system, int cell)
    {
        var moment = items.Moment(cells.Item[cell]);
        var ofKnown = moment.Slice(Width, Width - Known);
        var (weight, pull) = Evidence(cell);
        SymmetricSystem.AddScaled(system.Matrix.AsSpan(0, Width - Known), weight, moment[Known..Width]);
        SymmetricSystem.AddScaled(system.Matrix.AsSpan(Width - Known), weight, moment[(2 * Width - Known)..]);
        SymmetricSystem.AddScaled(system.Right, pull, items.Mean(cells.Item[cell])[Known..]);
        SymmetricSystem.AddScaled(system.Right, -weight, ofKnown);
    }

    // Expected squared error of a rating; of a click, sets the curvature of its bound.
    private double UpdateFit(int cell)
    {
        var (i, u) = (cells.Item[cell], cells.User[cell]);
        var score = SymmetricSystem.Dot(items.Mean(i), users.Mean(u));
        var square = PackedSymmetric.Dot(Width, items.Moment(i), users.Moment(u));
        var start = cells.Offset[cell] + Center;
        if (label == LabelKind.Rating)
        {
            var left = cells.Label[cell] - start;
            return left * left - 2 * left * score + square;
        }
        // E[score²], at least that of a score of 1e-3: the curvature's limit at 0 is a quarter.
        var size = Math.Sqrt(Math.Max(1e-6, square + 2 * start * score + start * start));
        cells.Curvature[cell] = Math.Tanh(size / 2) / (2 * size);
        return 0;
    }

    private void UpdateItems() =>
        Parallel.For(0, cells.Items, threads, () => new Workspace(Width), UpdateItem, _ => { });

    private Workspace UpdateItem(int item, ParallelLoopState loop, Workspace work)
    {
        var mean = work.Mean.AsSpan(0, Width);
        for (var k = 0; k < Width; k++)
        {
            mean[k] = itemPrecision[k] * PriorMean(item, k);
        }
        work.System.Start(itemPrecision, mean);
        foreach (var cell in cells.OfItem(item))
        {
            var (weight, pull) = Evidence(cell);
            SymmetricSystem.AddScaled(work.System.Matrix, weight, users.Moment(cells.User[cell]));
            SymmetricSystem.AddScaled(work.System.Right, pull, users.Mean(cells.User[cell]));
        }
        work.System.Solve(mean, work.Covariance);
        items.Set(item, mean, work.Covariance);
        return work;
    }

    private static double FactorPrecision(FactorPrior prior) =>
        prior.Factors / (prior.TasteVariance == 0 ? 1 : prior.TasteVariance);

    // How much a cell counts, and its linear term.
    private (double Weight, double Pull) Evidence(int cell)
    {
        var start = cells.Offset[cell] + Center;
        if (label == LabelKind.Rating)
        {
            return (1 / Noise, (cells.Label[cell] - start) / Noise);
        }
        var weight = cells.Curvature[cell];
        return (weight, cells.Label[cell] - 0.5 - weight * start);
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

    // Of one thread.
    private sealed class Workspace(int order)
    {
        public SymmetricSystem System { get; } = new(order);
        public double[] Zero { get; } = new double[order];
        public double[] Mean { get; } = new double[order + Known];
        public double[] Covariance { get; } = new double[order * order];
    }
}
