using RobustMeta.Models.Layers;
using RobustMeta.Tasks;
using static TorchSharp.torch;

namespace RobustMeta.Models;

/// <summary>
/// LWA, linear weight adaptation (Vartak et al., NeurIPS 2017, section 3.1): the support of a user makes a linear
/// classifier of encoded items, <c>score = b + F(i)ᵀ(w₀R₀ + w₁R₁)</c>, R₀ and R₁ being the mean encodings of the user's
/// negative and positive items. No inner steps; user features are not used.
/// <para>
/// Ratings, which the paper does not treat: the classes are the items above the user's mean residual and the rest, and
/// that mean is added to the score.
/// </para>
/// </summary>
public sealed class Lwa : MetaRecommender, IHasForm<ClassForm>
{
    private readonly TaskEncoder encoder;
    private readonly DecisionNetwork items;
    private readonly SupportClasses classes;
    private readonly ClassMixing mixing;

    /// <summary>A model for given inputs.</summary>
    /// <param name="spec">Widths, pooling and mixing.</param>
    /// <param name="schema">The inputs of the model.</param>
    /// <param name="embeddingScale">Standard deviation of the initial embeddings.</param>
    /// <param name="label">What is predicted.</param>
    public Lwa(LwaSpec spec, InputSchema schema, double embeddingScale, LabelKind label)
        : base(Given(spec).ModelName, label)
    {
        ArgumentNullException.ThrowIfNull(schema);
        encoder = new(schema);
        items = new("encoder", schema.ItemWidth, [spec.HiddenDim1, spec.HiddenDim2], Activation.Relu);
        classes = new(label, spec.Pooling, spec.WeightedPooling);
        mixing = spec.Mixing;
        Form = new(schema, [spec.HiddenDim1, spec.HiddenDim2], spec.Pooling, spec.WeightedPooling) { Mixing = mixing };
        SupportWeighting = spec.WeightedPooling ? SupportWeighting.Differentiable : SupportWeighting.Refused;
        Shapes =
        [
            .. encoder.Items.Shapes(embeddingScale),
            .. items.Shapes,
            Mixing("mix.negative", -1, spec.HiddenDim2),
            Mixing("mix.positive", 1, spec.HiddenDim2),
            ParameterShape.Constant("bias", 0, 1),
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
        var classifier = Mix(theta["mix.negative"], negative).Plus(Mix(theta["mix.positive"], positive));
        var scores = matmul(TaskEncoder.At(encoded, batch.Query), classifier.unsqueeze(2)).squeeze(2);
        return new(scores.Plus(level.unsqueeze(1)).Plus(theta["bias"]));
    }

    private ParameterShape Mixing(string name, double sign, int width) =>
        mixing switch
        {
            ClassMixing.Scalar => ParameterShape.Constant(name, sign, 1),
            ClassMixing.Diagonal => ParameterShape.Constant(name, sign, width),
            _ => ParameterShape.Dense(name, width, width, width),
        };

    private Tensor Mix(Tensor factor, Tensor representative) =>
        mixing == ClassMixing.Matrix ? matmul(representative, factor) : representative * factor;
}
