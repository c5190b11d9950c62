using System.Collections.Immutable;
using RobustMeta.Models.Layers;
using RobustMeta.Tasks;
using static TorchSharp.torch;

namespace RobustMeta.Models;

/// <summary>
/// A decision network that is trained on all interactions without adaptation, and may be fine-tuned on a user's support
/// set when it predicts. See <see cref="JointSpec"/> and <see cref="JointFineTunedSpec"/>.
/// </summary>
public sealed class JointModel : MetaRecommender, IHasForm<PerceptronForm>
{
    private readonly TaskEncoder encoder;
    private readonly DecisionNetwork head;
    private readonly InnerLoop fineTuning;
    private readonly SupportLoss supportLoss;

    /// <summary>A model for given inputs.</summary>
    /// <param name="name">Name as it stands in specs and results.</param>
    /// <param name="hidden">Widths of the hidden layers.</param>
    /// <param name="fineTuning">Steps on the support in evaluation; none in training.</param>
    /// <param name="schema">The inputs of the model.</param>
    /// <param name="embeddingScale">Standard deviation of the initial embeddings.</param>
    /// <param name="label">What is predicted.</param>
    public JointModel(
        string name,
        ImmutableArray<int> hidden,
        GradientAdaptedSpec fineTuning,
        InputSchema schema,
        double embeddingScale,
        LabelKind label
    )
        : base(name, label)
    {
        ArgumentNullException.ThrowIfNull(fineTuning);
        ArgumentNullException.ThrowIfNull(schema);
        encoder = new(schema);
        head = new("head", encoder.Width, hidden.Add(1), Activation.Relu);
        supportLoss = new(label);
        this.fineTuning = new(fineTuning, supportLoss);
        SupportWeighting = SupportWeighting.Differentiable;
        AdaptsToLabels = fineTuning.InnerSteps > 0;
        Shapes = [.. encoder.Shapes(embeddingScale), .. head.Shapes];
        Form = new(schema, hidden, Activation.Relu, [.. hidden.Select(_ => true), true], 0, false, fineTuning)
        {
            IsJoint = true,
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
        var (items, users) = encoder.Encode(theta, batch);
        var support = TaskEncoder.Inputs(items, users, batch.Support);
        var query = TaskEncoder.Inputs(items, users, batch.Query);
        if (training is not null)
        {
            var scores = head.Apply(theta, support).squeeze(2);
            return new(head.Apply(theta, query).squeeze(2)) { UserLoss = supportLoss.PerUser(scores, batch) };
        }
        var initial = head.Shapes.Select(s => InnerLoop.PerUser(theta[s.Name], batch.Batch.Count)).ToList();
        var fast = fineTuning.Adapt(initial, null, x => head.Apply(x, support).squeeze(2), batch, false);
        return new(head.Apply(fast, query).squeeze(2));
    }
}
