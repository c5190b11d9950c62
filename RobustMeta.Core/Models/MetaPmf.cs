using System.Collections.Immutable;
using RobustMeta.Models.Factors;
using RobustMeta.Models.Layers;
using RobustMeta.Settings;
using RobustMeta.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Models;

/// <summary>
/// Probabilistic matrix factorisation whose users are folded in by their posterior. An item's vector is
/// w = (mean m, slope of the level, factors), the sum of a free vector of its ID and of one of each of its features; a
/// user's is h = (level, factors) with score <c>base + c + m_i + q_iᵀh</c>, q the rest of w. Before any rating h is
/// Gaussian around a point that the user's features and the mere choice of the support items say; the support gives the
/// mean of the posterior in closed form, where an item counts the less the less is known of its vector. For clicks the
/// posterior is that of the logistic bound of Jaakkola and Jordan (2000), a few steps of it.
/// <para>
/// Training starts at the Bayesian solution for the training users (<see cref="BayesianFactors"/>), then descends on the
/// query loss through the fold-in. By default that moves what a user is before any rating, the noise and the penalties;
/// the items' vectors have seen the training users' labels already.
/// </para>
/// </summary>
public sealed class MetaPmf : MetaRecommender
{
    private const string Id = "id";
    private const int Mean = 1;
    private static readonly Scalar Least = HeldNumbers.Of(1e-6);
    private readonly MetaPmfSpec spec;
    private readonly int width;
    private readonly ImmutableArray<InputField> fields;
    private readonly TokenField? identity;
    private readonly FeatureSum items;
    private readonly FeatureSum spreads;
    private readonly FeatureSum people;
    private readonly ExposureTerm? exposure;

    /// <summary>A model for given inputs.</summary>
    /// <param name="spec">Number of factors, start, fold-in.</param>
    /// <param name="schema">The inputs of the model.</param>
    /// <param name="embeddingScale">Standard deviation of the initial embeddings (where they are not computed).</param>
    /// <param name="label">What is predicted.</param>
    public MetaPmf(MetaPmfSpec spec, InputSchema schema, double embeddingScale, LabelKind label)
        : base(spec.ModelName, label)
    {
        this.spec = spec;
        width = spec.Factors + 2;
        fields = schema.ItemFields;
        identity = schema.ItemFields.OfType<TokenField>().FirstOrDefault(field => field.Name == Id);
        items = new("item", schema.ItemFields, width);
        spreads = new("spread", identity is null ? [] : [identity], width);
        people = new("user", schema.UserFields, width - Mean);
        RequireSource(schema);
        exposure =
            spec.UserPrior == PriorKind.Plain ? null : new ExposureTerm(identity!, spec.ExposureRank, width - Mean);
        SupportWeighting = SupportWeighting.Differentiable;
        Shapes =
        [
            .. items.Shapes(embeddingScale),
            .. spreads.Shapes(0),
            .. people.Shapes(0),
            ParameterShape.Constant("choice", 0, width, width - Mean),
            ParameterShape.Constant("center", 0, 1),
            ParameterShape.Constant("logNoise", 0, 1),
            ParameterShape.Constant("logSpread", Math.Log(0.01), width),
            ParameterShape.Constant("logPrecision", 0, width - Mean),
            .. exposure?.Shapes ?? [],
        ];
        Phases = [TrainingPhase.Main with { Learned = LearnedWhere(spec.LearnVectors || spec.StartRounds == 0) }];
    }

    // Priors informed by exposure are computed by the start, for items that the model tells apart.
    private void RequireSource(InputSchema schema)
    {
        if (spec.UserPrior == PriorKind.Plain && spec.ItemPrior == PriorKind.Plain)
        {
            return;
        }
        if (spec.StartRounds == 0)
        {
            throw new SettingException(
                "userPrior and itemPrior need the closed-form start: set startRounds to 1 or more."
            );
        }
        if (identity is null)
        {
            throw new SettingException(
                "userPrior and itemPrior need items told apart by their identity: set itemId to true "
                    + $"(the item fields are {string.Join(", ", schema.ItemFields.Select(field => field.Name))})."
            );
        }
    }

    private double TasteVariance =>
        spec.TasteVariance < 0
            ? throw new SettingException($"tasteVariance is {spec.TasteVariance}; expected 0 (estimated) or more")
        : !double.IsNaN(spec.TasteVariance) ? spec.TasteVariance
        : Label == LabelKind.Click ? 1
        : 0;

