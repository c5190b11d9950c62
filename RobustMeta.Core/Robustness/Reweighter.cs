using System.Collections.Concurrent;
using System.Collections.Immutable;
using RobustMeta.Robustness.Adversaries;
using RobustMeta.Robustness.References;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness;

/// <summary>
/// Both levels of weights as the trainer uses them: weighs the losses of each batch, user weights times interaction weights,
/// and lets the weights ascend with the same losses the model descends on (Zhang et al., TKDE 2025). Each level has an
/// adversary of its own. One thread at a time. A training calls, for each batch and in this order
/// <list type="number">
/// <item><see cref="Relabel"/>: the batch with the labels that the learner descends on</item>
/// <item><see cref="SupportWeights"/>: weights of the support, for the model's adaptation and the losses of the query</item>
/// <item><see cref="LearnGradients"/>, only where <see cref="GradientParts"/> of the batch are asked for: their gradients</item>
/// <item><see cref="Weigh"/>: weights of these losses, for the model's gradient</item>
/// <item><see cref="AscendSupport"/>: with the derivative by the support weights that comes with the gradient</item>
/// <item><see cref="Ascend"/>: after the model's step, with losses evaluated anew where <see cref="IsAlternating"/></item>
/// </list>
/// and after all batches of an epoch <see cref="EndEpoch"/>. <see cref="Weights"/> and <see cref="State"/> are read between
/// epochs.
/// </summary>
public sealed class Reweighter
{
    // Users that one thread certifies at a time.
    private const int UsersAPiece = 1024;

    private readonly Reference reference;
    private readonly IUserAdversary users;
    private readonly IInteractionAdversary interactions;
    private readonly SupportAdversary? support;
    private readonly StreamingLosses stream;
    private readonly Distillation? distillation;
    private readonly bool subtractsMean;
    private readonly HierarchicalWeights stored;

    // Of the last batch: excess losses and interaction weights in query layout; values and weights of its users.
    private double[] excess = [];
    private double[] interactionWeights = [];
    private double[] values = [];
    private double[] userWeights = [];
    private TaskBatch? weighed;

    // Whether excess losses changed in this epoch after their interactions were weighed.
    private bool isRescored;

    /// <summary>Weights of given training users.</summary>
    /// <param name="spec">Levels, sets, rules and rates.</param>
    /// <param name="label">What is predicted (for distillation).</param>
    /// <param name="train">All training tasks as one batch.</param>
    /// <param name="items">Number of items.</param>
    /// <param name="reference">What losses are measured against.</param>
    /// <param name="groups">Group of each training user, for weights that groups share; otherwise empty.</param>
    /// <param name="seed">Master seed of the run.</param>
    /// <param name="periods">Period of each training user, for weights that look at trends; otherwise empty.</param>
    /// <exception cref="SettingException">Settings do not go together.</exception>
    public Reweighter(
        ReweighterSpec spec,
        LabelKind label,
        TaskBatch train,
        int items,
        Reference reference,
        ImmutableArray<int> groups,
        long seed,
        ImmutableArray<int> periods = default
    )
    {
        spec.RequireConsistent();
        this.reference = reference;
        subtractsMean = spec.References.UserExcess == UserExcess.Mean && reference is not NoReference;
        IsAlternating = spec.Alternating && spec.Levels != WeightLevels.None;
        stored = new([.. Enumerable.Range(0, train.Count).Select(train.QueryLength)]);
        if (spec.References.Distill > 0)
        {
            distillation = new(label, reference.Scores.Span, stored.Starts, spec.References.Distill);
            // Learner and reference are measured on the same labels, the mixed ones.
            this.reference = reference is FixedReference known ? known.On(label, Relabel(train)) : reference;
        }
        users = AdversaryFactory.Users(spec, train, stored, groups, periods, items, seed);
        interactions = AdversaryFactory.Interactions(spec, train, stored, items);
        support = AdversaryFactory.Support(spec, train);
        stream = new(stored.Starts, spec.UserIndex == UserIndex.Group ? 1 : spec.LossAverage);
    }

