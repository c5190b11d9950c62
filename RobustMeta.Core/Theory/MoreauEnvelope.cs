namespace RobustMeta.Theory;

/// <summary>The Moreau envelope of functions of the plane, which is smooth also where they have a kink.</summary>
public static class MoreauEnvelope
{
    private const double Accuracy = 1e-7;

    /// <summary>
    /// The gradient of the envelope of an L-weakly convex, G-Lipschitz function at 1/(2L): how far from stationary a point is
    /// (Davis and Drusvyatskiy, SIAM J. Optim. 2019). The proximal problem is strongly convex and is solved by nested golden sections.
    /// </summary>
    /// <param name="smoothness">L, positive.</param>
    /// <param name="lipschitz">G.</param>
    /// <param name="f">The function.</param>
    /// <param name="x">The point.</param>
    public static PlaneVector Gradient(double smoothness, double lipschitz, Func<PlaneVector, double> f, PlaneVector x)
    {
        ArgumentNullException.ThrowIfNull(f);
        var lambda = 1 / (2 * smoothness);
        // The proximal point is no farther than this.
        var reach = 2 * lambda * lipschitz;
        var px = GoldenSection(px => Objective(new(px, BestY(px))), x.X - reach, x.X + reach);
        return 1 / lambda * (x - new PlaneVector(px, BestY(px)));

        double BestY(double px) => GoldenSection(py => Objective(new(px, py)), x.Y - reach, x.Y + reach);

        double Objective(PlaneVector y)
        {
            var d = y - x;
            return f(y) + PlaneVector.Dot(d, d) / (2 * lambda);
        }
    }

    // Least argument of a convex function of one variable on an interval.
    private static double GoldenSection(Func<double, double> f, double low, double high)
    {
        var ratio = (Math.Sqrt(5) - 1) / 2;
        var (a, b) = (high - ratio * (high - low), low + ratio * (high - low));
        var (fa, fb) = (f(a), f(b));
        while (high - low > Accuracy)
        {
            if (fa < fb)
            {
                (high, b, fb) = (b, a, fa);
                a = high - ratio * (high - low);
                fa = f(a);
            }
            else
            {
                (low, a, fa) = (a, b, fb);
                b = low + ratio * (high - low);
                fb = f(b);
            }
        }
        return (low + high) / 2;
    }
}