    // The Bayesian vectors have seen the labels of the training users: descending on them again fits their noise.
    private ImmutableHashSet<string> LearnedWhere(bool vectors) =>
        vectors || identity is null
            ? []
            :
            [
                .. Shapes
                    .Select(shape => shape.Name)
                    .Where(name => !name.StartsWith("item.", StringComparison.Ordinal) && name != "spread.id"),
            ];

    /// <inheritdoc/>
    public override void Start(ParameterSet parameters, TaskBatch train, long seed, int threads = 0)
    {
        if (identity is not { } field || spec.StartRounds == 0)
        {
            return;
        }
        var (ofUsers, ofItems) = new PriorChoice(spec.UserPrior, spec.ItemPrior).Of(
            this,
            train,
            (part, informsUsers, informsItems) =>
            {
                var trial = CreateParameters(seed);
                Solve(trial, field, part, informsUsers, informsItems, seed, threads);
                return trial;
            }
        );
        Solve(parameters, field, train, ofUsers, ofItems, seed, threads);
    }

    // The Bayesian solution for some users as values of the parameters.
    private void Solve(
        ParameterSet parameters,
        TokenField field,
        TaskBatch train,
        bool informsUsers,
        bool informsItems,
        long seed,
        int threads
    )
    {
        var count = field.Starts.Length - 1;
        var design = ContentDesign.Of(fields.Where(other => other != field), count);
        var prior = new FactorPrior(spec.Factors, spec.StartRounds, TasteVariance, seed, threads)
        {
            ItemExposureRank = informsItems ? spec.ExposureRank : 0,
        };
        var fitted = BayesianFactors.Fit(Label, train, design, count, prior);
        var variance = fitted.PriorVariance;
        Set("center", [fitted.Center]);
        Set("logNoise", [Math.Log(fitted.Noise)]);
        Set("logPrecision", [-Math.Log(fitted.LevelVariance), .. new double[spec.Factors]]);
        Set("logSpread", variance.Select(Math.Log));
        foreach (var shape in items.Shapes(0))
        {
            Array.Clear(parameters[shape.Name].Values);
        }
        SetContent(parameters, design, fitted);
        SetItems(parameters, field, fitted);
        if (informsUsers)
        {
            var users = ExposurePrior.Fit(fitted, train.SupportLength, spec.ExposureRank, seed);
            exposure!.Set(parameters, users, parameters["logPrecision"].Values);
        }

        void Set(string name, IEnumerable<double> values) =>
            values.Select(x => (float)x).ToArray().CopyTo(parameters[name].Values, 0);
    }

    // What an item's own vector adds to that of its features, and how sure it is.
    private void SetItems(ParameterSet parameters, TokenField field, BayesianFactors fitted)
    {
        var design = fitted.Content;
        var vectors = parameters["item.id"].Values;
        var spread = parameters["spread.id"].Values;
        var variance = fitted.PriorVariance;
        for (var item = 0; item < field.Starts.Length - 1; item++)
        {
            if (field.Bag(item)[0] is var token && token != 0)
            {
                var mean = fitted.Item(item);
                var own = fitted.Variance(item);
                var expected = design.PredictByFeatures(fitted.OfContent, item);
                for (var k = 0; k < width; k++)
                {
                    vectors[token * width + k] = (float)(mean[k] - expected[k] - (k == Mean ? 1 : 0));
                    spread[token * width + k] = (float)Math.Log(own[k] / variance[k]);
                }
            }
            else if (token == 0 && design.Columns > design.FeatureColumns)
            {
                // Items that no training user rated are alike in exposure: what that says of them stands in their common row.
                var (all, features) = (
                    design.Predict(fitted.OfContent, item),
                    design.PredictByFeatures(fitted.OfContent, item)
                );
                for (var k = 0; k < width; k++)
                {
                    vectors[k] = (float)(all[k] - features[k]);
                }
            }
        }
    }

    // Coefficients of the features as rows of their tables.
    private void SetContent(ParameterSet parameters, ContentDesign design, BayesianFactors fitted)
    {
        var numbers = 0;
        foreach (var field in fields)
        {
            var isNumber = field is NumericField;
            var row = isNumber ? numbers++ : 0;
            if (!design.Start.TryGetValue(field.Name, out var start))
            {
                continue;
            }
            var table = parameters[isNumber ? "item.numbers" : $"item.{field.Name}"].Values;
            var rows = field is TokenField tokens ? tokens.VocabularySize : 1;
            for (var r = 0; r < rows; r++)
            {
                for (var k = 0; k < width; k++)
                {
                    table[(row + r) * width + k] = (float)fitted.OfContent[start + r, k];
                }
            }
        }
    }

