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
    private ContentRegression? regression;
    private readonly double tasteVariance;
    private readonly ParallelOptions threads;
    private readonly FactorKernels kernels = FactorKernels.Best;
    private readonly FactorEvidence evidence;

    private BayesianFactors(LabelKind label, FactorCells cells, ContentDesign content, FactorPrior prior)
    {
        this.label = label;
        this.cells = cells;
        tasteVariance = prior.TasteVariance;
        threads = new() { MaxDegreeOfParallelism = prior.Threads == 0 ? Environment.ProcessorCount : prior.Threads };
        Exposures = prior.HasDrawnNegatives ? cells.Positives() : cells;
        this.content = prior.ItemExposureRank == 0 ? content : WithExposure(content, Exposures, prior, threads);
        Width = prior.Factors + 2;
        users = new(cells.Users, Width);
        items = new(cells.Items, Width);
        userPrecision = [0, 1, .. Enumerable.Repeat(1.0, prior.Factors)];
        itemPrecision = [1, 100, .. Enumerable.Repeat(FactorPrecision(prior), prior.Factors)];
        itemMean = [.. Enumerable.Range(0, cells.Items).Select(_ => new double[Width])];
        OfContent = Matrix<double>.Build.Dense(this.content.Columns, Width);
        Noise = 1;
        Center = cells.Center(label);
        evidence = new(label, cells, Center, kernels, threads);
        var random = Seeds.Generator(prior.Seed, "factors");
        var scale = 0.5 / Math.Sqrt(Width);
        for (var i = 0; i < cells.Items; i++)
        {
            double[] start = [0, 1, .. Enumerable.Range(0, prior.Factors).Select(_ => scale * random.NextGaussian())];
            SetStart(i, start);
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
        if (Math.Max(train.Count, itemCount) > FactorSide.MostVectors(prior.Factors + 2))
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

    /// <summary>What the ratings of each training user tell of the user's vector: sums that are to be multiplied by <see cref="Scale"/>.</summary>
    internal FactorSide Evidence()
    {
        var sums = new FactorSide(cells.Users, Width);
        evidence.SumForUsers(items, sums);
        return sums;
    }

    /// <summary>What the evidence of a rating is multiplied by.</summary>
    internal double Scale => label == LabelKind.Rating ? 1 / Noise : 1;

    /// <summary>Room for the normal equations of users, for one thread.</summary>
    internal LaneSystems UserSystems() => new(kernels, Width, Known);

    /// <summary>Number of users, or items, whose normal equations are solved at once.</summary>
    internal int Lanes => kernels.Lanes;

    /// <summary>Mean of an item's vector.</summary>
    public ReadOnlySpan<double> Item(int item) => items.Mean(item);

    /// <summary>Means of all items' vectors, <c>[items, width]</c>.</summary>
    internal Matrix<double> Vectors => Matrix<double>.Build.Dense(cells.Items, Width, (i, k) => items.Mean(i)[k]);

    /// <summary>Variance of each position of an item's vector.</summary>
    public double[] Variance(int item)
    {
        var mean = items.Mean(item);
        var variance = new double[Width];
        for (var k = 0; k < Width; k++)
        {
            variance[k] = items.Square(item, k) - mean[k] * mean[k];
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
        evidence.SumForUsers(items, users);
        var misfit = label == LabelKind.Rating ? evidence.SquaresOfUsers() : [];
        ForGroups(
            cells.Users,
            UserSystems,
            (systems, first) =>
            {
                systems.Load(users, first, Scale);
                for (var k = Known; k < Width; k++)
                {
                    systems.AddPrecision(k, userPrecision[k]);
                }
                systems.Invert();
                systems.Solve();
                systems.Save(users, first);
                Span<double> fits = stackalloc double[Lanes];
                systems.Fits(fits);
                for (var user = first; user < Math.Min(misfit.Length, first + Lanes); user++)
                {
                    misfit[user] += Noise * fits[user - first];
                }
            }
        );
        if (label == LabelKind.Rating)
        {
            Noise = Math.Max(1e-3, misfit.Sum() / Math.Max(1, cells.Count));
        }
        else
        {
            evidence.Tighten(users, items);
        }
    }

    private void UpdateItems()
    {
        evidence.SumForItems(users, items);
        ForGroups(
            cells.Items,
            () => new(kernels, Width, 0),
            (systems, first) =>
            {
                systems.Load(items, first, Scale);
                for (var k = 0; k < Width; k++)
                {
                    systems.AddPrecision(k, itemPrecision[k]);
                    for (var item = first; item < Math.Min(cells.Items, first + Lanes); item++)
                    {
                        systems.AddRight(item - first, k, itemPrecision[k] * PriorMean(item, k));
                    }
                }
                systems.Invert();
                systems.Solve();
                systems.Save(items, first);
            }
        );
    }

    private void ForGroups(int count, Func<LaneSystems> systems, Action<LaneSystems, int> solve) =>
        Parallel.For(
            0,
            (count + Lanes - 1) / Lanes,
            threads,
            systems,
            (group, _, own) =>
            {
                solve(own, group * Lanes);
                return own;
            },
            _ => { }
        );

    private static double FactorPrecision(FactorPrior prior) =>
        prior.Factors / (prior.TasteVariance == 0 ? 1 : prior.TasteVariance);

    // What vectors of this kind look like before any rating: a linear function of the item's features.
    private double PriorMean(int item, int k) => itemMean[item][k] + (k == 1 ? 1 : 0);

    private void UpdateContent()
    {
        if (content.Columns == 0)
        {
            return;
        }
        regression ??= content.Regression(cells.HasItem, ContentPenalty);
        OfContent = regression.Coefficients(
            item =>
            {
                var target = items.Mean(item).ToArray();
                target[1] -= 1;
                return target;
            },
            Width
        );
        var coefficients = OfContent.ToRowMajorArray();
        Parallel.For(0, cells.Items, threads, i => itemMean[i] = content.Predict(coefficients, Width, i));
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

    private unsafe void SetStart(int item, ReadOnlySpan<double> start)
    {
        start.CopyTo(new(items.MeanAt(item), Width));
        for (var l = 0; l < Width; l++)
        {
            for (var k = l; k < Width; k++)
            {
                var (slab, at) = Math.DivRem(PackedSymmetric.Place(Width, k, l), FactorKernels.Block);
                items.MomentAt(slab, item)[at] = start[k] * start[l];
            }
        }
    }
}
