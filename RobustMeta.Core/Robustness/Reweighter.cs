using RobustMeta.Tasks;

namespace RobustMeta.Robustness;

/// <summary>
/// The adversary of robust training: weighs the losses of each batch, user weights times interaction weights, and lets
/// the weights climb with the same losses the model descends on (Zhang et al., TKDE 2025).
/// </summary>
public sealed class Reweighter
{
    private readonly ReweighterSpec spec;
    private readonly AmbiguitySet set;
    private readonly bool byUser;
    private readonly bool byInteraction;
    private readonly EffectiveShares batchShares = new();

    /// <summary>An adversary over given training users.</summary>
    /// <param name="spec">Levels, set and rates.</param>
    /// <param name="queryLengths">Number of query interactions of each training user.</param>
    /// <exception cref="Settings.SettingException">The set does not exist.</exception>
    public Reweighter(ReweighterSpec spec, IReadOnlyList<int> queryLengths)
    {
        this.spec = spec;
        set = AmbiguitySet.Parse(spec.Set);
        byUser = spec.Levels.HasFlag(WeightLevels.User);
        byInteraction = spec.Levels.HasFlag(WeightLevels.Interaction);
        Weights = new(queryLengths);
    }

    /// <summary>The weights that gradient rules have learned; uniform under best response.</summary>
    public HierarchicalWeights Weights { get; }

    /// <summary>Effective share of the user weights, at the end of the last epoch (best response: mean over batches).</summary>
    public double UserEss { get; private set; } = 1;

    /// <summary>Effective share of the interaction weights, mean over users, likewise.</summary>
    public double InteractionEss { get; private set; } = 1;

    /// <summary>The learned state, by name, for checkpoints and result files.</summary>
    public IReadOnlyDictionary<string, double[]> State =>
        new Dictionary<string, double[]> { ["users"] = Weights.Users, ["interactions"] = Weights.Interactions };

    /// <summary>
    /// Weight of each query loss of a batch: w_u · v_uj / (B q_u), with w and v of mean one. Uniform weights give
    /// 1 / (B q_u) exactly, the weight of plain training.
    /// </summary>
    /// <param name="batch">The batch; positions are indices of training users.</param>
    /// <param name="losses">Loss of each query interaction, as <see cref="TaskBatch.QueryItems"/>.</param>
    /// <param name="reference">Loss to compare each with, or empty: the adversary then sees the excess.</param>
    /// <param name="weights">Receives the weights, same layout.</param>
    /// <param name="userWeights">Receives w_u / B, the weight of each task as a whole, <c>[B]</c>.</param>
    public void Weigh(
        TaskBatch batch,
        ReadOnlySpan<float> losses,
        ReadOnlySpan<float> reference,
        Span<float> weights,
        Span<float> userWeights
    )
    {
        if (spec.Ascent == AscentRule.BestResponse && spec.Levels != WeightLevels.None)
        {
            WeighByBestResponse(batch, losses, reference, weights, userWeights);
            return;
        }
        for (var b = 0; b < batch.Count; b++)
        {
            var user = batch.Positions[b];
            Write(batch, b, Weights.Users[user], Weights.Of(user), weights);
            userWeights[b] = (float)(Weights.Users[user] / batch.Count);
        }
    }

    /// <summary>Lets the stored weights of the batch's users climb, and projects them back onto the set.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="losses">Loss of each query interaction.</param>
    /// <param name="reference">As for <see cref="Weigh"/>.</param>
    public void Ascend(TaskBatch batch, ReadOnlySpan<float> losses, ReadOnlySpan<float> reference)
    {
        if (spec.Ascent == AscentRule.BestResponse)
        {
            return;
        }
        var climbsByUser = byUser && spec.TaskWeightLr > 0;
        var climbsByInteraction = byInteraction && spec.SampleWeightLr > 0;
        for (var b = 0; b < batch.Count; b++)
        {
            var user = batch.Positions[b];
            var own = Weights.Of(user);
            Span<double> scores = new double[own.Length];
            Scores(batch, b, losses, reference, scores);
            if (climbsByUser)
            {
                // ∂F/∂w_u at the interaction weights that weighed this batch's losses.
                Weights.Users[user] += spec.TaskWeightLr * Mean(own, scores);
            }
            if (climbsByInteraction)
            {
                for (var j = 0; j < own.Length; j++)
                {
                    own[j] += spec.SampleWeightLr * scores[j];
                }
                ProjectRelative(own);
            }
        }
        if (climbsByUser)
        {
            ProjectRelative(Weights.Users);
        }
    }