    /// <summary>The weights of a training: fits its reference and divides the users into groups where the spec asks.</summary>
    /// <param name="spec">Levels, sets, rules and rates.</param>
    /// <param name="source">Ratings and labels.</param>
    /// <param name="tasks">Training tasks.</param>
    /// <param name="fit">Trains the model of a cross-fitted reference on some tasks; null where there is none.</param>
    /// <param name="seed">Master seed of the run.</param>
    /// <exception cref="SettingException">Settings do not go together.</exception>
    public static Reweighter Fit(
        ReweighterSpec spec,
        TaskSource source,
        ImmutableArray<UserTask> tasks,
        Func<ImmutableArray<UserTask>, IPredictor>? fit,
        long seed
    )
    {
        spec.RequireValid();
        return Over(spec, source, tasks, spec.References.Fit(source, tasks, fit, seed), seed);
    }

    /// <summary>The weights of a training with a fitted reference: divides the users into groups where the spec asks.</summary>
    /// <param name="spec">Levels, sets, rules and rates.</param>
    /// <param name="source">Ratings and labels.</param>
    /// <param name="tasks">Training tasks.</param>
    /// <param name="reference">What losses are measured against.</param>
    /// <param name="seed">Master seed of the run.</param>
    /// <exception cref="SettingException">Settings do not go together.</exception>
    public static Reweighter Over(
        ReweighterSpec spec,
        TaskSource source,
        ImmutableArray<UserTask> tasks,
        Reference reference,
        long seed
    ) =>
        new(
            spec,
            source.Label,
            source.All(tasks),
            source.Ratings.Items.Count,
            reference,
            spec.UserIndex == UserIndex.Group ? UserGroups.Of(spec.Grouping, source, tasks, seed) : [],
            seed,
            spec.UserIndex == UserIndex.Group && spec.Grouping.Trend > 0
                ? UserPeriods.Of(spec.Grouping.Periods, source.Ratings, tasks)
                : []
        );

    /// <summary>Plain training: uniform weights.</summary>
    /// <param name="queryLengths">Number of query interactions of each training user.</param>
    public static Reweighter Plain(IReadOnlyList<int> queryLengths) => new(queryLengths);

    private Reweighter(IReadOnlyList<int> queryLengths)
    {
        reference = new NoReference();
        users = new UniformUsers();
        interactions = new UniformInteractions();
        stored = new(queryLengths);
        stream = new(stored.Starts, 1);
    }

    /// <summary>The weights each user and interaction had last.</summary>
    public HierarchicalWeights Weights
    {
        get
        {
            users.Settle();
            return stored;
        }
    }

    /// <summary>Whether <see cref="Ascend"/> expects losses evaluated anew after the model's step.</summary>
    public bool IsAlternating { get; }

    /// <summary>What losses are measured against.</summary>
    public Reference Reference => reference;

    /// <summary>The learned state, by name, for checkpoints and result files.</summary>
    public IReadOnlyDictionary<string, double[]> State
    {
        get
        {
            var state = new Dictionary<string, double[]>
            {
                ["users"] = Weights.Users,
                ["interactions"] = Weights.Interactions,
            };
            foreach (var part in new[] { stream.State, users.State, interactions.State, reference.State })
            {
                foreach (var (name, array) in part)
                {
                    state.Add(name, array);
                }
            }
            if (support is not null)
            {
                state.Add("support", support.Values);
            }
            return state;
        }
    }

    /// <summary>The batch that the learner descends on: with distillation its query labels move to the reference's predictions.</summary>
    public TaskBatch Relabel(TaskBatch batch) => distillation?.Relabel(batch) ?? batch;

