using RobustMeta.Models.Layers;
using RobustMeta.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Models;

/// <summary>
/// Meta-Embedding (Pan et al., SIGIR 2019): a generator makes the ID vector φ₀ of a cold user from the user's features so
/// that the base model is good with it, and better still after one gradient step on the support,
/// φ₁ = φ₀ − a ∂ℓ_support/∂φ₀. Objective of a user: α ℓ_support(φ₀) + (1 − α) ℓ_query(φ₁). The base model is pretrained and
/// then kept; the generator alone is learned, through the step (second order, in the vector only).
/// <para>
/// The paper's new entity is an advertisement; here it is the user, as in the meta-learning libraries for recommendation.
/// One vector a user: its step is the total derivative of the mean support loss.
/// </para>
/// </summary>
public sealed class MetaEmb : MetaRecommender, IPartCost, IHasForm<UserVectorForm>
{
    private readonly UserVectorBase basis;
    private readonly DecisionNetwork generator;
    private readonly SupportLoss supportLoss;
    private readonly InnerLoop step;

    // Made where it is first used: the fused engine takes the form without libtorch.
    private readonly Lazy<Scalar> alpha;

    /// <summary>A model for given inputs.</summary>
    /// <param name="spec">Widths, step and pretraining.</param>
    /// <param name="schema">The inputs of the model, with the identity of the users.</param>
    /// <param name="embeddingScale">Standard deviation of the initial embeddings.</param>
    /// <param name="label">What is predicted.</param>
    public MetaEmb(MetaEmbSpec spec, InputSchema schema, double embeddingScale, LabelKind label)
        : base(Given(spec).ModelName, label)
    {
        ArgumentNullException.ThrowIfNull(schema);
        basis = new(schema, spec.IndHiddenDim, spec.HiddenDim1, embeddingScale, label);
        generator = new("generator", basis.UserInputWidth, [spec.HiddenDim2, spec.IndHiddenDim], Activation.Relu);
        supportLoss = new(label);
        step = new(new() { LocalLr = spec.LocalLr, InnerSteps = 1 }, supportLoss);
        alpha = new(() => HeldNumbers.Of(spec.Alpha));
        Form = new(schema, spec.IndHiddenDim, spec.HiddenDim1, spec.HiddenDim2)
        {
            LocalLr = spec.LocalLr,
            Alpha = spec.Alpha,
        };
        SupportWeighting = SupportWeighting.Differentiable;
        Shapes = [.. basis.Shapes, .. generator.Shapes];
        Phases =
        [
            basis.Pretraining(spec.PretrainEpoch, spec.PretrainLr),
            new("generator") { Learned = [.. generator.Shapes.Select(shape => shape.Name)] },
        ];
    }

    /// <inheritdoc/>
    public UserVectorForm Form { get; }

    /// <inheritdoc/>
    public int PartCost => 800;

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
        var generated = generator.Apply(theta, TaskEncoder.UserInputs(encoded.Users));
        var start = training is null ? generated.detach().requires_grad_() : generated;
        var stepped = step.Adapt([start], null, SupportScores, batch, training is not null)[0];
        var scores = basis.Score(theta, stepped, encoded, batch.Query);
        if (training is null)
        {
            return new(scores);
        }
        var losses = Losses.Of(Label, scores.Plus(batch.Query.Offset), batch.Query.Labels);
        return new(scores)
        {
            QueryLoss = -losses * alpha.Value,
            UserLoss = supportLoss.PerUser(SupportScores([generated]), batch) * alpha.Value,
        };

        Tensor SupportScores(IReadOnlyList<Tensor> vectors) => basis.Score(theta, vectors[0], encoded, batch.Support);
    }
}
