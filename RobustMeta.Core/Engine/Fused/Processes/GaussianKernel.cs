using System.Numerics;

namespace RobustMeta.Engine.Fused.Processes;

/// <summary>
/// Normal distributions with independent dimensions, given by means and logarithms of variances: draws, and the derivatives of
/// draws and of the Kullback–Leibler divergence. See <see cref="Models.Layers.DiagonalGaussian"/> and DERIVATION.md, TaNP.
/// </summary>
internal static unsafe class GaussianKernel<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private static readonly T Half = T.One / (T.One + T.One);

    /// <summary>z = μ + exp(s/2) ε.</summary>
    public static void Draw(T* mean, T* logVariance, T* noise, T* z, int n)
    {
        for (var i = 0; i < n; i++)
        {
            z[i] = mean[i] + T.Exp(logVariance[i] * Half) * noise[i];
        }
    }

    /// <summary>Adjoints of mean and logarithm of the variance from that of a draw.</summary>
    public static void ReverseDraw(T* logVariance, T* noise, T* zAdjoint, T* meanAdjoint, T* logAdjoint, int n)
    {
        for (var i = 0; i < n; i++)
        {
            meanAdjoint[i] = zAdjoint[i];
            logAdjoint[i] = zAdjoint[i] * noise[i] * Half * T.Exp(logVariance[i] * Half);
        }
    }

    /// <summary>Adds the derivatives of weight · KL(q ‖ p) to the adjoints of q, and writes them to those of p.</summary>
    /// <param name="weight">Weight of the divergence.</param>
    /// <param name="q">Means, logarithms of variances, and their adjoints.</param>
    /// <param name="p">The same.</param>
    /// <param name="n">Number of dimensions.</param>
    public static void ReverseDivergence(T weight, in Gaussian q, in Gaussian p, int n)
    {
        for (var i = 0; i < n; i++)
        {
            var ratio = T.Exp(q.LogVariance[i] - p.LogVariance[i]);
            var distance = q.Mean[i] - p.Mean[i];
            var pulled = distance * T.Exp(-p.LogVariance[i]);
            q.MeanAdjoint[i] += weight * pulled;
            p.MeanAdjoint[i] = -weight * pulled;
            q.LogAdjoint[i] += weight * Half * (ratio - T.One);
            p.LogAdjoint[i] = weight * Half * (T.One - ratio - distance * pulled);
        }
    }

    /// <summary>Where the numbers of a distribution and their adjoints stand. Owns nothing.</summary>
    /// <param name="mean">Means.</param>
    /// <param name="logVariance">Logarithms of the variances.</param>
    /// <param name="meanAdjoint">Adjoints of the means.</param>
    /// <param name="logAdjoint">Adjoints of the logarithms.</param>
    internal readonly ref struct Gaussian(T* mean, T* logVariance, T* meanAdjoint, T* logAdjoint)
    {
        /// <summary>Means.</summary>
        public T* Mean { get; } = mean;

        /// <summary>Logarithms of the variances.</summary>
        public T* LogVariance { get; } = logVariance;

        /// <summary>Adjoints of the means.</summary>
        public T* MeanAdjoint { get; } = meanAdjoint;

        /// <summary>Adjoints of the logarithms.</summary>
        public T* LogAdjoint { get; } = logAdjoint;
    }
}
