using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Networks;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;
using RobustMeta.Runtime.Vectors;

namespace RobustMeta.Engine.Fused.Joined;

/// <summary>
/// Memories of K slots that users read with their attention and write at the end of a batch: <see cref="Models.Layers.MemoryBank"/>
/// without tensors. No gradient goes through them. What users write stands in one row each, memory after memory.
/// </summary>
internal sealed unsafe class SlotMemories<T> : IGradientPieces<T>, IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private static readonly T Least = T.CreateChecked(1e-8);

    private readonly int slots;
    private readonly ParameterArrays<T> arrays;
    private readonly Arithmetic<T> arithmetic;
    private readonly BlockLayout layout = new();
    private readonly List<SlotMemory> memories = [];
    private readonly Arena<T> lasting = new();
    private readonly Dictionary<string, AlignedNumbers<T>> state = [];
    private T* values;
    private T* written;
    private T* attention;
    private T* contents;
    private T* shares;
    private T* kept;
    private int users;

    /// <summary>No memories yet.</summary>
    /// <param name="slots">Number of slots K.</param>
    /// <param name="arrays">Values of the parameters.</param>
    /// <param name="arithmetic">Arithmetic.</param>
    public SlotMemories(int slots, ParameterArrays<T> arrays, Arithmetic<T> arithmetic) =>
        (this.slots, this.arrays, this.arithmetic) = (slots, arrays, arithmetic);

    /// <inheritdoc/>
    public int Pieces => memories.Count * slots;

    /// <summary>Numbers that a user writes to all memories.</summary>
    public long ContentSize { get; private set; }

    /// <summary>The memories after the batch, by name.</summary>
    public IEnumerable<(string Name, T[] Values)> Written
    {
        get
        {
            layout.Unpack(written, name => state[name]);
            return state.Select(p => (p.Key, p.Value.ToArray()));
        }
    }

    /// <summary>Adds a memory and returns its place.</summary>
    /// <param name="name">The parameter, K slots of rows.</param>
    /// <param name="rows">Rows of a slot.</param>
    /// <param name="width">Length of a row.</param>
    /// <param name="rate">Rate of its moving average.</param>
    /// <param name="blends">Whether a slot moves in proportion to the attention to it, as of <c>MemoryBank.Blend</c>.</param>
    public int Add(string name, int rows, int width, double rate, bool blends = false)
    {
        var size = (long)rows * arithmetic.Padded(width);
        var start = layout.Add(name, 0, slots * rows, width, arithmetic.Padded(width));
        memories.Add(new(start, size, ContentSize, rate, blends));
        state[name] = new(slots * rows * width);
        ContentSize += size;
        return memories.Count - 1;
    }

    /// <summary>Takes the memories as they are, and memory for a batch.</summary>
    public void Begin(int ofBatch, bool isTraining, Arena<T> arena)
    {
        if (values is null)
        {
            values = lasting.TakeZeros(layout.Size);
            written = lasting.TakeZeros(layout.Size);
        }
        users = ofBatch;
        layout.Pack(arrays.Values, values);
        attention = arena.Take((long)users * slots);
        contents = isTraining ? arena.TakeZeros(users * ContentSize) : null;
    }

    /// <summary>What a user writes to a memory.</summary>
    public T* Content(int user, int memory) => contents + user * ContentSize + memories[memory].Content;

    /// <summary>Attention of a user: the softmax of the cosines of a profile with the slots of a memory.</summary>
    public void Attend(int user, int memory, T* profile)
    {
        var own = attention + (long)user * slots;
        var width = (int)memories[memory].Size;
        var length = T.Sqrt(arithmetic.Dot(profile, profile, width));
        var (most, sum) = (T.NegativeInfinity, T.Zero);
        for (var k = 0; k < slots; k++)
        {
            var slot = Slot(values, memory, k);
            var lengths = T.Max(length * T.Sqrt(arithmetic.Dot(slot, slot, width)), Least);
            own[k] = arithmetic.Dot(profile, slot, width) / lengths;
            most = T.Max(most, own[k]);
        }
        for (var k = 0; k < slots; k++)
        {
            own[k] = T.Exp(own[k] - most);
            sum += own[k];
        }
        for (var k = 0; k < slots; k++)
        {
            own[k] /= sum;
        }
    }

    /// <summary>target += scale · Σ_k a_k M_k.</summary>
    public void Read(int user, int memory, T scale, T* target)
    {
        for (var k = 0; k < slots; k++)
        {
            var factor = scale * attention[(long)user * slots + k];
            arithmetic.AddScaled(factor, Slot(values, memory, k), target, (int)memories[memory].Size);
        }
    }

    /// <summary>What of each user's content, and of the old slot, is in a slot after all have written in order.</summary>
    public void BeginWrites(Arena<T> arena)
    {
        shares = arena.Take((long)memories.Count * slots * users);
        kept = arena.Take((long)memories.Count * slots);
        for (var memory = 0; memory < memories.Count; memory++)
        {
            for (var k = 0; k < slots; k++)
            {
                Share(memory, k);
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>Memories are written beside the gradients; they have none.</remarks>
    public void WriteGradient(int piece, T* gradient)
    {
        var (memory, k) = (piece / slots, piece % slots);
        var target = Slot(written, memory, k);
        var size = (int)memories[memory].Size;
        arithmetic.Scale(kept[piece], Slot(values, memory, k), target, size);
        for (var u = 0; u < users; u++)
        {
            arithmetic.AddScaled(shares[(long)piece * users + u], Content(u, memory), target, size);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => lasting.Dispose();

    // From the last user to the first: what a user wrote is what later ones have left of it.
    private void Share(int memory, int k)
    {
        var (rate, blends) = (T.CreateChecked(memories[memory].Rate), memories[memory].Blends);
        var left = T.One;
        var own = shares + ((long)memory * slots + k) * users;
        for (var u = users - 1; u >= 0; u--)
        {
            var share = rate * attention[(long)u * slots + k];
            own[u] = share * left;
            left *= T.One - (blends ? share : rate);
        }
        kept[memory * slots + k] = left;
    }

    private T* Slot(T* block, int memory, int k) => block + memories[memory].Start + k * memories[memory].Size;

    private sealed record SlotMemory(long Start, long Size, long Content, double Rate, bool Blends);
}