    /// <inheritdoc/>
    public override Prediction Predict(
        IReadOnlyDictionary<string, Tensor> theta,
        TaskTensors batch,
        TrainingPhase? training
    )
    {
        var precision = batch.Support.Labels.dtype;
        var w = items.Encode(theta, batch.Items, precision);
        var means = w.narrow(1, 0, Mean);
        var slope = cat([ones([1], precision), zeros([width - Mean - 1], precision)]);
        var q = w.narrow(1, Mean, width - Mean).Plus(slope);
        var spread = spreads
            .Encode(theta, batch.Items, precision)
            .Plus(theta["logSpread"])
            .narrow(1, Mean, width - Mean)
            .exp();
        var weights = batch.SupportWeights * batch.Support.Mask;
        var prior = people.Encode(theta, batch.Batch.Users, precision).Plus(Choice(theta, w, batch.Support, weights));
        if (exposure is not null)
        {
            prior = prior.Plus(exposure.Mean(theta, batch.Items, batch.Support, weights));
        }
        var origin = batch.Support.Base.Plus(theta["center"]).Plus(TaskEncoder.At(means, batch.Support).squeeze(2));
        var user = FoldIn(
            theta,
            TaskEncoder.At(q, batch.Support),
            TaskEncoder.At(spread, batch.Support),
            prior.unsqueeze(2),
            origin,
            weights,
            batch.Support.Labels
        );
        var own = matmul(TaskEncoder.At(q, batch.Query), user).squeeze(2);
        return new(own.Plus(theta["center"]).Plus(TaskEncoder.At(means, batch.Query).squeeze(2)));
    }

    // What having rated just these items says, before how they were rated: a linear map of the mean of their vectors.
    private static Tensor Choice(
        IReadOnlyDictionary<string, Tensor> theta,
        Tensor items,
        TaskTensors.Padded support,
        Tensor weights
    )
    {
        var sum = (TaskEncoder.At(items, support) * weights.unsqueeze(2)).sum(1);
        return matmul(sum / weights.sum(1, keepdim: true).clamp_min(Least), theta["choice"]);
    }

    // The mean of the user's posterior, [B, K, 1]: the minimum in h of
    // Σ_j a_j c_j / 2 ((y_j − origin_j − q_jᵀh)² + hᵀ diag(s_j) h) + (h − h₀)ᵀ Λ (h − h₀) / 2.
    private Tensor FoldIn(
        IReadOnlyDictionary<string, Tensor> theta,
        Tensor q,
        Tensor spread,
        Tensor prior,
        Tensor origin,
        Tensor weights,
        Tensor labels
    )
    {
        var counts = (weights / theta["logNoise"].exp()).unsqueeze(2);
        var penalty = theta["logPrecision"].exp();
        var full = exposure is null ? null : ExposureTerm.Precision(theta, penalty);
        var transposed = q.transpose(1, 2);
        var user = prior;
        for (var step = 0; step < (Label == LabelKind.Click ? spec.FoldInSteps : 1); step++)
        {
            var scores = origin.unsqueeze(2).Plus(matmul(q, user));
            var (curvature, pull) = Evidence(scores, labels.unsqueeze(2));
            var certain = counts * curvature;
            var unsure = (certain * spread).sum(1);
            var evidence = matmul(transposed, certain * q);
            var drive = matmul(transposed, counts * pull) - unsure.unsqueeze(2) * user;
            var (system, slope) = exposure is null
                ? (evidence.Plus(unsure.Plus(penalty).diag_embed()), drive - penalty.unsqueeze(1) * (user - prior))
                : (evidence.Plus(unsure.diag_embed()).Plus(full!), drive - matmul(full!, user - prior));
            user = user.Plus(linalg.solve(system, slope));
        }
        return user;
    }

    // Curvature and descent direction of each label's loss (half the squared error; the logistic bound at the scores).
    private (Tensor Curvature, Tensor Pull) Evidence(Tensor scores, Tensor labels)
    {
        var pull = Losses.Residual(Label, scores, labels);
        if (Label == LabelKind.Rating)
        {
            return (ones_like(scores), pull);
        }
        // tanh(x/2) / 2x with its limit at 0: a size of at least 1e-3 makes no difference to the value.
        var size = scores.Squared().Plus(Least).sqrt();
        return ((size.sigmoid() - HeldNumbers.Half) / size, pull);
    }
}
