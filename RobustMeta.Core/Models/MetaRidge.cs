using RobustMeta.Models.Layers;
using RobustMeta.Tasks;
using static TorchSharp.torch;

namespace RobustMeta.Models;

/// <summary>
/// A closed-form head that is learned through (as R2-D2 in Bertinetto et al., ICLR 2019, there for classification of
/// images): item features q from a network, and for each user the vector
/// <c>p = p₀ + argmin_d Σ_j a_j ℓ(base_j + q_jᵀ(p₀ + d), y_j) + λ/2 |d|²</c> with p₀ from the user's features. Score:
/// base + gain · qᵀp. The network, p₀, λ and gain are learned through the solution; no step sizes, no unrolled descent.
/// <para>
/// One F × F system a user and Newton step: with curvatures c (1 for ratings, σ(1−σ) for clicks),
/// <c>d = (Qᵀ diag(a c) Q + λI)⁻¹ Qᵀ (a (y − ŷ + c Q d'))</c> at the last iterate d'. The matrix is symmetric and nothing is
/// divided by weights, so an interaction of weight zero, padding among them, is exactly absent. (The S × S form with
/// <c>diag(a c) QQᵀ + λI</c> has the same solution, but is not symmetric; where Newton steps overshoot, its derivative by
/// automatic differentiation lost eight digits.)
/// </para>
/// </summary>
public sealed class MetaRidge : MetaRecommender, IHasForm<RidgeForm>
{
    private readonly RidgeForm form;
    private readonly TaskEncoder encoder;
    private readonly DecisionNetwork features;
    private readonly DecisionNetwork? prior;

    /// <summary>The model of a form.</summary>
    /// <param name="name">Name as it stands in specs and results.</param>
    /// <param name="form">What it computes.</param>
    /// <param name="ridge">Initial coefficient λ of the penalty.</param>
    /// <param name="embeddingScale">Standard deviation of the initial embeddings.</param>
    /// <param name="label">What is predicted.</param>
    public MetaRidge(string name, RidgeForm form, double ridge, double embeddingScale, LabelKind label)
        : base(name, label)
    {
        ArgumentNullException.ThrowIfNull(form);
        this.form = form;
        encoder = new(form.Schema, takesExposure: true);
        features = new("feature", form.Schema.ItemWidth, form.Features, form.Activation);
        prior = form.HasPrior ? new("prior", encoder.UserInputWidth, form.Prior, form.Activation) : null;
        SupportWeighting = SupportWeighting.Differentiable;
        Shapes =
        [
            .. encoder.Shapes(embeddingScale),
            .. features.Shapes,
            .. prior?.Shapes ?? [],
            ParameterShape.Constant(RidgeForm.LogLambda, Math.Log(ridge), 1),
            ParameterShape.Constant(RidgeForm.LogGain, 0, 1),
        ];
    }

    /// <inheritdoc/>
    public RidgeForm Form => form;

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
        var q = features.Apply(theta, items);
        var start = prior?.Apply(theta, TaskEncoder.UserInputs(users)).unsqueeze(2);
        var support = TaskEncoder.At(q, batch.Support);
        var move = Solve(support, start, theta[RidgeForm.LogLambda].exp(), batch);
        var user = start is null ? move : start.Plus(move);
        return new(matmul(TaskEncoder.At(q, batch.Query), user).squeeze(2) * theta[RidgeForm.LogGain].exp());
    }

    // The user's move d from p₀, [B, F, 1].
    private Tensor Solve(Tensor q, Tensor? start, Tensor lambda, TaskTensors batch)
    {
        var transposed = q.transpose(1, 2);
        var ridge = eye(q.shape[2], dtype: q.dtype) * lambda;
        var weights = batch.SupportWeights * batch.Support.Mask;
        var origin = start is null ? batch.Support.Offset : batch.Support.Offset.Plus(matmul(q, start).squeeze(2));
        var steps = Label == LabelKind.Click ? form.NewtonSteps : 1;
        var along = zeros_like(origin);
        var move = zeros([q.shape[0], q.shape[2], 1], q.dtype);
        for (var step = 0; step < steps; step++)
        {
            var scores = origin.Plus(along);
            var pull = Losses.Residual(Label, scores, batch.Support.Labels);
            var curvature =
                Label == LabelKind.Click ? scores.sigmoid() * scores.sigmoid().FromOne() : ones_like(scores);
            var system = matmul(transposed, (weights * curvature).unsqueeze(2) * q).Plus(ridge);
            var force = (weights * (pull.Plus(curvature * along))).unsqueeze(2);
            move = linalg.solve(system, matmul(transposed, force));
            along = matmul(q, move).squeeze(2);
        }
        return move;
    }
}
