using RobustMeta.Runtime;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness.Adversaries;

/// <summary>
/// A density over points z ∈ ℝ^D by planar layers (Rezende and Mohamed, ICML 2015) that take a point to a standard normal one:
/// <c>x ← x + û tanh(aᵀx + b)</c>, <c>log p(z) = log N(x_L; 0, I) + Σ_l log(1 + (1 − tanh²) ûᵀa)</c>. With û = u + (m(aᵀu) − aᵀu) a / |a|²,
/// m(c) = log(1 + (e − 1) eᶜ) − 1 &gt; −1, every layer can be inverted. It starts as the standard normal (u = 0).
/// </summary>
internal sealed class PlanarFlow
{
    // log(e − 1): m(0) = 0.
    private static readonly double Shift = Math.Log(Math.E - 1);
    private readonly int width;
    private readonly int layers;

    // Inputs of the layers in a row, and the tanh of each.
    private readonly double[] points;
    private readonly double[] bends;

    /// <summary>The standard normal.</summary>
    /// <param name="width">D.</param>
    /// <param name="layers">Number of layers L.</param>
    /// <param name="random">Draws the directions a.</param>
    public PlanarFlow(int width, int layers, Random random)
    {
        (this.width, this.layers) = (width, layers);
        points = new double[(layers + 1) * width];
        bends = new double[layers];
        Parameters = new double[layers * Stride];
        for (var layer = 0; layer < layers; layer++)
        {
            foreach (ref var a in Parameters.AsSpan(layer * Stride + width, width))
            {
                a = random.NextGaussian() / Math.Sqrt(width);
            }
        }
    }

    /// <summary>u, a and b of each layer in a row, <c>[L (2 D + 1)]</c>; changed in place by who learns them.</summary>
    public double[] Parameters { get; }

    private int Stride => 2 * width + 1;

    /// <summary><c>log p(z) − log N(z; 0, I)</c>. One thread at a time.</summary>
    /// <param name="z">The point, <c>[D]</c>.</param>
    public double LogRatio(ReadOnlySpan<double> z)
    {
        z.CopyTo(points);
        double ratio = 0;
        for (var layer = 0; layer < layers; layer++)
        {
            var x = points.AsSpan(layer * width, width);
            var y = points.AsSpan((layer + 1) * width, width);
            var u = U(layer);
            var a = A(layer);
            var pull = Pull(u, a, out var m);
            var t = Math.Tanh(Dot(a, x) + Parameters[layer * Stride + 2 * width]);
            for (var k = 0; k < width; k++)
            {
                y[k] = x[k] + (u[k] + pull * a[k]) * t;
            }
            bends[layer] = t;
            ratio += Math.Log(1 + (1 - t * t) * m);
        }
        var last = points.AsSpan(layers * width, width);
        return ratio + (Dot(z, z) - Dot(last, last)) / 2;
    }

    /// <summary>Adds a multiple of the derivative of <see cref="LogRatio"/> by the parameters.</summary>
    /// <param name="z">The point, <c>[D]</c>.</param>
    /// <param name="factor">The multiple.</param>
    /// <param name="gradient">Is added to, as <see cref="Parameters"/>.</param>
    public void AddGradient(ReadOnlySpan<double> z, double factor, Span<double> gradient)
    {
        LogRatio(z);
        Span<double> above = stackalloc double[width];
        var last = points.AsSpan(layers * width, width);
        for (var k = 0; k < width; k++)
        {
            above[k] = -factor * last[k];
        }
        for (var layer = layers - 1; layer >= 0; layer--)
        {
            Backward(layer, factor, above, gradient.Slice(layer * Stride, Stride));
        }
    }

    // From the derivative by a layer's output to that by its input, in place.
    private void Backward(int layer, double factor, Span<double> above, Span<double> gradient)
    {
        var x = points.AsSpan(layer * width, width);
        var t = bends[layer];
        var u = U(layer);
        var a = A(layer);
        var pull = Pull(u, a, out var m);
        var square = Dot(a, a);
        var slope = 1 - t * t;
        var determinant = 1 + slope * m;
        var along = Dot(above, u) + pull * Dot(above, a);
        var before = slope * (along - factor * 2 * t * m / determinant);
        // Through û = u + pull a, pull = (m(c) − c) / |a|², c = aᵀu.
        var ofPull = t * Dot(above, a);
        var ofM = factor * slope / determinant + ofPull / square;
        var ofC = ofM * Logistic.Sigmoid(Dot(a, u) + Shift) - ofPull / square;
        var ofSquare = -ofPull * pull / square;
        var byU = gradient[..width];
        var byA = gradient.Slice(width, width);
        for (var k = 0; k < width; k++)
        {
            byU[k] += t * above[k] + ofC * a[k];
            byA[k] += before * x[k] + pull * t * above[k] + ofC * u[k] + 2 * ofSquare * a[k];
            above[k] += before * a[k];
        }
        gradient[2 * width] += before;
    }

    private ReadOnlySpan<double> U(int layer) => Parameters.AsSpan(layer * Stride, width);

    private ReadOnlySpan<double> A(int layer) => Parameters.AsSpan(layer * Stride + width, width);

    private static double Pull(ReadOnlySpan<double> u, ReadOnlySpan<double> a, out double m)
    {
        var c = Dot(a, u);
        m = Softplus(c) - 1;
        return (m - c) / Dot(a, a);
    }

    // log(1 + (e − 1) eᶜ), without overflow.
    private static double Softplus(double c) => Math.Max(c + Shift, 0) + Logistic.Tail(c + Shift);

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (var k = 0; k < a.Length; k++)
        {
            sum += a[k] * b[k];
        }
        return sum;
    }
}