    /// <summary>Closes an epoch: effective sample sizes are taken now.</summary>
    public void EndEpoch()
    {
        if (spec.Ascent == AscentRule.BestResponse && spec.Levels != WeightLevels.None)
        {
            (UserEss, InteractionEss) = batchShares.TakeMeans();
            return;
        }
        UserEss = HierarchicalWeights.EffectiveShare(Weights.Users);
        double interactions = 0;
        for (var user = 0; user < Weights.Users.Length; user++)
        {
            interactions += HierarchicalWeights.EffectiveShare(Weights.Of(user));
        }
        InteractionEss = interactions / Weights.Users.Length;
    }

    // The exact maximum over the hierarchy: w ≥ 0 lets each user's interactions respond alone, then users respond to
    // their worst values.
    private void WeighByBestResponse(
        TaskBatch batch,
        ReadOnlySpan<float> losses,
        ReadOnlySpan<float> reference,
        Span<float> weights,
        Span<float> userWeights
    )
    {
        var interactions = new double[losses.Length];
        var values = new double[batch.Count];
        for (var b = 0; b < batch.Count; b++)
        {
            var own = interactions.AsSpan(batch.QueryOffsets[b]..batch.QueryOffsets[b + 1]);
            Span<double> scores = new double[own.Length];
            Scores(batch, b, losses, reference, scores);
            Respond(byInteraction, scores, own);
            values[b] = Mean(own, scores);
        }
        var users = new double[batch.Count];
        Respond(byUser, values, users);
        for (var b = 0; b < batch.Count; b++)
        {
            var own = interactions.AsSpan(batch.QueryOffsets[b]..batch.QueryOffsets[b + 1]);
            Write(batch, b, users[b], own, weights);
            userWeights[b] = (float)(users[b] / batch.Count);
            batchShares.AddInteractions(own);
        }
        batchShares.AddUsers(users);
    }

    private void Respond(bool isRobust, ReadOnlySpan<double> scores, Span<double> weights)
    {
        if (!isRobust)
        {
            weights.Fill(1);
            return;
        }
        set.BestResponse(scores, weights);
        var uniform = set.UniformWeight(weights.Length);
        foreach (ref var weight in weights)
        {
            weight /= uniform;
        }
    }

    // The set is in the probability convention, the weights relative to its uniform member.
    private void ProjectRelative(Span<double> weights)
    {
        var uniform = set.UniformWeight(weights.Length);
        foreach (ref var weight in weights)
        {
            weight *= uniform;
        }
        set.Project(weights);
        foreach (ref var weight in weights)
        {
            weight /= uniform;
        }
    }

    private static void Write(TaskBatch batch, int b, double user, ReadOnlySpan<double> own, Span<float> weights)
    {
        var target = weights[batch.QueryOffsets[b]..batch.QueryOffsets[b + 1]];
        var share = (double)batch.Count * own.Length;
        for (var j = 0; j < own.Length; j++)
        {
            target[j] = (float)(user * own[j] / share);
        }
    }

    private static void Scores(
        TaskBatch batch,
        int b,
        ReadOnlySpan<float> losses,
        ReadOnlySpan<float> reference,
        Span<double> scores
    )
    {
        var start = batch.QueryOffsets[b];
        for (var j = 0; j < scores.Length; j++)
        {
            scores[j] = reference.IsEmpty ? losses[start + j] : (double)losses[start + j] - reference[start + j];
        }
    }

    private static double Mean(ReadOnlySpan<double> weights, ReadOnlySpan<double> scores)
    {
        double sum = 0;
        for (var j = 0; j < scores.Length; j++)
        {
            sum += weights[j] * scores[j];
        }
        return sum / scores.Length;
    }
}
