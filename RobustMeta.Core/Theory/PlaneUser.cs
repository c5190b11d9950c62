using System.Collections.Immutable;
using RobustMeta.Runtime;

namespace RobustMeta.Theory;

/// <summary>
/// A user of a small meta-learning problem whose constants are known: one support and one query observation, the loss of
/// <see cref="BoundedLoss"/>, one inner step. All is in closed form.
/// </summary>
/// <param name="Support">What the inner step is taken on.</param>
/// <param name="Query">What the loss after the step is measured on.</param>
public sealed record PlaneUser(PlaneObservation Support, PlaneObservation Query)
{
    /// <summary>Users of random directions around two opposite tastes, so that no parameter suits all.</summary>
    /// <param name="count">Number of users.</param>
    /// <param name="seed">Seed of their observations.</param>
    public static ImmutableArray<PlaneUser> Random(int count, long seed)
    {
        var random = Seeds.Generator(seed, "theory users");
        var users = ImmutableArray.CreateBuilder<PlaneUser>(count);
        for (var u = 1; u <= count; u++)
        {
            var taste = u % 3 == 0 ? new PlaneVector(-0.8, 0.3) : new PlaneVector(0.6, -0.2);
            users.Add(new(Observe(random, taste), Observe(random, taste)));
        }
        return users.MoveToImmutable();
    }

    /// <summary>A smoothness constant of the adapted loss: (1 + αL)² L + αρG.</summary>
    /// <param name="rate">Inner rate α.</param>
    public static double AdaptedSmoothness(double rate) =>
        Math.Pow(1 + rate * BoundedLoss.Smoothness, 2) * BoundedLoss.Smoothness
        + rate * BoundedLoss.HessianLipschitz * BoundedLoss.Lipschitz;

    /// <summary>A Lipschitz constant of the adapted loss: (1 + αL) G.</summary>
    /// <param name="rate">Inner rate α.</param>
    public static double AdaptedLipschitz(double rate) => (1 + rate * BoundedLoss.Smoothness) * BoundedLoss.Lipschitz;

    /// <summary>The query loss after one step on the support loss.</summary>
    /// <param name="rate">Inner rate α.</param>
    /// <param name="x">Parameter before the step.</param>
    public double AdaptedLoss(double rate, PlaneVector x) => BoundedLoss.Of(Query.Residual(Adapted(rate, x)));

    /// <summary>The gradient of <see cref="AdaptedLoss"/>.</summary>
    /// <param name="firstOrder">Whether to leave out how the step itself depends on the parameter.</param>
    /// <param name="rate">Inner rate α.</param>
    /// <param name="x">Parameter before the step.</param>
    public PlaneVector Gradient(bool firstOrder, double rate, PlaneVector x)
    {
        var outer = BoundedLoss.Slope(Query.Residual(Adapted(rate, x))) * Query.Direction;
        if (firstOrder)
        {
            return outer;
        }
        var inner = BoundedLoss.Curvature(Support.Residual(x)) * PlaneVector.Dot(Support.Direction, outer);
        return outer - rate * inner * Support.Direction;
    }

    private PlaneVector Adapted(double rate, PlaneVector x) =>
        x - rate * BoundedLoss.Slope(Support.Residual(x)) * Support.Direction;

    private static PlaneObservation Observe(Random random, PlaneVector taste)
    {
        var angle = 2 * Math.PI * random.NextDouble();
        var direction = new PlaneVector(Math.Cos(angle), Math.Sin(angle));
        return new(direction, PlaneVector.Dot(direction, taste) + 0.2 * (random.NextDouble() - 0.5));
    }
}
