using System.Collections.Immutable;
using System.Globalization;
using RobustMeta.Models.Factors;
using RobustMeta.Models.Layers;
using RobustMeta.Runtime;
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
public sealed class MetaPmf : MetaRecommender, IHasForm<FactorForm>
{
    private const int Mean = 1;
    private readonly MetaPmfSpec spec;
    private readonly int width;
    private readonly ImmutableArray<InputField> fields;
    private readonly TokenField? identity;
    private readonly bool hasDrawnNegatives;
    private readonly FeatureSum items;
    private readonly FeatureSum spreads;
    private readonly FeatureSum people;
    private readonly ExposureTerm? exposure;
    private readonly Lazy<MetaPmf> uninformed;

    /// <summary>A model for given inputs.</summary>
    /// <param name="spec">Number of factors, start, fold-in.</param>
    /// <param name="schema">The inputs of the model.</param>
    /// <param name="embeddingScale">Standard deviation of the initial embeddings (where they are not computed).</param>
    /// <param name="label">What is predicted.</param>
    public MetaPmf(MetaPmfSpec spec, InputSchema schema, double embeddingScale, LabelKind label)
        : base(Given(spec).ModelName, label)
    {
        ArgumentNullException.ThrowIfNull(schema);
        this.spec = spec;
        Form = new(schema, spec.Factors, spec.FoldInSteps, spec.UserPrior == PriorKind.Plain ? 0 : spec.ExposureRank);
        width = Form.Width;
        fields = schema.ItemFields;
        hasDrawnNegatives = schema.HasDrawnNegatives;
        identity = Form.Identity;
        items = new("item", schema.ItemFields, width);
        spreads = new("spread", identity is null ? [] : [identity], width);
        people = new("user", schema.UserFields, width - Mean);
        RequireSource(schema);
        uninformed = new(() =>
        {
            string[] keys = ["userPrior", "exposureControl", "exposureRank"];
            string[] values = ["exposure", "none", width.ToString(CultureInfo.InvariantCulture)];
            return new(SettingList.With(spec, keys.Zip(values, KeyValuePair.Create)), schema, embeddingScale, label);
        });
        exposure =
            spec.UserPrior == PriorKind.Plain
                ? null
                : new ExposureTerm(identity!, spec.ExposureRank, width - Mean, hasDrawnNegatives);
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

    /// <inheritdoc/>
    public FactorForm Form { get; }

    // Priors informed by exposure are computed by the start, for items that the model tells apart.
    private void RequireSource(InputSchema schema)
    {
        if (spec.UserPrior == PriorKind.Plain && spec.ItemPrior == PriorKind.Plain)
        {
            if (spec.ExposureControl != ExposureControl.None)
            {
                throw new SettingException(
                    "exposureControl has no effect with plain priors: leave it out, or set userPrior or itemPrior to exposure."
                );
            }
            return;
        }
        if (spec.ItemPrior == PriorKind.Safe)
        {
            throw new SettingException(
                "itemPrior is safe; expected plain, exposure or auto: items are exposed in training alone, where nothing shifts."
            );
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
    public override bool StartsFitted => identity is not null && spec.StartRounds > 0;

    /// <inheritdoc/>
    public override void Start(ParameterSet parameters, TaskBatch train, long seed, int threads = 0)
    {
        if (!StartsFitted)
        {
            return;
        }
        var (ofUsers, ofItems) = Choose(train, seed, threads);
        Solve(parameters, train, ofUsers ? PriorInformation.Exposure : PriorInformation.None, ofItems, seed, threads);
    }

    /// <summary>
    /// The same model with a prior that <see cref="PriorInformation.Choice"/> fits into, which informed ones are compared with before
    /// training.
    /// </summary>
    internal MetaPmf Uninformed => uninformed.Value;

    /// <summary>Which priors are informed by exposure; where that is to be decided, on held-out training users.</summary>
    /// <param name="train">All meta-training tasks.</param>
    /// <param name="seed">Seed of anything random.</param>
    /// <param name="threads">Number of threads, 0 for one a processor.</param>
    internal (bool Users, bool Items) Choose(TaskBatch train, long seed, int threads)
    {
        if (spec.UserPrior == PriorKind.Auto || spec.ItemPrior == PriorKind.Auto)
        {
            // Held-out users are scored with tensors, before any engine has loaded them.
            NativeLibraries.EnsureLoaded();
        }
        return new PriorChoice(spec.UserPrior, spec.ItemPrior).Of(train, Trial);

        (MetaRecommender, ParameterSet) Trial(TaskBatch users, bool informsUsers, bool informsItems)
        {
            var (model, information) =
                informsUsers ? (this, PriorInformation.Exposure)
                : spec.UserPrior == PriorKind.Auto ? (Uninformed, PriorInformation.Choice)
                : (this, PriorInformation.None);
            var trial = model.CreateParameters(seed);
            model.Solve(trial, users, information, informsItems, seed, threads);
            return (model, trial);
        }
    }

    /// <summary>The Bayesian solution for some users as values of the parameters.</summary>
    /// <param name="parameters">Written in place.</param>
    /// <param name="train">The users.</param>
    /// <param name="ofUsers">What the users' prior is computed from.</param>
    /// <param name="informsItems">Whether the items' prior is informed by exposure.</param>
    /// <param name="seed">Seed of anything random.</param>
    /// <param name="threads">Number of threads, 0 for one a processor.</param>
    internal void Solve(
        ParameterSet parameters,
        TaskBatch train,
        PriorInformation ofUsers,
        bool informsItems,
        long seed,
        int threads
    )
    {
        var field = identity!;
        var count = field.Starts.Length - 1;
        var design = ContentDesign.Of(fields.Where(other => other != field), count);
        var prior = new FactorPrior(spec.Factors, spec.StartRounds, TasteVariance, seed, threads)
        {
            ItemExposureRank = informsItems ? spec.ExposureRank : 0,
            ExposureControl = spec.ExposureControl,
            HasDrawnNegatives = hasDrawnNegatives,
        };
        var fitted = BayesianFactors.Fit(Label, train, design, count, prior);
        var variance = fitted.PriorVariance;
        Set("center", [fitted.Center]);
        Set("logNoise", [Math.Log(fitted.Noise)]);
        Set("logPrecision", [-Math.Log(fitted.LevelVariance), .. new double[spec.Factors]]);
        Set("logSpread", variance.Select(Math.Log));
        foreach (var shape in items.Shapes(0))
        {
            parameters[shape.Name].Values.AsSpan().Clear();
        }
        SetContent(parameters, design, fitted);
        SetItems(parameters, field, fitted);
        if (ofUsers != PriorInformation.None)
        {
            var (vectors, control) =
                ofUsers == PriorInformation.Choice
                    ? (fitted.Vectors, ExposureControl.None)
                    : (ExposureEmbedding.ForUsers(fitted, spec.ExposureRank, seed), spec.ExposureControl);
            var users = ExposurePrior.Fit(fitted, vectors, SupportExposures, new(control, seed), seed);
            exposure!.Set(parameters, users, parameters["logPrecision"].Values);
        }

        int SupportExposures(int task) =>
            hasDrawnNegatives
                ? train.SupportLabels.AsSpan(train.SupportRange(task)).Length
                    - train.SupportLabels.AsSpan(train.SupportRange(task)).Count(0f)
                : train.SupportLength(task);

        void Set(string name, IEnumerable<double> values) =>
            values.Select(x => (float)x).ToArray().CopyTo(parameters[name].Values.AsSpan());
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

    private FactorParts Parts => new(Label, spec.FoldInSteps, width, items, spreads, people, exposure);

    /// <summary>A batch of users to be folded in.</summary>
    /// <param name="theta">Parameters by name.</param>
    /// <param name="batch">The tasks.</param>
    internal FactorFold Fold(IReadOnlyDictionary<string, Tensor> theta, TaskTensors batch) => new(Parts, theta, batch);

    /// <inheritdoc/>
    public override Prediction Predict(
        IReadOnlyDictionary<string, Tensor> theta,
        TaskTensors batch,
        TrainingPhase? training
    )
    {
        var fold = Fold(theta, batch);
        return new(fold.Query(fold.Prior(), fold.Weights));
    }
}
