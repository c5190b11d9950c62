using RobustMeta.Models.Layers;
using RobustMeta.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Models;

/// <summary>
/// TaNP (Lin et al., WWW 2021): a user is a random function. Encoded item, encoded user and label of each point go through
/// a latent encoder, whose mean over points gives the distribution of z, and an identity encoder, whose mean, drawn
/// towards a global pool, gives the task embedding o; the decoder of [item; user; z] is modulated by o. Amortised: one
/// forward pass, no inner steps.
/// <para>
/// Training: the context is a random part of the support (at least <c>contextMin</c>), the target set is context and query;
/// z is drawn from the posterior of the target, o comes from the context. Objective of a user: mean loss over the target
/// plus KL(q(z | target) ‖ q(z | context)); of the batch: λ times the clustering loss of the pool. Evaluation: the context
/// is the support and z its posterior mean, so nothing is random.
/// </para>
/// <para>
/// The published code draws the context from support and query together; here from the support, so that the query loss
/// of an interaction is always one of an interaction outside the context. Labels enter as residuals to the bias offset.
/// </para>
/// </summary>
public sealed class TaNP : MetaRecommender, IHasForm<ProcessForm>
{
    /// <summary>Name of the stream of random numbers.</summary>
    internal const string RandomName = "random";

    private readonly TaNPSpec spec;
    private readonly TaskEncoder encoder;
    private readonly DecisionNetwork itemSide;
    private readonly DecisionNetwork userSide;
    private readonly DecisionNetwork latent;
    private readonly DecisionNetwork latentPooled;
    private readonly DecisionNetwork mean;
    private readonly DecisionNetwork logVariance;
    private readonly DecisionNetwork identity;
    private readonly FilmLayer[] decoder;
    private readonly DecisionNetwork output;
    private readonly StudentPool pool;
    private readonly RandomStream random = new(RandomName);
    private readonly ProcessDraws draws;

    // Made where it is first used: the fused engine takes the form without libtorch.
    private readonly Lazy<Scalar> lambda;

    /// <summary>A model for given inputs.</summary>
    /// <param name="spec">Widths, pool and context.</param>
    /// <param name="schema">The inputs of the model.</param>
    /// <param name="embeddingScale">Standard deviation of the initial embeddings.</param>
    /// <param name="label">What is predicted.</param>
    public TaNP(TaNPSpec spec, InputSchema schema, double embeddingScale, LabelKind label)
        : base(Given(spec).ModelName, label)
    {
        ArgumentNullException.ThrowIfNull(schema);
        this.spec = spec;
        var (wide, narrow, z) = (spec.HiddenDim1, spec.HiddenDim2, spec.ZDim);
        var point = 2 * narrow + 1;
        encoder = new(schema, takesExposure: true);
        itemSide = new("itemside", schema.ItemWidth, [narrow], Activation.Relu, rectified: true);
        userSide = new("userside", encoder.UserInputWidth, [narrow], Activation.Relu, rectified: true);
        latent = new("latent", point, [wide, narrow, z], Activation.Relu, rectified: true);
        latentPooled = new("latent.pooled", z, [z], Activation.Relu, rectified: true);
        mean = new("latent.mean", z, [z], Activation.Relu);
        logVariance = new("latent.logVariance", z, [z], Activation.Relu);
        identity = new("identity", point, [wide, wide, narrow], Activation.Relu, rectified: true);
        decoder =
        [
            // z is noise of a variance near one at first, and would be most of what the decoder sees: items were learned many
            // epochs late, as its loss was that of the users' means meanwhile.
            new("decoder.0", 2 * narrow + z, wide, narrow, spec.Modulation, silent: z),
            new("decoder.1", wide, wide, narrow, spec.Modulation),
            new("decoder.2", wide, narrow, narrow, spec.Modulation),
        ];
        output = new("output", narrow, [1], Activation.Relu);
        pool = new(spec.TauT);
        lambda = new(() => HeldNumbers.Of(spec.Lambda));
        draws = new(random, spec.ContextMin);
        Form = new(schema, spec);
        SupportWeighting = spec.WeightedPooling ? SupportWeighting.Differentiable : SupportWeighting.Refused;
        Shapes =
        [
            .. encoder.Shapes(embeddingScale),
            ParameterShape.Dense("itemside.input", schema.ItemWidth, schema.ItemWidth),
            .. itemSide.Shapes,
            ParameterShape.Dense("userside.input", encoder.UserInputWidth, encoder.UserInputWidth),
            .. userSide.Shapes,
            .. latent.Shapes,
            .. latentPooled.Shapes,
            .. mean.Shapes,
            .. logVariance.Shapes,
            .. identity.Shapes,
            // Xavier's uniform bound.
            new("pool", [spec.PoolSize, narrow], InitialValue.Uniform, Math.Sqrt(6.0 / (spec.PoolSize + narrow))),
            .. decoder.SelectMany(layer => layer.Shapes),
            .. output.Shapes,
            .. random.Shapes,
        ];
    }

    /// <inheritdoc/>
    public ProcessForm Form { get; }

    /// <inheritdoc/>
    public override void Start(ParameterSet parameters, TaskBatch train, long seed, int threads = 0) =>
        encoder.Start(parameters, train, seed, threads);

