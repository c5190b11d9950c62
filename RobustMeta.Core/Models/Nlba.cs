using RobustMeta.Models.Layers;
using RobustMeta.Tasks;
using static TorchSharp.torch;

namespace RobustMeta.Models;

/// <summary>
/// NLBA, non-linear bias adaptation (Vartak et al., NeurIPS 2017, section 3.2): a classifier with one hidden layer whose
/// weights all users share and whose biases come from the user's support,
/// <c>h = relu(F(i) W + R₀V₀ + R₁V₁ + c)</c>, <c>score = h w + R₀v₀ + R₁v₁ + b</c>. Classes and ratings as in
/// <see cref="Lwa"/>. No inner steps; user features are not used.
/// </summary>
public sealed class Nlba : MetaRecommender, IHasForm<ClassForm>
{
    private readonly TaskEncoder encoder;
    private readonly DecisionNetwork items;
    private readonly SupportClasses classes;

    /// <summary>A model for given inputs.</summary>
    /// <param name="spec">Widths and pooling.</param>
    /// <param name="schema">The inputs of the model.</param>
    /// <param name="embeddingScale">Standard deviation of the initial embeddings.</param>
    /// <param name="label">What is predicted.</param>
    public Nlba(NlbaSpec spec, InputSchema schema, double embeddingScale, LabelKind label)
        : base(Given(spec).ModelName, label)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var (width, hidden) = (spec.HiddenDim1, spec.HiddenDim2);
        Form = new(schema, [width, width], spec.Pooling, spec.WeightedPooling) { Hidden = hidden };
        encoder = new(schema);
        items = new("encoder", schema.ItemWidth, [width, width], Activation.Relu);
        classes = new(label, spec.Pooling, spec.WeightedPooling);
        SupportWeighting = spec.WeightedPooling ? SupportWeighting.Differentiable : SupportWeighting.Refused;
        Shapes =
        [
            .. encoder.Items.Shapes(embeddingScale),
            .. items.Shapes,
            ParameterShape.Dense("hidden.weight", width, width, hidden),
            ParameterShape.Dense("hidden.negative", width, width, hidden),
            ParameterShape.Dense("hidden.positive", width, width, hidden),
            ParameterShape.Dense("hidden.bias", width, hidden),
            ParameterShape.Dense("output.weight", hidden, hidden, 1),
            ParameterShape.Dense("output.negative", width, width, 1),
            ParameterShape.Dense("output.positive", width, width, 1),
            ParameterShape.Dense("output.bias", hidden, 1),
        ];
    }

    /// <inheritdoc/>
    public ClassForm Form { get; }

    /// <inheritdoc/>
    public override Prediction Predict(
        IReadOnlyDictionary<string, Tensor> theta,
        TaskTensors batch,
        TrainingPhase? training
    )
    {
        var encoded = items.Apply(theta, encoder.Items.Encode(theta, batch.Items, batch.Support.Labels.dtype));
        var (negative, positive, level) = classes.Of(TaskEncoder.At(encoded, batch.Support), batch);
        // The linear map of each distinct item, once.
        var mapped = TaskEncoder.At(matmul(encoded, theta["hidden.weight"]), batch.Query);
        var hidden = mapped.Plus(Bias("hidden").unsqueeze(1)).relu();
        var scores = matmul(hidden, theta["output.weight"]).squeeze(2);
        return new(scores.Plus(Bias("output")).Plus(level.unsqueeze(1)));

        Tensor Bias(string layer) =>
            matmul(negative, theta[$"{layer}.negative"])
                .Plus(matmul(positive, theta[$"{layer}.positive"]))
                .Plus(theta[$"{layer}.bias"]);
    }
}
