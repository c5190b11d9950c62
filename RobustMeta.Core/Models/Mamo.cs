using RobustMeta.Models.Layers;
using RobustMeta.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Models;

/// <summary>
/// MAMO (Dong et al., KDD 2020): MeLU-like adaptation with two kinds of memory. A user's profile attends to the slots of a
/// profile memory; the same attention reads a memory of gradients, which moves the initial parameters of the user network
/// (<c>θ_u = φ_u − τ Σ_k a_k M_k</c>), and a task memory, which is the matrix that joins user and item. All of these and the
/// recommender's layers are adapted on the support; then the query gradient, the profile and the adapted matrix are written
/// to the memories by moving averages.
/// <para>
/// Batched: all users of a batch read the memories as they were before it, and write in order after it (published code
/// goes user by user). Embeddings are meta-parameters. One score is regressed (or a logit); the published code classifies
/// rating levels. Attention takes no part in gradients, as published. The task memory is blended, not written as
/// published, which would make it vanish (see <see cref="MemoryBank.Blend"/>).
/// </para>
/// </summary>
public sealed class Mamo : MetaRecommender, IPartCost, IHasForm<MamoForm>
{
    private const string Profiles = "memory.profile";
    private const string Joins = "memory.join";
    private static readonly Scalar NegativeSlope = HeldNumbers.Of(0.1);

    private readonly MamoSpec spec;
    private readonly TaskEncoder encoder;
    private readonly DecisionNetwork userNetwork;
    private readonly DecisionNetwork itemNetwork;
    private readonly DecisionNetwork recommender;
    private readonly InnerLoop inner;

    // Made when first used: a model is described without libtorch.
    private readonly Lazy<Scalar> memoryStep;

    /// <summary>A model for given inputs.</summary>
    /// <param name="spec">Widths, local updates and memories.</param>
    /// <param name="schema">The inputs of the model.</param>
    /// <param name="embeddingScale">Standard deviation of the initial embeddings.</param>
    /// <param name="label">What is predicted.</param>
    public Mamo(MamoSpec spec, InputSchema schema, double embeddingScale, LabelKind label)
        : base(Given(spec).ModelName, label)
    {
        ArgumentNullException.ThrowIfNull(schema);
        this.spec = spec;
        Form = new(schema, spec);
        var width = schema.EmbeddingDim;
        encoder = new(schema);
        userNetwork = new("usernet", encoder.UserInputWidth, [spec.HiddenDim1, width], Activation.LeakyRelu);
        itemNetwork = new("itemnet", schema.ItemWidth, [spec.HiddenDim1, width], Activation.LeakyRelu);
        recommender = new("recommender", 2 * width, [spec.HiddenDim2, 1], Activation.LeakyRelu);
        inner = new(spec.Inner, new(label));
        memoryStep = new(() => HeldNumbers.Of(spec.MemoryStep));
        SupportWeighting = inner.SupportWeighting;
        Shapes =
        [
            .. encoder.Shapes(embeddingScale),
            .. userNetwork.Shapes,
            .. itemNetwork.Shapes,
            .. recommender.Shapes,
            MemoryBank.Shape(Profiles, spec.MemorySlots, 1, encoder.UserInputWidth),
            .. userNetwork.Shapes.Select(s => MemoryBank.Shape(GradientMemory(s), spec.MemorySlots, 0.1, [.. s.Shape])),
            MemoryBank.Shape(Joins, spec.MemorySlots, 1 / Math.Sqrt(2 * width), 2 * width, 2 * width),
        ];
    }

    /// <inheritdoc/>
    public MamoForm Form { get; }

    /// <inheritdoc/>
    public int PartCost => 800;

    /// <inheritdoc/>
    public override Prediction Predict(
        IReadOnlyDictionary<string, Tensor> theta,
        TaskTensors batch,
        TrainingPhase? training
    )
    {
        var count = batch.Batch.Count;
        var (items, users) = encoder.Encode(theta, batch);
        var profiles = TaskEncoder.UserInputs(users);
        var attention = MemoryBank.Attention(profiles, theta[Profiles]);
        var initial = Initial(theta, attention, count);
        var fast = inner.Adapt(
            initial,
            null,
            x => Score(x, items, profiles, batch.Support),
            batch,
            training is not null
        );
        var scores = Score(fast, items, profiles, batch.Query);
        return training is null
            ? new(scores)
            : new(scores)
            {
                Shared = [attention, profiles.detach(), fast[^1].detach(), .. QueryGradients(fast, scores, batch)],
            };
    }

    /// <inheritdoc/>
    public override BatchTerms Together(
        IReadOnlyDictionary<string, Tensor> theta,
        IReadOnlyList<Tensor> shared,
        TrainingPhase training
    )
    {
        var (attention, profiles, joins) = (shared[0], shared[1], shared[2]);
        var state = new Dictionary<string, Tensor>
        {
            [Profiles] = MemoryBank.Write(theta[Profiles], attention, profiles, spec.AlphaMem),
            [Joins] = MemoryBank.Blend(theta[Joins], attention, joins, spec.GammaMem),
        };
        foreach (var (shape, gradients) in userNetwork.Shapes.Zip(shared.Skip(3)))
        {
            var name = GradientMemory(shape);
            state[name] = MemoryBank.Write(theta[name], attention, gradients, spec.BetaMem);
        }
        return new() { State = state };
    }

    private static string GradientMemory(ParameterShape shape) => $"memory.{shape.Name}";

    // User network (moved by the memory of gradients), item network, recommender, joining matrix.
    private List<Tensor> Initial(IReadOnlyDictionary<string, Tensor> theta, Tensor attention, int users)
    {
        var moved = userNetwork.Shapes.Select(s =>
            InnerLoop.PerUser(theta[s.Name], users)
            - MemoryBank.Read(attention, theta[GradientMemory(s)]) * memoryStep.Value
        );
        var shared = itemNetwork.Shapes.Concat(recommender.Shapes).Select(s => InnerLoop.PerUser(theta[s.Name], users));
        return [.. moved, .. shared, MemoryBank.Read(attention, theta[Joins]).requires_grad_()];
    }

    private Tensor Score(IReadOnlyList<Tensor> fast, Tensor items, Tensor profiles, TaskTensors.Padded side)
    {
        var (user, item) = (userNetwork.Shapes.Length, itemNetwork.Shapes.Length);
        var people = userNetwork.Apply([.. fast.Take(user)], profiles.unsqueeze(1));
        var things = itemNetwork.Apply([.. fast.Skip(user).Take(item)], TaskEncoder.At(items, side));
        var pairs = cat([Leaky(people).expand(-1, side.Length, -1), Leaky(things)], 2);
        var joined = matmul(pairs, fast[^1]);
        return recommender.Apply([.. fast.Skip(user + item).SkipLast(1)], joined).squeeze(2);
    }

    private static Tensor Leaky(Tensor x) => x.leaky_relu(NegativeSlope);

    // The query gradient at the adapted parameters of the user network, of each user's mean query loss.
    private IEnumerable<Tensor> QueryGradients(IReadOnlyList<Tensor> fast, Tensor scores, TaskTensors batch)
    {
        var losses = Losses.Of(Label, scores.Plus(batch.Query.Offset), batch.Query.Labels) * batch.Query.Mask;
        var total = (losses.sum(1) / batch.Query.Mask.sum(1)).sum();
        var own = fast.Take(userNetwork.Shapes.Length).ToList();
        return autograd.grad([total], own, retain_graph: true, create_graph: false);
    }
}
