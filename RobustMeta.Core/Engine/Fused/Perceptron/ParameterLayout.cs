using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Models;

namespace RobustMeta.Engine.Fused.Perceptron;

/// <summary>
/// Where the values of the decision network and their rates stand in one block of padded rows. Weights, gradients of a
/// chunk and their sum all have this layout, so that adding up is one pass.
/// </summary>
internal sealed class ParameterLayout : BlockLayout
{
    /// <summary>The layout of a shape.</summary>
    public ParameterLayout(PerceptronShape shape)
    {
        var layers = shape.Hidden;
        Weight = new long[layers + 1];
        Bias = new long[layers + 1];
        RateWeight = new long[layers + 1];
        RateBias = new long[layers + 1];
        var items = shape.Width[0];
        var first = shape.Padded[1];
        Weight[1] = Add("head.0.weight", 0, items, shape.Width[1], first);
        User = Add("head.0.weight", items, shape.UserWidth, shape.Width[1], first);
        Rest = Size;
        Context = Add("head.0.weight", items + shape.UserWidth, shape.Context, shape.Width[1], first);
        RateUser =
            shape.HasRates && shape.AdaptsHidden[1]
                ? Add("rate.head.0.weight", items, shape.UserWidth, shape.Width[1], first)
                : -1;
        for (var l = 1; l <= layers; l++)
        {
            var (name, rate) = ($"head.{l - 1}.weight", $"rate.head.{l - 1}.weight");
            var (below, width, padded) = (shape.Width[l - 1], shape.Width[l], shape.Padded[l]);
            var own = shape.HasRates && shape.AdaptsHidden[l];
            Weight[l] = l == 1 ? Weight[1] : Add(name, 0, below, width, padded);
            RateWeight[l] = own ? Add(rate, 0, below, width, padded) : -1;
            Bias[l] = Add($"head.{l - 1}.bias", 0, 1, width, padded);
            RateBias[l] = own ? Add($"rate.head.{l - 1}.bias", 0, 1, width, padded) : -1;
        }
        var last = shape.Padded[layers];
        var output = shape.HasRates && shape.AdaptsOutput;
        Output = Add($"head.{layers}.weight", 0, 1, shape.Width[layers], last);
        OutputBias = Add($"head.{layers}.bias", 0, 1, 1, 1);
        RateOutput = output ? Add($"rate.head.{layers}.weight", 0, 1, shape.Width[layers], last) : -1;
        RateOutputBias = output ? Add($"rate.head.{layers}.bias", 0, 1, 1, 1) : -1;
        ContextMove = shape.Context > 0 ? Reserve((long)shape.Width[1] * shape.Padded[1]) : -1;
        RateContext =
            shape.HasRates && shape.Context > 0 ? Add("rate.context", 0, 1, shape.Context, shape.Context) : -1;
    }

    /// <summary>
    /// Where the rest begins, behind the first layer's rows of items and users: those are the same for all rows of an item
    /// or a user and get their adjoints once a batch.
    /// </summary>
    public long Rest { get; }

    /// <summary>Start of the weight of layer l, <c>[in, padded out]</c>; of the first layer the rows of the item part.</summary>
    public long[] Weight { get; }

    /// <summary>Start of the bias of layer l.</summary>
    public long[] Bias { get; }

    /// <summary>Start of the rates of the weight of layer l, or −1.</summary>
    public long[] RateWeight { get; }

    /// <summary>Start of the rates of the bias of layer l, or −1.</summary>
    public long[] RateBias { get; }

    /// <summary>Start of the first layer's rows of the user part, and of their rates (or −1).</summary>
    public long User { get; }

    /// <inheritdoc cref="User"/>
    public long RateUser { get; }

    /// <summary>Start of the first layer's rows of the context.</summary>
    public long Context { get; }

    /// <summary>Start of the rates of the context, or −1.</summary>
    public long RateContext { get; }

    /// <summary>
    /// Start of a place for the adjoint of <see cref="SlowNetwork{T}.ContextMove"/>, which is no parameter; −1 without
    /// context.
    /// </summary>
    public long ContextMove { get; }

    /// <summary>Start of the weight of the output layer, one padded vector.</summary>
    public long Output { get; }

    /// <summary>Start of the bias of the output layer.</summary>
    public long OutputBias { get; }

    /// <summary>Start of the rates of the output layer, or −1.</summary>
    public long RateOutput { get; }

    /// <inheritdoc cref="RateOutput"/>
    public long RateOutputBias { get; }

    /// <summary>Lets pointers of adjoints point into a block.</summary>
    public unsafe void Point<T>(NetworkAdjoint<T> adjoint, T* block)
        where T : unmanaged
    {
        for (var l = 1; l < Weight.Length; l++)
        {
            adjoint.Weight[l] = block + Weight[l];
            adjoint.Bias[l] = block + Bias[l];
        }
        adjoint.Output = block + Output;
        adjoint.OutputBias = block + OutputBias;
    }
}
