using RobustMeta.Robustness;

namespace RobustMeta.Theory;

/// <summary>Losses and gradients of several users of a problem under weights.</summary>
/// <param name="Users">The users.</param>
/// <param name="Rate">Inner rate α.</param>
public sealed record WeightedUsers(IReadOnlyList<PlaneUser> Users, double Rate)
{
    /// <summary>Loss of each user after adaptation, <c>[n]</c>.</summary>
    public double[] Losses(PlaneVector x) => [.. Users.Select(user => user.AdaptedLoss(Rate, x))];

    /// <summary>Gradient of the weighted sum of losses.</summary>
    /// <param name="weights">One weight for each user, <c>[n]</c>.</param>
    /// <param name="x">Parameter before adaptation.</param>
    /// <param name="firstOrder">Whether to leave out how the inner step depends on the parameter.</param>
    public PlaneVector Gradient(IReadOnlyList<double> weights, PlaneVector x, bool firstOrder = false)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var sum = default(PlaneVector);
        for (var u = 0; u < Users.Count; u++)
        {
            sum += weights[u] * Users[u].Gradient(firstOrder, Rate, x);
        }
        return sum;
    }

    /// <summary>The weights of a set that are worst at a parameter, <c>[n]</c>.</summary>
    public double[] WorstWeights(AmbiguitySet set, PlaneVector x)
    {
        ArgumentNullException.ThrowIfNull(set);
        var losses = Losses(x);
        var weights = new double[losses.Length];
        set.BestResponse(losses, weights);
        return weights;
    }

    /// <summary>How far from stationary a parameter is for the worst case over a set: length of the gradient of the Moreau envelope.</summary>
    public double Stationarity(AmbiguitySet set, PlaneVector x)
    {
        ArgumentNullException.ThrowIfNull(set);
        return MoreauEnvelope
            .Gradient(
                PlaneUser.AdaptedSmoothness(Rate),
                PlaneUser.AdaptedLipschitz(Rate),
                point => set.Value(Losses(point)),
                x
            )
            .Norm;
    }
}
