using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;

namespace RobustMeta.Engine.Fused.Joined;

/// <summary>Meta-parameters of MAMO's networks in a layout, and its memories.</summary>
internal sealed unsafe class JoinedParameters<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly SlowLayer[,] layers = new SlowLayer[3, 2];
    private readonly (int Weight, int Bias)[] gradientMemory = new (int, int)[2];
    private readonly T memoryStep;
    private readonly Arithmetic<T> arithmetic;
    private T* block;

    /// <summary>Parameters that get places in a layout.</summary>
    /// <param name="form">The model.</param>
    /// <param name="layout">Receives the meta-parameters.</param>
    /// <param name="arrays">Values.</param>
    /// <param name="arithmetic">Arithmetic.</param>
    public JoinedParameters(MamoForm form, BlockLayout layout, ParameterArrays<T> arrays, Arithmetic<T> arithmetic)
    {
        var (spec, width) = (form.Spec, form.Schema.EmbeddingDim);
        this.arithmetic = arithmetic;
        memoryStep = T.CreateChecked(spec.MemoryStep);
        ProfileWidth = Math.Max(1, form.Schema.UserWidth);
        Memories = new(spec.MemorySlots, arrays, arithmetic);
        ProfileMemory = Memories.Add("memory.profile", 1, ProfileWidth, spec.AlphaMem);
        JoinMemory = Memories.Add("memory.join", 2 * width, 2 * width, spec.GammaMem, blends: true);
        Add(JoinedPart.User, "usernet", [ProfileWidth, spec.HiddenDim1, width]);
        Add(JoinedPart.Item, "itemnet", [form.Schema.ItemWidth, spec.HiddenDim1, width]);
        Add(JoinedPart.Top, "recommender", [2 * width, spec.HiddenDim2, 1]);
        int[] own = [ProfileWidth, spec.HiddenDim1, width];
        for (var l = 0; l < 2; l++)
        {
            gradientMemory[l] = (
                Memories.Add($"memory.usernet.{l}.weight", own[l], own[l + 1], spec.BetaMem),
                Memories.Add($"memory.usernet.{l}.bias", 1, own[l + 1], spec.BetaMem)
            );
        }

        void Add(JoinedPart part, string name, int[] widths)
        {
            for (var l = 0; l < 2; l++)
            {
                var padded = arithmetic.Padded(widths[l + 1]);
                layers[(int)part, l] = new(
                    layout.Add($"{name}.{l}.weight", 0, widths[l], widths[l + 1], padded),
                    layout.Add($"{name}.{l}.bias", 0, 1, widths[l + 1], padded)
                );
            }
        }
    }

    /// <summary>Width of a profile, at least 1.</summary>
    public int ProfileWidth { get; }

    /// <summary>The memories.</summary>
    public SlotMemories<T> Memories { get; }

    /// <summary>Place of the memory of profiles.</summary>
    public int ProfileMemory { get; }

    /// <summary>Place of the memory of joining matrices.</summary>
    public int JoinMemory { get; }

    /// <summary>Takes the values of a batch.</summary>
    public void Begin(T* values) => block = values;

    /// <summary>Weight of a layer.</summary>
    public T* Weight(JoinedPart part, int l) => block + layers[(int)part, l].Weight;

    /// <summary>Bias of a layer.</summary>
    public T* Bias(JoinedPart part, int l) => block + layers[(int)part, l].Bias;

    /// <summary>Moves weights of the user network by what a user reads of the memory of gradients.</summary>
    public void MoveByMemory(int user, int l, T* weight, T* bias)
    {
        Memories.Read(user, gradientMemory[l].Weight, -memoryStep, weight);
        Memories.Read(user, gradientMemory[l].Bias, -memoryStep, bias);
    }

    /// <summary>Writes the adjoints of the user network's weights where the memories take them.</summary>
    public void CopyToMemory(int user, OwnChain<T> person)
    {
        for (var l = 0; l < 2; l++)
        {
            var layer = person.Layers[l];
            Arithmetic<T>.Copy(layer.WeightAdjoint, Memories.Content(user, gradientMemory[l].Weight), layer.Size);
            Arithmetic<T>.Copy(layer.BiasAdjoint, Memories.Content(user, gradientMemory[l].Bias), layer.OutputPadded);
        }
    }

    /// <summary>Adds the adjoints of a layer's weights to a block of the layout.</summary>
    public void AddGradient(JoinedPart part, int l, OwnLayer<T> layer, T* gradient)
    {
        var (weight, bias) = (layers[(int)part, l].Weight, layers[(int)part, l].Bias);
        arithmetic.AddScaled(T.One, layer.WeightAdjoint, gradient + weight, layer.Size);
        arithmetic.AddScaled(T.One, layer.BiasAdjoint, gradient + bias, layer.OutputPadded);
    }

    /// <inheritdoc/>
    public void Dispose() => Memories.Dispose();
}
