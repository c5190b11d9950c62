using System.Numerics;
using RobustMeta.Engine.Fused.Memory;

namespace RobustMeta.Engine.Fused.Joined;

/// <summary>Layers of a user's own, one on the other, the last of them linear: forward, backward, the step, and the reverse of each.</summary>
/// <param name="layers">The layers.</param>
internal sealed unsafe class OwnChain<T>(params OwnLayer<T>[] layers)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    // Adjoints of the deltas, and of the outputs of all but the last layer, in a step on the way back.
    private readonly T*[] f = new T*[layers.Length];
    private readonly T*[] outputAdjoint = new T*[layers.Length];

    /// <summary>The layers.</summary>
    public IReadOnlyList<OwnLayer<T>> Layers => layers;

    /// <summary>The first layer.</summary>
    public OwnLayer<T> First => layers[0];

    /// <summary>The last layer.</summary>
    public OwnLayer<T> Last => layers[^1];

    /// <summary>Adjoint of the last layer's deltas after <see cref="ReverseStep"/> and the reverse of <see cref="Backward"/>.</summary>
    public T* DeltaAdjoint => f[^1];

    /// <summary>Says where the inputs of step t stand; each layer's outputs are the next one's inputs.</summary>
    public void Attach(int t, T* x)
    {
        foreach (var layer in layers)
        {
            layer.Input[t] = x;
            x = layer.Output[t];
        }
    }

    /// <summary>Outputs with the weights of step t.</summary>
    public void Forward(int t, int rows)
    {
        foreach (var layer in layers)
        {
            layer.Forward(t, rows);
        }
    }

    /// <summary>Deltas of all layers from those of the last.</summary>
    public void Backward(int t, int rows)
    {
        for (var l = layers.Length - 1; l > 0; l--)
        {
            layers[l].Pull(t, layers[l].Delta[t], layers[l - 1].Delta[t], rows, accumulate: false);
            layers[l - 1].Bend(t, layers[l - 1].Delta[t], rows);
        }
    }

    /// <summary>The weights after step t.</summary>
    public void Step(int t, int rows, Arena<T> scratch)
    {
        foreach (var layer in layers)
        {
            layer.Step(t, rows, scratch);
        }
    }

    /// <summary>Takes memory for the way back of so many rows.</summary>
    public void Reserve(int rows, Arena<T> scratch)
    {
        for (var l = 0; l < layers.Length; l++)
        {
            f[l] = scratch.Take((long)rows * layers[l].OutputPadded);
            outputAdjoint[l] = scratch.Take((long)rows * layers[l].OutputPadded);
        }
    }

    /// <summary>Back through step t of every layer; the inputs get what the first layer says.</summary>
    public void ReverseStep(int t, int rows, T* inputAdjoint, bool accumulate, Arena<T> scratch)
    {
        for (var l = 0; l < layers.Length; l++)
        {
            var into = l == 0 ? inputAdjoint : outputAdjoint[l - 1];
            layers[l].ReverseStep(t, rows, f[l], into, l == 0 && accumulate, scratch);
        }
    }

    /// <summary>Back through <see cref="Backward"/>, upwards.</summary>
    public void ReverseBackward(int t, int rows)
    {
        for (var l = 0; l + 1 < layers.Length; l++)
        {
            layers[l].Bend(t, f[l], rows);
            layers[l + 1].ReversePull(t, f[l], f[l + 1], rows);
        }
    }

    /// <summary>The same, where the deltas of what lies below come from this chain: their adjoint is g.</summary>
    public void ReverseBackward(int t, T* g, int rows)
    {
        First.ReversePull(t, g, f[0], rows);
        ReverseBackward(t, rows);
    }

    /// <summary>Back through <see cref="Forward"/>.</summary>
    /// <param name="t">Step of the weights.</param>
    /// <param name="z">Adjoint of the outputs.</param>
    /// <param name="inputAdjoint">Receives that of the inputs.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="afterStep">Whether <see cref="ReverseStep"/> of this step came before, to which all is added.</param>
    /// <param name="accumulate">Whether the inputs' adjoint is added to what is there.</param>
    public void ReverseForward(int t, T* z, T* inputAdjoint, int rows, bool afterStep, bool accumulate)
    {
        for (var l = layers.Length - 1; l > 0; l--)
        {
            layers[l].ReverseForward(t, z, outputAdjoint[l - 1], rows, afterStep);
            layers[l - 1].Bend(t, outputAdjoint[l - 1], rows);
            z = outputAdjoint[l - 1];
        }
        First.ReverseForward(t, z, inputAdjoint, rows, accumulate);
    }
}
