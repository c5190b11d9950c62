using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;
using RobustMeta.Runtime.Vectors;

namespace RobustMeta.Engine.Fused.Joined;

/// <summary>
/// A dense layer with weights of one user's own, <c>y = φ(x W + b)</c>, through inner steps and back: what of the passes concerns one
/// layer. φ is linear or leaky. Step t has the weights W^t and rows of its own; rows of the queries stand at t = steps. See DERIVATION.md,
/// one inner step and back through one step.
/// </summary>
/// <param name="inputs">Rows of W.</param>
/// <param name="outputs">Columns of W.</param>
/// <param name="isLeaky">Whether φ is leaky; linear otherwise.</param>
/// <param name="hasBias">Whether there is b.</param>
/// <param name="steps">Number of inner steps.</param>
/// <param name="localLr">Learning rate α of the steps.</param>
/// <param name="arithmetic">Arithmetic.</param>
internal sealed unsafe class OwnLayer<T>(
    int inputs,
    int outputs,
    bool isLeaky,
    bool hasBias,
    int steps,
    T localLr,
    Arithmetic<T> arithmetic
)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly T*[] transposed = new T*[steps + 1];

    /// <summary>Row length of the inputs.</summary>
    public int InputPadded { get; } = arithmetic.Padded(inputs);

    /// <summary>Row length of the outputs.</summary>
    public int OutputPadded { get; } = arithmetic.Padded(outputs);

    /// <summary>Numbers of W.</summary>
    public int Size => inputs * OutputPadded;

    /// <summary>W^t.</summary>
    public T*[] Weight { get; } = new T*[steps + 1];

    /// <summary>b^t; null without bias.</summary>
    public T*[] Bias { get; } = new T*[steps + 1];

    /// <summary>Inputs of the rows at step t.</summary>
    public T*[] Input { get; } = new T*[steps + 1];

    /// <summary>Outputs of the rows at step t.</summary>
    public T*[] Output { get; } = new T*[steps + 1];

    /// <summary>Derivatives of the support loss before φ, D, at step t; those of queries are not needed.</summary>
    public T*[] Delta { get; } = new T*[steps];

    /// <summary>V, the adjoint of W as it stands between two steps of the way back.</summary>
    public T* WeightAdjoint { get; private set; }

    /// <summary>Adjoint of b.</summary>
    public T* BiasAdjoint { get; private set; }

    /// <summary>
    /// Takes memory for so many rows of support and queries; in prediction the steps have the same. <see cref="Weight"/> and
    /// <see cref="Bias"/> of t = 0 are set by the caller, to be followed by <see cref="Start"/>.
    /// </summary>
    public void Carve(ref Bump<T> memory, int supports, int queries, bool training)
    {
        var start = memory;
        for (var t = 0; t < steps; t++)
        {
            var same = training ? memory : start;
            Output[t] = same.Take((long)supports * OutputPadded);
            Delta[t] = same.Take((long)supports * OutputPadded);
            Weight[t + 1] = same.Take(Size);
            Bias[t + 1] = hasBias ? same.Take(OutputPadded) : null;
            transposed[t + 1] = same.Take((long)outputs * InputPadded);
            memory = same;
        }
        Output[steps] = memory.Take((long)queries * OutputPadded);
        transposed[0] = memory.Take((long)outputs * InputPadded);
    }

    /// <summary>Takes the weights before the first step.</summary>
    public void Start() => Transpose(Weight[0], transposed[0]);

    /// <summary>y = φ(x W + b) of the rows of step t.</summary>
    public void Forward(int t, int rows)
    {
        arithmetic.Gemm(
            new(Input[t], rows, inputs, InputPadded),
            new(Weight[t], inputs, OutputPadded),
            new(Output[t], rows, OutputPadded),
            accumulate: false
        );
        if (isLeaky)
        {
            arithmetic.Activate(Activation.LeakyRelu, Output[t], Bias[t], null, null, rows, OutputPadded);
        }
        else if (hasBias)
        {
            arithmetic.Outer(null, T.One, Bias[t], Output[t], rows, OutputPadded, accumulate: true);
        }
    }

    /// <summary>y = y ∘ φ′ for the rows of step t.</summary>
    public void Bend(int t, T* y, int rows)
    {
        if (isLeaky)
        {
            var leak = Arithmetic<T>.Leak(Activation.LeakyRelu);
            arithmetic.MultiplyStep(Output[t], leak, y, rows * OutputPadded);
        }
    }

    /// <summary>into (+)= delta Wᵀ with the weights of step t.</summary>
    public void Pull(int t, T* delta, T* into, int rows, bool accumulate) =>
        arithmetic.Gemm(
            new(delta, rows, outputs, OutputPadded),
            new(transposed[t], outputs, InputPadded),
            new(into, rows, InputPadded),
            accumulate
        );

    /// <summary>W^{t+1} = W^t − α xᵀ D, b likewise.</summary>
    public void Step(int t, int rows, Arena<T> scratch)
    {
        var scaled = scratch.Take((long)rows * OutputPadded);
        arithmetic.Scale(-localLr, Delta[t], scaled, rows * OutputPadded);
        Take(Weight[t], Weight[t + 1], Size);
        AddOuter(Input[t], scaled, Weight[t + 1], rows);
        Transpose(Weight[t + 1], transposed[t + 1]);
        if (hasBias)
        {
            Take(Bias[t], Bias[t + 1], OutputPadded);
            arithmetic.AddRows(null, scaled, Bias[t + 1], rows, OutputPadded);
        }
    }

    /// <summary>Begins a way back: adjoints of zero.</summary>
    public void StartAdjoint(Arena<T> scratch)
    {
        WeightAdjoint = scratch.TakeZeros(Size);
        BiasAdjoint = hasBias ? scratch.TakeZeros(OutputPadded) : null;
    }

    /// <summary>Back through step t: F = x (−α V) + 1 (−α v_b) is the adjoint of D, and x gets D (−α V)ᵀ.</summary>
    /// <param name="t">The step.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="f">Receives F.</param>
    /// <param name="inputAdjoint">Receives what x gets.</param>
    /// <param name="accumulate">Whether that is added to what is there.</param>
    /// <param name="scratch">Memory.</param>
    public void ReverseStep(int t, int rows, T* f, T* inputAdjoint, bool accumulate, Arena<T> scratch)
    {
        var u = scratch.Take(Size);
        arithmetic.Scale(-localLr, WeightAdjoint, u, Size);
        arithmetic.Gemm(
            new(Input[t], rows, inputs, InputPadded),
            new(u, inputs, OutputPadded),
            new(f, rows, OutputPadded),
            accumulate: false
        );
        if (hasBias)
        {
            arithmetic.Outer(null, -localLr, BiasAdjoint, f, rows, OutputPadded, accumulate: true);
        }
        var turned = scratch.Take((long)outputs * InputPadded);
        Transpose(u, turned);
        arithmetic.Gemm(
            new(Delta[t], rows, outputs, OutputPadded),
            new(turned, outputs, InputPadded),
            new(inputAdjoint, rows, InputPadded),
            accumulate
        );
    }

    /// <summary>Back through D Wᵀ, whose adjoint is g: F += g W, W gets gᵀ D.</summary>
    public void ReversePull(int t, T* g, T* f, int rows)
    {
        arithmetic.Gemm(
            new(g, rows, inputs, InputPadded),
            new(Weight[t], inputs, OutputPadded),
            new(f, rows, OutputPadded),
            accumulate: true
        );
        AddOuter(g, Delta[t], WeightAdjoint, rows);
    }

    /// <summary>Back through x W + b, whose adjoint is z: W gets xᵀ z, b gets the sum over rows, x gets z Wᵀ.</summary>
    public void ReverseForward(int t, T* z, T* inputAdjoint, int rows, bool accumulate)
    {
        AddOuter(Input[t], z, WeightAdjoint, rows);
        if (hasBias)
        {
            arithmetic.AddRows(null, z, BiasAdjoint, rows, OutputPadded);
        }
        Pull(t, z, inputAdjoint, rows, accumulate);
    }

    private void AddOuter(T* left, T* right, T* target, int rows) =>
        arithmetic.Gemm(
            new Matrix<T>(left, rows, inputs, InputPadded).Transposed,
            new(right, rows, OutputPadded),
            new(target, inputs, OutputPadded),
            accumulate: true
        );

    private void Transpose(T* weight, T* target)
    {
        if (inputs < InputPadded)
        {
            Arithmetic<T>.Clear(target, (long)outputs * InputPadded);
        }
        arithmetic.Transpose(weight, OutputPadded, target, InputPadded, inputs, outputs);
    }

    private static void Take(T* from, T* to, long n)
    {
        if (from != to)
        {
            Arithmetic<T>.Copy(from, to, n);
        }
    }
}
