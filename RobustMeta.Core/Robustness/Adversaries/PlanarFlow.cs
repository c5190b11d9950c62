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

    // Of each layer, as the parameters were at the last Prepare: û, m(aᵀu), (m − aᵀu) / |a|², |a|², m′(aᵀu).
    private readonly double[] moves;
    private readonly double[] stretches;
    private readonly double[] pulls;
    private readonly double[] squares;
    private readonly double[] slopes;
    private readonly double[] own;

    /// <summary>The standard normal.</summary>
    /// <param name="width">D.</param>
    /// <param name="layers">Number of layers L.</param>
    /// <param name="random">Draws the directions a.</param>
    public PlanarFlow(int width, int layers, Random random)
    {
        (this.width, this.layers) = (width, layers);
        moves = new double[layers * width];
        (stretches, pulls) = (new double[layers], new double[layers]);
        (squares, slopes) = (new double[layers], new double[layers]);
        own = new double[TraceLength];
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

    /// <summary>Length of what <see cref="LogRatio(ReadOnlySpan{double}, Span{double})"/> notes of a point.</summary>
    public int TraceLength => (layers + 1) * width + layers;

    /// <summary>Takes what is the same for all points from the parameters: to be called whenever these have changed.</summary>
    public void Prepare()
    {
        for (var layer = 0; layer < layers; layer++)
        {
            var (u, a) = new Layer(Parameters.AsSpan(layer * Stride, Stride), width);
            var c = Dot(a, u);
            var square = Dot(a, a);
            var m = Softplus(c) - 1;
            var pull = (m - c) / square;
            (stretches[layer], pulls[layer], squares[layer]) = (m, pull, square);
            slopes[layer] = Logistic.Sigmoid(c + Shift);
            for (var k = 0; k < width; k++)
            {
                moves[layer * width + k] = u[k] + pull * a[k];
            }
        }
    }

    /// <summary><c>log p(z) − log N(z; 0, I)</c>. One thread at a time.</summary>
    /// <param name="z">The point, <c>[D]</c>.</param>
    public double LogRatio(ReadOnlySpan<double> z)
    {
        Prepare();
        return LogRatio(z, own);
    }

    /// <summary><c>log p(z) − log N(z; 0, I)</c>, after <see cref="Prepare"/>.</summary>
    /// <param name="z">The point, <c>[D]</c>.</param>
    /// <param name="trace">Receives the inputs of the layers in a row, and the tanh of each, for the way back.</param>
    public double LogRatio(ReadOnlySpan<double> z, Span<double> trace)
    {
        z.CopyTo(trace);
        double ratio = 0;
        for (var layer = 0; layer < layers; layer++)
        {
            var x = trace.Slice(layer * width, width);
            var y = trace.Slice((layer + 1) * width, width);
            var move = moves.AsSpan(layer * width, width);
            var t = Math.Tanh(Dot(A(layer), x) + Parameters[layer * Stride + 2 * width]);
            for (var k = 0; k < y.Length; k++)
            {
                y[k] = x[k] + move[k] * t;
            }
            trace[(layers + 1) * width + layer] = t;
            ratio += Math.Log(1 + (1 - t * t) * stretches[layer]);
        }
        var last = trace.Slice(layers * width, width);
        return ratio + (Dot(z, z) - Dot(last, last)) / 2;
    }

    /// <summary>Adds a multiple of the derivative of <see cref="LogRatio(ReadOnlySpan{double})"/> by the parameters.</summary>
    /// <param name="z">The point, <c>[D]</c>.</param>
    /// <param name="factor">The multiple.</param>
    /// <param name="gradient">Is added to, as <see cref="Parameters"/>.</param>
    public void AddGradient(ReadOnlySpan<double> z, double factor, Span<double> gradient)
    {
        LogRatio(z);
        AddGradientOf(own, factor, gradient);
    }

    /// <summary>The same for a point whose ratio was computed with these parameters.</summary>
    /// <param name="trace">What <see cref="LogRatio(ReadOnlySpan{double}, Span{double})"/> noted.</param>
    /// <param name="factor">The multiple.</param>
    /// <param name="gradient">Is added to, as <see cref="Parameters"/>.</param>
    public void AddGradientOf(ReadOnlySpan<double> trace, double factor, Span<double> gradient)
    {
        Span<double> above = stackalloc double[width];
        var last = trace.Slice(layers * width, width);
        for (var k = 0; k < width; k++)
        {
            above[k] = -factor * last[k];
        }
        for (var layer = layers - 1; layer >= 0; layer--)
        {
            var x = trace.Slice(layer * width, width);
            Backward(
                layer,
                factor,
                x,
                trace[(layers + 1) * width + layer],
                above,
                gradient.Slice(layer * Stride, Stride)
            );
        }
    }

    // From the derivative by a layer's output to that by its input x, in place; t is the layer's tanh.
    private void Backward(
        int layer,
        double factor,
        ReadOnlySpan<double> x,
        double t,
        Span<double> above,
        Span<double> gradient
    )
    {
        var (u, a) = new Layer(Parameters.AsSpan(layer * Stride, Stride), width);
        var (m, pull, square) = (stretches[layer], pulls[layer], squares[layer]);
        var slope = 1 - t * t;
        var determinant = 1 + slope * m;
        var alongA = Dot(above, a);
        var along = Dot(above, u) + pull * alongA;
        var before = slope * (along - factor * 2 * t * m / determinant);
        // Through û = u + pull a, pull = (m(c) − c) / |a|², c = aᵀu.
        var ofPull = t * alongA;
        var ofM = factor * slope / determinant + ofPull / square;
        var ofC = ofM * slopes[layer] - ofPull / square;
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

    private ReadOnlySpan<double> A(int layer) => Parameters.AsSpan(layer * Stride + width, width);

    // u and a of a layer; tuples cannot hold spans.
    private readonly ref struct Layer(ReadOnlySpan<double> parameters, int width)
    {
        private readonly ReadOnlySpan<double> parameters = parameters;

        public void Deconstruct(out ReadOnlySpan<double> u, out ReadOnlySpan<double> a)
        {
            u = parameters[..width];
            a = parameters.Slice(width, width);
        }
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
