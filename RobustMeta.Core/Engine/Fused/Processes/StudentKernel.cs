using System.Numerics;

namespace RobustMeta.Engine.Fused.Processes;

/// <summary>
/// Soft assignment to the vectors of a pool by Student's t kernel, its way back, and the derivative of the clustering loss: see
/// <see cref="Models.Layers.StudentPool"/> and DERIVATION.md, TaNP.
/// </summary>
/// <param name="count">Number k of vectors.</param>
/// <param name="width">Padded length of a vector.</param>
/// <param name="degrees">Degrees of freedom τ.</param>
internal sealed unsafe class StudentKernel<T>(int count, int width, double degrees)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly T inverse = T.CreateChecked(1 / degrees);
    private readonly T power = T.CreateChecked(-(degrees + 1) / 2);

    // 2 (τ + 1) / (2τ).
    private readonly T slope = T.CreateChecked((degrees + 1) / degrees);

    /// <summary>Assignment q and 1 + squared distance / τ of a vector.</summary>
    /// <param name="vector">The vector <c>[padded]</c>.</param>
    /// <param name="pool">The pool <c>[k, padded]</c>.</param>
    /// <param name="assignment">Receives q, <c>[k]</c>.</param>
    /// <param name="spread">Receives 1 + |vector − g|² / τ, <c>[k]</c>.</param>
    public void Assign(T* vector, T* pool, T* assignment, T* spread)
    {
        var total = T.Zero;
        for (var k = 0; k < count; k++)
        {
            var square = T.Zero;
            for (var i = 0; i < width; i++)
            {
                var difference = vector[i] - pool[(long)k * width + i];
                square += difference * difference;
            }
            spread[k] = T.One + square * inverse;
            assignment[k] = T.Pow(spread[k], power);
            total += assignment[k];
        }
        for (var k = 0; k < count; k++)
        {
            assignment[k] /= total;
        }
    }

    /// <summary>
    /// Pulls e, −2 times the derivatives by the squared distances: the vector gets −Σ e (vector − g), each g gets e (vector − g).
    /// </summary>
    /// <param name="assignment">q.</param>
    /// <param name="spread">See <see cref="Assign"/>.</param>
    /// <param name="adjoint">Adjoint of q.</param>
    /// <param name="pulls">Receives e, <c>[k]</c>.</param>
    public void Reverse(T* assignment, T* spread, T* adjoint, T* pulls)
    {
        var mean = T.Zero;
        for (var k = 0; k < count; k++)
        {
            mean += assignment[k] * adjoint[k];
        }
        for (var k = 0; k < count; k++)
        {
            pulls[k] = slope * assignment[k] * (adjoint[k] - mean) / spread[k];
        }
    }

    /// <summary>
    /// Derivative of weight · KL(D ‖ q) per user on average by the assignments, D being their own sharpened target, a constant.
    /// </summary>
    /// <param name="weight">Weight of the loss.</param>
    /// <param name="assignments">q of all users <c>[B, k]</c>.</param>
    /// <param name="users">Number of users B.</param>
    /// <param name="adjoint">Receives the derivative <c>[B, k]</c>.</param>
    public void ReverseClustering(T weight, T* assignments, int users, T* adjoint)
    {
        var frequency = new T[count];
        for (var at = 0; at < users * count; at++)
        {
            frequency[at % count] += assignments[at];
        }
        var scale = -weight / T.CreateChecked(users);
        for (var u = 0; u < users; u++)
        {
            var own = assignments + (long)u * count;
            var total = T.Zero;
            for (var k = 0; k < count; k++)
            {
                total += own[k] * own[k] / frequency[k];
            }
            for (var k = 0; k < count; k++)
            {
                // Target over assignment: q / frequency over their sum.
                adjoint[(long)u * count + k] = scale * own[k] / frequency[k] / total;
            }
        }
    }
}
