using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Runtime.Vectors;

namespace RobustMeta.Engine.Fused.Perceptron;

/// <summary>The meta-parameters of the decision network ("slow weights": those before any inner step) in the engine's layout, taken anew for each batch.</summary>
internal sealed unsafe class SlowNetwork<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly PerceptronShape shape;
    private readonly Arithmetic<T> arithmetic;
    private readonly Arena<T> memory = new();

    public SlowNetwork(PerceptronShape shape, Arithmetic<T> arithmetic)
    {
        this.shape = shape;
        this.arithmetic = arithmetic;
        Layout = new(shape);
        Weights = new(shape.Hidden);
        Block = memory.TakeZeros(Layout.Size);
        for (var l = 1; l <= shape.Hidden; l++)
        {
            Weights.Weight[l] = Block + Layout.Weight[l];
            Weights.Bias[l] = Block + Layout.Bias[l];
            // A vector more, for fields whose columns do not begin at a whole vector.
            Weights.Transposed[l] = memory.TakeZeros((long)shape.Width[l] * shape.Padded[l - 1] + arithmetic.Lanes);
        }
        if (shape.Hidden > 1)
        {
            Weights.LastTransposed = memory.TakeZeros((long)shape.Width[^1] * shape.Padded[^2]);
        }
        Weights.Output = Block + Layout.Output;
        Weights.OutputBias = Block + Layout.OutputBias;
        var width = shape.Padded[1];
        UserTransposed = memory.TakeZeros((long)shape.Width[1] * shape.UserPadded);
        if (shape.Context > 0)
        {
            ScaledContext = memory.TakeZeros((long)shape.Context * width);
            ContextMove = memory.TakeZeros((long)width * width);
        }
    }

    /// <summary>Where everything stands in <see cref="Block"/>.</summary>
    public ParameterLayout Layout { get; }

    /// <summary>All values.</summary>
    public T* Block { get; }

    /// <summary>Pointers into <see cref="Block"/>, and transposes.</summary>
    public NetworkWeights<T> Weights { get; }

    /// <summary>The user part of the first layer, transposed <c>[out, padded users' width]</c>.</summary>
    public T* UserTransposed { get; }

    /// <summary>Minus rates times context weights, −diag(rate)·W_c <c>[context, padded]</c>.</summary>
    public T* ScaledContext { get; }

    /// <summary>
    /// −W_cᵀ diag(rate) W_c <c>[width, padded]</c>: a step on the context moves the first layer by the summed delta times
    /// this. Symmetric.
    /// </summary>
    public T* ContextMove { get; }

    /// <summary>Takes the values of the parameters.</summary>
    public void Fill(Func<string, AlignedNumbers<T>> values)
    {
        Layout.Pack(values, Block);
        for (var l = 1; l <= shape.Hidden; l++)
        {
            arithmetic.Transpose(
                Weights.Weight[l],
                shape.Padded[l],
                Weights.Transposed[l],
                shape.Padded[l - 1],
                shape.Width[l - 1],
                shape.Width[l]
            );
        }
        for (var i = 0; i < shape.Width[^1] && Weights.LastTransposed is not null; i++)
        {
            var row = (long)i * shape.Padded[^2];
            arithmetic.Scale(
                Weights.Output[i],
                Weights.Transposed[shape.Hidden] + row,
                Weights.LastTransposed + row,
                shape.Padded[^2]
            );
        }
        var width = shape.Padded[1];
        arithmetic.Transpose(
            Block + Layout.User,
            width,
            UserTransposed,
            shape.UserPadded,
            shape.UserWidth,
            shape.Width[1]
        );
        for (var i = 0; i < shape.Context; i++)
        {
            var row = Block + Layout.Context + (long)i * width;
            Arithmetic<T>.Clear(ScaledContext + (long)i * width, width);
            arithmetic.AddScaled(-ContextRate(i), row, ScaledContext + (long)i * width, width);
        }
        if (shape.Context > 0)
        {
            var context = Block + Layout.Context;
            arithmetic.Gemm(
                new Matrix<T>(context, shape.Context, shape.Width[1], width).Transposed,
                new(ScaledContext, shape.Context, width),
                new(ContextMove, shape.Width[1], width),
                accumulate: false
            );
        }
    }

    /// <summary>
    /// The adjoints of context weights and rates from that of <see cref="ContextMove"/>, M: with S = M + Mᵀ (M alone in
    /// first order, where the step counts as a constant), dW_c = −diag(rate) W_c S, drate_i = −w_i M w_iᵀ.
    /// </summary>
    /// <param name="move">Adjoint of the move, <c>[width, padded]</c>.</param>
    /// <param name="gradient">A block of <see cref="Layout"/>, added to.</param>
    /// <param name="scratch">Memory.</param>
    public void ReverseContext(T* move, T* gradient, Arena<T> scratch)
    {
        var (width, padded) = (shape.Width[1], shape.Padded[1]);
        var both = scratch.TakeZeros((long)width * padded);
        for (var i = 0; i < width; i++)
        {
            for (var j = 0; j < width; j++)
            {
                var mirrored = shape.IsSecondOrder ? move[(long)j * padded + i] : T.Zero;
                both[(long)i * padded + j] = move[(long)i * padded + j] + mirrored;
            }
        }
        arithmetic.Gemm(
            new(ScaledContext, shape.Context, width, padded),
            new(both, width, padded),
            new(gradient + Layout.Context, shape.Context, padded),
            accumulate: true
        );
        if (!shape.HasRates)
        {
            return;
        }
        var image = scratch.Take((long)shape.Context * padded);
        var context = Block + Layout.Context;
        arithmetic.Gemm(
            new(context, shape.Context, width, padded),
            new(move, width, padded),
            new(image, shape.Context, padded),
            accumulate: false
        );
        for (var i = 0; i < shape.Context; i++)
        {
            gradient[Layout.RateContext + i] -= arithmetic.Dot(
                image + (long)i * padded,
                context + (long)i * padded,
                padded
            );
        }
    }

    /// <inheritdoc/>
    public void Dispose() => memory.Dispose();

    private T ContextRate(int i) =>
        shape.HasRates ? Block[Layout.RateContext + i] : T.CreateChecked(shape.Form.Inner.LocalLr);
}
