using System.Collections.Immutable;
using RobustMeta.Models.Layers;
using RobustMeta.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Models;

/// <summary>
/// MeLU (Lee et al., KDD 2019): embeddings of item and user features, concatenated, go through two hidden layers; a
/// user's support set adapts the layers and leaves the embeddings alone. The exact second-order algorithm of the
/// paper; <see cref="MetaGradientOrder.First"/> gives its first-order variant.
/// </summary>
public sealed class MeLU : GradientAdapted
{
    private readonly FeatureEncoder items;
    private readonly FeatureEncoder users;
    private readonly DecisionNetwork head;

    /// <summary>A model for given inputs.</summary>
    /// <param name="spec">Layer widths and inner loop.</param>
    /// <param name="schema">What the model sees.</param>
    /// <param name="embeddingScale">Standard deviation of the initial embeddings.</param>
    /// <param name="label">What is predicted.</param>
    public MeLU(MeLUSpec spec, InputSchema schema, double embeddingScale, LabelKind label)
        : base(spec.Inner)
    {
        Name = spec.ModelName;
        Label = label;
        items = new("item", schema.ItemFields, schema.EmbeddingDim);
        users = new("user", schema.UserFields, schema.EmbeddingDim);
        head = new(schema.ItemWidth + schema.UserWidth, [spec.HiddenDim1, spec.HiddenDim2]);
        Shapes = [.. items.Shapes(embeddingScale), .. users.Shapes(embeddingScale), .. head.Shapes];
        Perceptron = new(
            schema,
            [spec.HiddenDim1, spec.HiddenDim2],
            Activation.Relu,
            [true, true, true],
            0,
            false,
            Inner
        );
        AdaptedNames = [.. head.Shapes.Select(shape => shape.Name)];
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override LabelKind Label { get; }

    /// <inheritdoc/>
    public override ImmutableArray<ParameterShape> Shapes { get; }

    /// <inheritdoc/>
    public override PerceptronForm? Perceptron { get; }

    /// <inheritdoc/>
    protected override ImmutableArray<string> AdaptedNames { get; }

    /// <inheritdoc/>
    protected override (Tensor Support, Tensor Query) Embed(
        IReadOnlyDictionary<string, Tensor> theta,
        TaskTensors batch
    )
    {
        var precision = batch.Support.Labels.dtype;
        var item = items.Encode(theta, batch.Items, precision);
        var user = users.Encode(theta, batch.Batch.Users, precision);
        return (Inputs(item, user, batch.Support), Inputs(item, user, batch.Query));
    }

    /// <inheritdoc/>
    protected override Tensor Score(IReadOnlyList<Tensor> fast, Tensor inputs) => DecisionNetwork.Score(fast, inputs);

    private static Tensor Inputs(Tensor item, Tensor user, TaskTensors.Padded side)
    {
        var users = user.shape[0];
        return cat(
            [
                item.index_select(0, side.Slots).view(users, side.Length, -1),
                user.unsqueeze(1).expand(users, side.Length, -1),
            ],
            2
        );
    }
}
