using System.Collections.Immutable;
using RobustMeta.Models.Layers;
using RobustMeta.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Models;

/// <summary>MAML over all layers (Finn et al., ICML 2017). See <see cref="MamlSpec"/>.</summary>
public sealed class Maml : MetaRecommender, IHasForm<PerceptronForm>
{
    private readonly InputSchema schema;
    private readonly DecisionNetwork head;
    private readonly InnerLoop inner;

    /// <summary>A model for given inputs.</summary>
    /// <param name="spec">Layer widths and inner loop.</param>
    /// <param name="schema">The inputs of the model.</param>
    /// <param name="embeddingScale">Standard deviation of the initial embeddings.</param>
    /// <param name="label">What is predicted.</param>
    public Maml(MamlSpec spec, InputSchema schema, double embeddingScale, LabelKind label)
        : base(Given(spec).ModelName, label)
    {
        ArgumentNullException.ThrowIfNull(schema);
        this.schema = schema;
        var encoder = new TaskEncoder(schema);
        head = new("head", encoder.Width, [spec.HiddenDim1, spec.HiddenDim2, 1], Activation.Relu);
        inner = new(spec.Inner, new(label));
        SupportWeighting = inner.SupportWeighting;
        Shapes = [.. encoder.Shapes(embeddingScale), .. head.Shapes];
        Form = new(
            schema,
            [spec.HiddenDim1, spec.HiddenDim2],
            Activation.Relu,
            [true, true, true],
            ContextDim: 0,
            LearnsLocalRates: false,
            spec.Inner
        )
        {
            AdaptsEmbeddings = true,
        };
    }

    /// <inheritdoc/>
    public PerceptronForm Form { get; }

    /// <inheritdoc/>
    public override Prediction Predict(
        IReadOnlyDictionary<string, Tensor> theta,
        TaskTensors batch,
        TrainingPhase? training
    )
    {
        var precision = batch.Support.Labels.dtype;
        var tasks = batch.Batch;
        var support = new EntityLists(tasks.SupportStarts, tasks.SupportItems);
        var query = new EntityLists(tasks.QueryStarts, tasks.QueryItems);
        var self = EntityLists.OneEach(tasks.Users);
        var items = new OwnRows("item", schema.ItemFields, precision, support, query);
        var users = new OwnRows("user", schema.UserFields, precision, self);
        var itemRows = items.Gather(theta).ToList();
        var userRows = users.Gather(theta).ToList();
        var dense = head.Shapes.Select(shape => InnerLoop.PerUser(theta[shape.Name], tasks.Count));
        var initial = itemRows.Concat(userRows).Select(InnerLoop.Adaptable).Concat(dense).ToList();
        var fast = inner.Adapt(initial, null, x => Score(x, support), batch, training is not null);
        return new(Score(fast, query));

        Tensor Score(IReadOnlyList<Tensor> parameters, EntityLists side)
        {
            var item = items.Encode([.. parameters.Take(itemRows.Count)], side);
            var user = users.Encode([.. parameters.Skip(itemRows.Count).Take(userRows.Count)], self);
            var inputs = cat([item, user.expand(-1, side.Longest, -1)], 2);
            return head.Apply([.. parameters.Skip(itemRows.Count + userRows.Count)], inputs).squeeze(2);
        }
    }
}