    /// <summary>Weight of each support interaction in the inner loss; empty where they are uniform.</summary>
    public ReadOnlySpan<float> SupportWeights(TaskBatch batch) => support is null ? default : support.Weigh(batch);

    /// <summary>
    /// The parts of a batch whose gradients the adversary of users asks for, as places of tasks; empty where it looks at losses alone.
    /// </summary>
    public IReadOnlyList<int[]> GradientParts(TaskBatch batch) =>
        users is IGradientUsers asking ? asking.Parts(batch) : [];

    /// <summary>
    /// Whether the objective weighs each of <see cref="GradientParts"/> as a whole, so that its gradient is a sum of theirs: single
    /// interactions have no weights.
    /// </summary>
    internal bool WeighsWholeParts => users is IGradientUsers && interactions is UniformInteractions && support is null;

    /// <summary>Orders training users of a batch so that those of one of <see cref="GradientParts"/> stand in a row.</summary>
    internal void Arrange(Span<int> ofBatch) => (users as IGradientUsers)?.Arrange(ofBatch);

    /// <summary>Takes the gradients of <see cref="GradientParts"/>.</summary>
    /// <param name="batch">The batch, which is weighed next.</param>
    /// <param name="products">
    /// Inner products of the gradients of the parts' mean losses (mean over users of the mean over each user's query), in the order of
    /// the parts, <c>[parts, parts]</c>.
    /// </param>
    public void LearnGradients(TaskBatch batch, double[,] products) => (users as IGradientUsers)?.See(batch, products);

    /// <summary>
    /// Weight of each query loss of a batch: w_u · v_uj / (B q_u), with w and v of mean one. Uniform weights give
    /// 1 / (B q_u) exactly, the weight of plain training.
    /// </summary>
    /// <param name="batch">The batch; positions are indices of training users.</param>
    /// <param name="losses">Loss of each query interaction, as <see cref="TaskBatch.QueryItems"/>.</param>
    /// <param name="weights">Receives the weights, same layout.</param>
    /// <param name="ofUsers">Receives w_u / B, the weight of each user's query as a whole, <c>[B]</c>.</param>
    public void Weigh(TaskBatch batch, ReadOnlySpan<float> losses, Span<float> weights, Span<float> ofUsers)
    {
        weighed = batch;
        Grow(batch);
        Score(batch, losses);
        interactions.Weigh(batch, Excess(batch), InteractionWeights(batch));
        Evaluate(batch, losses);
        users.Weigh(batch, Values(batch), UserWeights(batch));
        for (var b = 0; b < batch.Count; b++)
        {
            var own = InteractionWeights(batch)[batch.QueryRange(b)];
            var target = weights[batch.QueryRange(b)];
            var count = (double)batch.Count * own.Length;
            for (var j = 0; j < own.Length; j++)
            {
                target[j] = (float)(userWeights[b] * own[j] / count);
            }
            ofUsers[b] = (float)(userWeights[b] / batch.Count);
            own.CopyTo(stored.Of(batch.Positions[b]));
            stored.Users[batch.Positions[b]] = userWeights[b];
        }
    }

    /// <summary>Lets the weights ascend, with the losses that the last <see cref="Weigh"/> saw or with newer ones.</summary>
    /// <param name="batch">The batch of the last <see cref="Weigh"/>.</param>
    /// <param name="newer">Losses after the model's step, or empty.</param>
    /// <exception cref="InvalidOperationException">The batch is not that of the last <see cref="Weigh"/>.</exception>
    public void Ascend(TaskBatch batch, ReadOnlySpan<float> newer = default)
    {
        if (!ReferenceEquals(batch, weighed))
        {
            throw new InvalidOperationException(
                "Weights are updated with the batch that was weighed last: call Weigh first."
            );
        }
        if (!newer.IsEmpty)
        {
            isRescored = true;
            Score(batch, newer);
            Evaluate(batch, newer);
        }
        users.Ascend(batch, Values(batch));
        interactions.Ascend(batch, Excess(batch));
    }

