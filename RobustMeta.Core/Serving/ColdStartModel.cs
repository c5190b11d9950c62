using System.Collections.Immutable;
using RobustMeta.Data;
using RobustMeta.Experiments;
using RobustMeta.Models;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Serving;

/// <summary>
/// A trained model in use, without the data that it was trained on. For any number of threads at once. Models with a fused form
/// (the perceptrons such as MeLU and ANIL, MetaRidge, LWA, NLBA and TaNP) and MetaPMF are computed without libtorch, which is never loaded then;
/// others work on one thread of their own.
/// </summary>
/// <example>
/// <code>
/// using var model = ColdStartModel.Load("results/ml-1m-MetaPMF-0123456789ab");
/// var user = model.For([("2858", 5), ("1", 3)], new Dictionary&lt;string, string> { ["gender"] = "F" });
/// foreach (var item in user.Recommend(10)) Console.WriteLine($"{item.Item} {item.Score}");
/// </code>
/// </example>
public sealed class ColdStartModel : IDisposable
{
    private readonly TrainedRun run;
    private readonly UserEncoder encoder;
    private bool isDisposed;

    private ColdStartModel(TrainedRun run, IServedModel served)
    {
        this.run = run;
        Served = served;
        encoder = new(run.Data.UserFeatures);
    }

    /// <summary>The run's spec.</summary>
    public ExperimentSpec Spec => run.Spec;

    /// <summary>Name of the method in results.</summary>
    public string MethodName => run.Spec.MethodName;

    /// <summary>What scores are: ratings, or logits of a click.</summary>
    public LabelKind Label => run.Data.Label;

    /// <summary>Smallest rating that counts as relevant; a model of clicks learns from whether ratings reach it.</summary>
    public double Threshold => run.Data.Threshold;

    /// <summary>Scale of the ratings that the model was trained on; null where there are none, or in older runs.</summary>
    public RatingScale? Scale => run.Data.Scale;

    /// <summary>Identifiers of the items that the model knows.</summary>
    public Vocabulary Items => run.Data.Items;

    /// <summary>Names of the user features that the model sees.</summary>
    public IReadOnlyList<string> UserFeatures => encoder.Names;

    /// <summary>Fingerprint of the data that the model was trained on.</summary>
    public string Fingerprint => run.Data.Fingerprint;

    /// <summary>Whether the weights are others than the run wrote: of your own, or damaged.</summary>
    public bool HasOwnWeights => run.HasOwnWeights;

    /// <summary>What the run knows of its data.</summary>
    internal ServingData Data => run.Data;

    /// <summary>The model.</summary>
    internal IServedModel Served { get; }

    /// <summary>Reads a finished run's folder.</summary>
    /// <param name="runFolder">The folder.</param>
    /// <param name="asEvaluated">
    /// Whether MetaPMF is computed as it was evaluated, by tensors of 32-bit numbers on libtorch, instead of in closed form.
    /// </param>
    /// <exception cref="InvalidDataException">
    /// It is no finished run, of another version, or its files do not belong together; the message says what to do.
    /// </exception>
    /// <exception cref="SettingException">Its method is a baseline, or this version does not know its settings.</exception>
    public static ColdStartModel Load(string runFolder, bool asEvaluated = false)
    {
        ArgumentNullException.ThrowIfNull(runFolder);
        var run = new TrainedRun(runFolder);
        return new(run, Serve(run, asEvaluated));
    }

    /// <summary>Reads a run's folder, to compute the model by automatic differentiation whatever its form; for measurements.</summary>
    internal static ColdStartModel LoadOnTorch(string runFolder)
    {
        var run = new TrainedRun(runFolder);
        return new(run, new TorchModel(() => Engine(run, onTorch: true)));
    }

    /// <summary>Adapts the model to a user.</summary>
    /// <param name="ratings">
    /// Items and what the user gave them, on the scale of the training data; for a model of clicks those that reach
    /// <see cref="Threshold"/> are positive. Of several ratings of one item the last counts.
    /// </param>
    /// <param name="features">The user's features by name; what is missing counts as unknown.</param>
    /// <exception cref="ArgumentException">An item is null.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    /// <exception cref="SettingException">A rating is not finite, or the model sees no such feature, or it is no number.</exception>
    public AdaptedUser For(
        IEnumerable<(string Item, float Value)> ratings,
        IReadOnlyDictionary<string, string>? features = null
    )
    {
        ArgumentNullException.ThrowIfNull(ratings);
        var encoded = Encode(ratings, features);
        return new(Served.Adapt(encoded.User, encoded.Items, encoded.Labels), Items, encoded);
    }