    /// <inheritdoc/>
    public override Prediction Predict(
        IReadOnlyDictionary<string, Tensor> theta,
        TaskTensors batch,
        TrainingPhase? training
    )
    {
        var (items, users) = encoder.Encode(theta, batch);
        var item = itemSide.Apply(theta, items.Plus(theta["itemside.input"]).relu()).relu();
        var user = userSide.Apply(theta, TaskEncoder.UserInputs(users).Plus(theta["userside.input"]).relu()).relu();
        var support = TaskEncoder.Inputs(item, user, batch.Support);
        var query = TaskEncoder.Inputs(item, user, batch.Query);
        var mask = spec.WeightedPooling ? batch.SupportWeights * batch.Support.Mask : batch.Support.Mask;
        var points = Points(support, batch.Support);
        if (training is null)
        {
            var (evaluated, _) = Task(theta, points, mask);
            var own = Mean(latent.Apply(theta, points), mask);
            return new(Decode(theta, query, Posterior(theta, own).Mean, evaluated));
        }
        var context = mask * Contexts(theta, batch);
        var (task, assignment) = Task(theta, points, context);
        var (target, prior) = Posteriors(theta, points, Points(query, batch.Query), context, batch.Query.Mask);
        var z = target.Draw(Noise(theta, batch));
        // Both sides in one pass.
        var both = Decode(theta, cat([support, query], 1), z, task);
        var scores = both.narrow(1, batch.Support.Length, batch.Query.Length);
        var divergence = target.DivergenceFrom(prior);
        var ofSupport = both.narrow(1, 0, batch.Support.Length).Plus(batch.Support.Offset);
        var contextLoss = Losses.Of(Label, ofSupport, batch.Support.Labels);
        // The mean over the target, term by term: the query's fraction is left to the engine's query weights.
        var counts = (Context: context.sum(1), Query: batch.Query.Mask.sum(1));
        var fraction = counts.Context / counts.Context.Plus(counts.Query);
        var queryLoss = Losses.Of(Label, scores.Plus(batch.Query.Offset), batch.Query.Labels);
        return new(scores)
        {
            QueryLoss = -queryLoss * fraction.unsqueeze(1),
            UserLoss = (fraction * (contextLoss * context).sum(1) / counts.Context).Plus(divergence),
            Shared = [assignment],
        };
    }

    /// <inheritdoc/>
    public override BatchTerms Together(
        IReadOnlyDictionary<string, Tensor> theta,
        IReadOnlyList<Tensor> shared,
        TrainingPhase training
    ) => new() { Loss = StudentPool.ClusteringLoss(shared[0]) * lambda.Value, State = random.Next(theta) };

    // Item, user and what the bias offset leaves of the label.
    private Tensor Points(Tensor inputs, TaskTensors.Padded side) =>
        cat([inputs, Losses.Residual(Label, side.Offset, side.Labels).unsqueeze(2)], 2);

    // Of the mean latent point.
    private DiagonalGaussian Posterior(IReadOnlyDictionary<string, Tensor> theta, Tensor own)
    {
        var pooled = latentPooled.Apply(theta, own).relu();
        return new(mean.Apply(theta, pooled), logVariance.Apply(theta, pooled));
    }

    // Given context and query, and given the context alone: each point goes through the encoder once.
    private (DiagonalGaussian Target, DiagonalGaussian Context) Posteriors(
        IReadOnlyDictionary<string, Tensor> theta,
        Tensor support,
        Tensor query,
        Tensor context,
        Tensor queried
    )
    {
        var encoded = latent.Apply(theta, cat([support, query], 1));
        var target = cat([context, queried], 1);
        var users = support.shape[0];
        var both = Posterior(
            theta,
            cat([Mean(encoded, target), Mean(encoded.narrow(1, 0, support.shape[1]), context)], 0)
        );
        return (Half(0), Half(users));

        DiagonalGaussian Half(long start) =>
            new(both.Mean.narrow(0, start, users), both.LogVariance.narrow(0, start, users));
    }

    private (Tensor Task, Tensor Assignment) Task(
        IReadOnlyDictionary<string, Tensor> theta,
        Tensor points,
        Tensor weights
    )
    {
        var own = Mean(identity.Apply(theta, points), weights);
        var assignment = pool.Assign(own, theta["pool"]);
        return (own.Plus(matmul(assignment, theta["pool"])), assignment);
    }

    private Tensor Decode(IReadOnlyDictionary<string, Tensor> theta, Tensor inputs, Tensor z, Tensor task)
    {
        var x = cat([inputs, z.unsqueeze(1).expand(z.shape[0], inputs.shape[1], z.shape[1])], 2);
        foreach (var layer in decoder)
        {
            x = layer.Apply(theta, x, task);
        }
        return output.Apply(theta, x).squeeze(2);
    }

    private static Tensor Mean(Tensor rows, Tensor weights) =>
        matmul(weights.unsqueeze(1), rows).squeeze(1) / weights.sum(1, keepdim: true);

    // 1 for the support interactions that are context in this step, [B, S].
    private Tensor Contexts(IReadOnlyDictionary<string, Tensor> theta, TaskTensors batch)
    {
        var state = random.State(theta);
        var length = batch.Support.Length;
        var chosen = new float[batch.Batch.Count * length];
        for (var b = 0; b < batch.Batch.Count; b++)
        {
            foreach (var place in draws.Context(state, batch.Batch.Users[b], batch.Batch.SupportLength(b)))
            {
                chosen[b * length + place] = 1;
            }
        }
        return Aligned.Of(chosen, batch.Support.Mask.dtype, batch.Batch.Count, length);
    }

    private Tensor Noise(IReadOnlyDictionary<string, Tensor> theta, TaskTensors batch)
    {
        var state = random.State(theta);
        var noise = new double[batch.Batch.Count * spec.ZDim];
        for (var b = 0; b < batch.Batch.Count; b++)
        {
            draws.Noise(state, batch.Batch.Users[b], noise.AsSpan(b * spec.ZDim, spec.ZDim));
        }
        return Aligned.Of(noise, batch.Support.Mask.dtype, batch.Batch.Count, spec.ZDim);
    }
}