    /// <summary>Lets the support weights ascend.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="gradient">Derivative of the batch's objective by each support weight; not looked at without any.</param>
    /// <exception cref="SettingException">The model's objective does not depend on support weights.</exception>
    public void AscendSupport(TaskBatch batch, ReadOnlySpan<float> gradient) => support?.Ascend(batch, gradient);

    /// <summary>Closes an epoch: weights that ascend once an epoch do, and those that the epoch had are certified.</summary>
    public Certificate EndEpoch()
    {
        users.Settle();
        var userValues = new double[stored.Users.Length];
        var certificate = Certify(userValues);
        isRescored = false;
        users.EndEpoch(userValues);
        interactions.EndEpoch(stream.Values);
        return certificate;
    }

    // Users on all cores, each to places of its own; sums over users in their order, whatever the number of threads.
    private Certificate Certify(double[] userValues)
    {
        var (means, fractions, worst) = (Each(), Each(), Each());
        Parallel.ForEach(
            Partitioner.Create(0, userValues.Length, UsersAPiece),
            ThreadLimit.Parallel(),
            piece =>
            {
                for (var user = piece.Item1; user < piece.Item2; user++)
                {
                    var own = stream.Values.AsSpan(stored.Starts[user]..stored.Starts[user + 1]);
                    means[user] = Means.Of(own);
                    fractions[user] = HierarchicalWeights.EffectiveFraction(stored.Of(user));
                    userValues[user] = Means.Weighted(stored.Of(user), own);
                    // Best responses to these very losses need no second computation.
                    worst[user] =
                        interactions.RespondsExactly && !isRescored ? userValues[user] : interactions.Worst(own);
                }
            }
        );
        return new(
            Total(means),
            Means.Weighted(stored.Users, userValues),
            Array.Exists(worst, double.IsNaN) ? double.NaN : users.Worst(worst),
            HierarchicalWeights.EffectiveFraction(stored.Users),
            Total(fractions)
        );

        double[] Each() => new double[userValues.Length];
        static double Total(double[] values)
        {
            double total = 0;
            foreach (var value in values)
            {
                total += value / values.Length;
            }
            return total;
        }
    }

    private void Score(TaskBatch batch, ReadOnlySpan<float> losses)
    {
        reference.Excess(batch, losses, Excess(batch));
        stream.Smooth(batch, Excess(batch));
    }

    // The score of each user under the interaction weights: of the excess, which makes the hierarchy exact, or of the loss
    // minus the plain mean of the reference.
    private void Evaluate(TaskBatch batch, ReadOnlySpan<float> losses)
    {
        if (subtractsMean)
        {
            reference.UserMeans(batch, Values(batch));
        }
        for (var b = 0; b < batch.Count; b++)
        {
            var range = batch.QueryRange(b);
            var own = InteractionWeights(batch)[range];
            values[b] = subtractsMean
                ? Means.Weighted(own, losses[range]) - values[b]
                : Means.Weighted(own, Excess(batch)[range]);
        }
    }

    private void Grow(TaskBatch batch)
    {
        if (excess.Length < batch.QueryItems.Length)
        {
            Array.Resize(ref excess, batch.QueryItems.Length);
            Array.Resize(ref interactionWeights, batch.QueryItems.Length);
        }
        if (values.Length < batch.Count)
        {
            Array.Resize(ref values, batch.Count);
            Array.Resize(ref userWeights, batch.Count);
        }
    }

    private Span<double> Excess(TaskBatch batch) => excess.AsSpan(0, batch.QueryItems.Length);

    private Span<double> InteractionWeights(TaskBatch batch) => interactionWeights.AsSpan(0, batch.QueryItems.Length);

    private Span<double> Values(TaskBatch batch) => values.AsSpan(0, batch.Count);

    private Span<double> UserWeights(TaskBatch batch) => userWeights.AsSpan(0, batch.Count);
}