    /// <summary>
    /// The model adapted to a user as plain numbers; null where it has no such form (see <see cref="AdaptedScorer"/>).
    /// </summary>
    internal AdaptedScorer? ScorerFor(
        IEnumerable<(string Item, float Value)> ratings,
        IReadOnlyDictionary<string, string>? features
    )
    {
        var encoded = Encode(ratings, features);
        return AdaptedScorer.Of(run, encoded.User, encoded.Items, encoded.Labels);
    }

    private EncodedUser Encode(
        IEnumerable<(string Item, float Value)> ratings,
        IReadOnlyDictionary<string, string>? features
    )
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        ArgumentNullException.ThrowIfNull(ratings);
        var unknownItems = ImmutableArray.CreateBuilder<string>();
        var unknownFeatures = ImmutableArray.CreateBuilder<string>();
        var repeated = new List<string>();
        var known = new OrderedDictionary<int, float>();
        var scale = new ScaleCheck(Data.Scale);
        foreach (var (item, value) in ratings)
        {
            if (item is null)
            {
                throw new ArgumentException("An item of the ratings is null.", nameof(ratings));
            }
            if (!float.IsFinite(value))
            {
                throw new SettingException($"The rating of item '{item}' is {value}; expected a finite number.");
            }
            scale.Add(value);
            if (Items.Find(item) is { } place)
            {
                if (!known.TryAdd(place, LabelOf(value)))
                {
                    known[place] = LabelOf(value);
                    repeated.Add(item);
                }
            }
            else
            {
                unknownItems.Add(item);
            }
        }
        var user = Inputs(features ?? ImmutableDictionary<string, string>.Empty, unknownFeatures);
        return new(
            user,
            [.. known.Keys],
            [.. known.Values],
            unknownItems.ToImmutable(),
            [.. repeated.Distinct()],
            unknownFeatures.ToImmutable(),
            scale.Mismatch
        );
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!isDisposed)
        {
            isDisposed = true;
            Served.Dispose();
        }
    }

    /// <summary>The inputs of a user's features.</summary>
    /// <param name="features">Values by name.</param>
    /// <param name="unknown">Receives values that the model does not know.</param>
    internal FieldInput[] Inputs(IReadOnlyDictionary<string, string> features, ICollection<string> unknown) =>
        encoder.Encode(features, unknown);

    /// <summary>The method as it was evaluated, on a schema of the caller's users.</summary>
    internal RunPredictor Predictor(InputSchema schema) => run.Predictor(schema, threads: 1, run.NeedsTorch);

    /// <summary>Gradients of the training ratings; null where the model is no adapting perceptron without a context.</summary>
    internal PerceptronGradients? Gradients(PreparedExperiment prepared) =>
        run.FormOn<PerceptronForm>(prepared.SchemaOf(Spec.Meta.Features))
            is { ContextDim: 0, Schema.Exposure: null } form
        && run.Parameters is { } parameters
            ? new(
                form,
                parameters,
                Label,
                run.Model.Offset == Bias.OffsetKind.None ? null : new(prepared.Source, prepared.Split.MetaTrain)
            )
            : null;

    private float LabelOf(float value) =>
        Label == LabelKind.Rating ? value
        : new BinaryRelevance(Threshold).Holds(value) ? 1
        : 0;

    private static IServedModel Serve(TrainedRun run, bool asEvaluated)
    {
        // A prior that is weighed for each user is served as it was evaluated.
        var isClosed = run.Model is MetaPmfSpec { UserPrior: not Models.Factors.PriorKind.Safe };
        if (isClosed && run is { Model: MetaPmfSpec spec, Parameters: { } parameters } && !asEvaluated)
        {
            return new FactorModel(spec, run.Data, parameters);
        }
        return run.NeedsTorch
            ? new TorchModel(() => Engine(run, onTorch: true))
            : new FusedModel(() => Engine(run, onTorch: false));
    }

    private static SlotPredictor Engine(TrainedRun run, bool onTorch)
    {
        var slot = new UserSlot(run.Data);
        return new(slot, run.Predictor(slot.Schema, threads: 1, onTorch));
    }
}
