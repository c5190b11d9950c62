using RobustMeta.Models.Layers;
using RobustMeta.Tasks;
using static TorchSharp.torch;

namespace RobustMeta.Models;

/// <summary>
/// MWUF (Zhu et al., SIGIR 2021): a cold ID vector is warmed up to <c>cold · scale + shift</c>, scale from the user's
/// features, shift from the mean of the items that the user's support holds. The base model is pretrained and then kept.
/// Cold vectors start at the mean of the trained ones and learn on the loss with them in place (cold loss); the two meta
/// networks learn on the loss with the warmed-up vectors (warm loss), which the cold vectors do not see. Both losses
/// cover support and query. A user who is not a training user has the mean itself as cold vector.
/// <para>
/// The paper's new entity is an item; here it is the user. The networks start as the identity (scale 1, shift 0). The
/// shift depends on support items alone: nothing of the query enters a prediction. Cold and warm loss share one learning
/// rate.
/// </para>
/// </summary>
public sealed class Mwuf : MetaRecommender, IHasForm<UserVectorForm>
{
    private readonly UserVectorBase basis;
    private readonly DecisionNetwork scale;
    private readonly DecisionNetwork shift;
    private readonly SupportLoss supportLoss;

    /// <summary>A model for given inputs.</summary>
    /// <param name="spec">Widths and pretraining.</param>
    /// <param name="schema">The inputs of the model, with the identity of the users.</param>
    /// <param name="embeddingScale">Standard deviation of the initial embeddings.</param>
    /// <param name="label">What is predicted.</param>
    public Mwuf(MwufSpec spec, InputSchema schema, double embeddingScale, LabelKind label)
        : base(Given(spec).ModelName, label)
    {
        ArgumentNullException.ThrowIfNull(schema);
        basis = new(schema, spec.IndHiddenDim, spec.HiddenDim1, embeddingScale, label);
        scale = new("scale", basis.UserInputWidth, [spec.HiddenDim2, spec.IndHiddenDim], Activation.Relu);
        shift = new("shift", schema.ItemWidth, [spec.HiddenDim2, spec.IndHiddenDim], Activation.Relu);
        supportLoss = new(label);
        Form = new(schema, spec.IndHiddenDim, spec.HiddenDim1, spec.HiddenDim2);
        SupportWeighting = SupportWeighting.Differentiable;
        AdaptsToLabels = false;
        ParameterShape[] meta =
        [
            // How far each cold vector has moved from the mean of the trained ones.
            ParameterShape.Constant("cold.move", 0, basis.UserRows, spec.IndHiddenDim),
            .. scale.Shapes[..2],
            .. scale.Shapes[2..].Select(AtZero),
            .. shift.Shapes[..2],
            .. shift.Shapes[2..].Select(AtZero),
        ];
        Shapes = [.. basis.Shapes, .. meta];
        Phases =
        [
            basis.Pretraining(spec.PretrainEpoch, spec.PretrainLr),
            new("warm-up") { Learned = [.. meta.Select(shape => shape.Name)] },
        ];
    }

    /// <inheritdoc/>
    public UserVectorForm Form { get; }

    /// <inheritdoc/>
    public override Prediction Predict(
        IReadOnlyDictionary<string, Tensor> theta,
        TaskTensors batch,
        TrainingPhase? training
    )
    {
        if (training == Phases[0])
        {
            return basis.Pretrain(theta, batch);
        }
        var encoded = basis.Encode(theta, batch);
        var cold = basis.MeanVector(theta).Plus(basis.Rows(theta["cold.move"], batch));
        var factor = scale.Apply(theta, TaskEncoder.UserInputs(encoded.Users)).Plus(HeldNumbers.One);
        var warm = (cold.detach() * factor).Plus(shift.Apply(theta, MeanItem(encoded.Items, batch)));
        var scores = basis.Score(theta, warm, encoded, batch.Query);
        if (training is null)
        {
            return new(scores);
        }
        var coldQuery = basis.Score(theta, cold, encoded, batch.Query).Plus(batch.Query.Offset);
        return new(scores)
        {
            QueryLoss = Losses.Of(Label, coldQuery, batch.Query.Labels),
            UserLoss = OnSupport(cold).Plus(OnSupport(warm)),
        };

        Tensor OnSupport(Tensor vectors) =>
            supportLoss.PerUser(basis.Score(theta, vectors, encoded, batch.Support), batch);
    }

    private static ParameterShape AtZero(ParameterShape shape) =>
        ParameterShape.Constant(shape.Name, 0, [.. shape.Shape]);

    private static Tensor MeanItem(Tensor items, TaskTensors batch)
    {
        var weights = batch.SupportWeights * batch.Support.Mask;
        var sum = matmul(weights.unsqueeze(1), TaskEncoder.At(items, batch.Support)).squeeze(1);
        return sum / weights.sum(1, keepdim: true);
    }
}
