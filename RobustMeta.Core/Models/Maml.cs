using System.Collections.Immutable;
using RobustMeta.Models.Layers;
using RobustMeta.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Models;

/// <summary>MAML over all layers (Finn et al., ICML 2017). See <see cref="MamlSpec"/>.</summary>
public sealed class Maml : MetaRecommender
{
    private readonly InputSchema schema;
    private readonly DecisionNetwork head;
    private readonly InnerLoop inner;

    /// <summary>A model for given inputs.</summary>
    /// <param name="spec">Layer widths and inner loop.</param>
    /// <param name="schema">What the model sees.</param>
    /// <param name="embeddingScale">Standard deviation of the initial embeddings.</param>
    /// <param name="label">What is predicted.</param>
    public Maml(MamlSpec spec, InputSchema schema, double embeddingScale, LabelKind label)
        : base(spec.ModelName, label)
    {
        this.schema = schema;
        var encoder = new TaskEncoder(schema);
        head = new("head", encoder.Width, [spec.HiddenDim1, spec.HiddenDim2, 1], Activation.Relu);
        inner = new(spec.Inner, new(label));
        SupportWeighting = inner.SupportWeighting;
        Shapes = [.. encoder.Shapes(embeddingScale), .. head.Shapes];
    }

    /// <inheritdoc/>
    public override Prediction Predict(
        IReadOnlyDictionary<string, Tensor> theta,
        TaskTensors batch,
        TrainingPhase? training
    )
    {
        var precision = batch.Support.Labels.dtype;
        var items = new UsedRows("item", schema.ItemFields, batch.Items, precision);
        var users = new UsedRows("user", schema.UserFields, batch.Batch.Users, precision);
        var itemTables = items.Gather(theta).ToList();
        var tables = itemTables.Concat(users.Gather(theta)).ToList();
        var slow = tables.Concat(head.Shapes.Select(shape => theta[shape.Name]));
        var initial = slow.Select(t => InnerLoop.PerUser(t, batch.Batch.Count)).ToList();
        var fast = inner.Adapt(initial, null, x => Score(x, batch.Support), batch, training is not null);
        return new(Score(fast, batch.Query));

        Tensor Score(IReadOnlyList<Tensor> parameters, TaskTensors.Padded side)
        {
            var item = items.Encode([.. parameters.Take(itemTables.Count)], batch.Batch.Count);
            var userRows = parameters.Skip(itemTables.Count).Take(tables.Count - itemTables.Count).ToList();
            var inputs = At(item, side);
            if (!schema.UserFields.IsEmpty)
            {
                var user = users.EncodeOwn(userRows);
                inputs = cat([inputs, user.unsqueeze(1).expand(-1, side.Length, -1)], 2);
            }
            return head.Apply([.. parameters.Skip(tables.Count)], inputs).squeeze(2);
        }
    }

    // Each user's own rows [B, U, D] at the slots of one side, [B, L, D].
    private static Tensor At(Tensor items, TaskTensors.Padded side)
    {
        var (users, distinct, width) = (items.shape[0], items.shape[1], items.shape[2]);
        var starts = arange(0, users).unsqueeze(1) * (Scalar)distinct;
        var places = (side.Slots.view(users, side.Length) + starts).view(-1);
        return items.reshape(users * distinct, width).index_select(0, places).view(users, side.Length, width);
    }
}
