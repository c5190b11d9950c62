using RobustMeta.Models.Layers;
using RobustMeta.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Models.Factors;

/// <summary>One batch of users that are folded into a <see cref="MetaPmf"/>, with what their fold-ins share.</summary>
internal sealed class FactorFold
{
    private const int Mean = 1;
    private static readonly Scalar Least = HeldNumbers.Of(FactorForm.Least);
    private readonly FactorParts parts;
    private readonly IReadOnlyDictionary<string, Tensor> theta;
    private readonly TaskTensors batch;
    private readonly Tensor means;
    private readonly Tensor factors;
    private readonly Tensor spreads;
    private readonly Tensor ground;

    /// <summary>The items and users of a batch.</summary>
    /// <param name="parts">What the model is made of.</param>
    /// <param name="theta">Parameters by name.</param>
    /// <param name="batch">The tasks.</param>
    public FactorFold(FactorParts parts, IReadOnlyDictionary<string, Tensor> theta, TaskTensors batch)
    {
        (this.parts, this.theta, this.batch) = (parts, theta, batch);
        var precision = batch.Support.Labels.dtype;
        var width = parts.Width;
        var w = parts.Items.Encode(theta, batch.Items, precision);
        means = w.narrow(1, 0, Mean);
        var slope = cat([ones([1], precision), zeros([width - Mean - 1], precision)]);
        factors = w.narrow(1, Mean, width - Mean).Plus(slope);
        spreads = parts
            .Spreads.Encode(theta, batch.Items, precision)
            .Plus(theta["logSpread"])
            .narrow(1, Mean, width - Mean)
            .exp();
        Weights = batch.SupportWeights * batch.Support.Mask;
        ground = parts
            .People.Encode(theta, batch.Batch.Users, precision)
            .Plus(Choice(theta, w, batch.Support, Weights));
    }

    /// <summary>Weights of the supports, <c>[B, S]</c>, 0 for padding.</summary>
    public Tensor Weights { get; }

    /// <summary>Priors of the users.</summary>
    /// <param name="isShuffled">Whether each user gets the exposure of another user, as a control without information.</param>
    public UserPriors Prior(bool isShuffled = false)
    {
        var penalty = theta["logPrecision"].exp();
        if (parts.Exposure is not { } exposure)
        {
            return new(ground, penalty);
        }
        var mean = exposure.Mean(theta, batch.Items, batch.Support, Weights);
        return new(ground.Plus(isShuffled ? mean.roll(1, 0) : mean), ExposureTerm.Precision(theta, penalty));
    }

    /// <summary>Scores of the queries, <c>[B, Q]</c>, without bias offsets.</summary>
    /// <param name="priors">Priors of the users' vectors.</param>
    /// <param name="weights">Weights of the support interactions that are folded in, <c>[B, S]</c>.</param>
    public Tensor Query(UserPriors priors, Tensor weights) =>
        matmul(TaskEncoder.At(factors, batch.Query), User(priors, weights))
            .squeeze(2)
            .Plus(theta["center"])
            .Plus(TaskEncoder.At(means, batch.Query).squeeze(2));

    /// <summary>Log-likelihood of each label of the supports, <c>[B, S]</c>, up to a constant; see <see cref="Query"/>.</summary>
    public Tensor LogLikelihood(UserPriors priors, Tensor weights)
    {
        var scores = matmul(TaskEncoder.At(factors, batch.Support), User(priors, weights)).squeeze(2).Plus(Origin);
        var losses = Losses.Of(parts.Label, scores, batch.Support.Labels);
        if (parts.Label == LabelKind.Click)
        {
            return -losses;
        }
        // Of a Gaussian: noises differ between models that are compared.
        var logNoise = theta["logNoise"];
        return (losses / logNoise.exp()).Plus(logNoise).neg() * HeldNumbers.Half;
    }

    private Tensor Origin =>
        batch.Support.Offset.Plus(theta["center"]).Plus(TaskEncoder.At(means, batch.Support).squeeze(2));

    // What having rated just these items says, before how they were rated: a linear map of the mean of their vectors.
    private static Tensor Choice(
        IReadOnlyDictionary<string, Tensor> theta,
        Tensor items,
        TaskTensors.Padded support,
        Tensor weights
    )
    {
        var sum = (TaskEncoder.At(items, support) * weights.unsqueeze(2)).sum(1);
        return matmul(sum / weights.sum(1, keepdim: true).clamp_min(Least), theta["choice"]);
    }

    // The mean of the user's posterior, [B, K, 1]: the minimum in h of
    // Σ_j a_j c_j / 2 ((y_j − origin_j − q_jᵀh)² + hᵀ diag(s_j) h) + (h − h₀)ᵀ Λ (h − h₀) / 2.
    private Tensor User(UserPriors priors, Tensor weights)
    {
        var q = TaskEncoder.At(factors, batch.Support);
        var spread = TaskEncoder.At(spreads, batch.Support);
        var origin = Origin;
        var labels = batch.Support.Labels;
        var prior = priors.Mean.unsqueeze(2);
        var precision = priors.Precision;
        var isDiagonal = precision.dim() == 1;
        var counts = (weights / theta["logNoise"].exp()).unsqueeze(2);
        var transposed = q.transpose(1, 2);
        var user = prior;
        for (var step = 0; step < (parts.Label == LabelKind.Click ? parts.FoldInSteps : 1); step++)
        {
            var scores = origin.unsqueeze(2).Plus(matmul(q, user));
            var (curvature, pull) = Evidence(scores, labels.unsqueeze(2));
            var certain = counts * curvature;
            var unsure = (certain * spread).sum(1);
            var evidence = matmul(transposed, certain * q);
            var drive = matmul(transposed, counts * pull) - unsure.unsqueeze(2) * user;
            var (system, slope) = isDiagonal
                ? (evidence.Plus(unsure.Plus(precision).diag_embed()), drive - precision.unsqueeze(1) * (user - prior))
                : (evidence.Plus(unsure.diag_embed()).Plus(precision), drive - matmul(precision, user - prior));
            user = user.Plus(linalg.solve(system, slope));
        }
        return user;
    }

    // Curvature and descent direction of each label's loss (half the squared error; the logistic bound at the scores).
    private (Tensor Curvature, Tensor Pull) Evidence(Tensor scores, Tensor labels)
    {
        var pull = Losses.Residual(parts.Label, scores, labels);
        if (parts.Label == LabelKind.Rating)
        {
            return (ones_like(scores), pull);
        }
        // tanh(x/2) / 2x with its limit at 0: a size of at least 1e-3 makes no difference to the value.
        var size = scores.Squared().Plus(Least).sqrt();
        return ((size.sigmoid() - HeldNumbers.Half) / size, pull);
    }
}
