using System.Numerics;
using System.Numerics.Tensors;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Networks;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;

namespace RobustMeta.Engine.Fused.Processes;

/// <summary>
/// Scales γ and shifts β of a layer from the users' task embeddings, plain or gated, and the way back: see
/// <see cref="Models.Layers.FilmLayer"/> and DERIVATION.md, TaNP.
/// </summary>
internal sealed unsafe class ModulationMaps<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int Gamma = 0;
    private const int Beta = 1;
    private const int Eta = 2;
    private const int Delta = 3;
    private static readonly string[] Names = ["gamma", "beta", "eta", "delta"];

    private readonly Arithmetic<T> arithmetic;
    private readonly DenseMap<T>[] maps;
    private readonly T*[] value;
    private readonly T*[] slope;
    private readonly T*[] adjoint;
    private T* scales;
    private T* shifts;
    private T* scaleAdjoints;
    private T* shiftAdjoints;

    /// <summary>Maps whose parameters get places in a layout.</summary>
    /// <param name="name">Prefix of the parameter names.</param>
    /// <param name="tasks">Width of a task embedding.</param>
    /// <param name="outputs">Width of the layer.</param>
    /// <param name="isGated">Whether scale and shift pass through gates.</param>
    /// <param name="layout">Receives the parameters.</param>
    /// <param name="arithmetic">Arithmetic.</param>
    public ModulationMaps(
        string name,
        int tasks,
        int outputs,
        bool isGated,
        BlockLayout layout,
        Arithmetic<T> arithmetic
    )
    {
        this.arithmetic = arithmetic;
        maps =
        [
            .. Names
                .Take(isGated ? 4 : 2)
                .Select(map => new DenseMap<T>($"{name}.{map}", 0, null, tasks, outputs, layout, arithmetic)),
        ];
        (value, slope, adjoint) = (new T*[maps.Length], new T*[maps.Length], new T*[maps.Length]);
    }

    /// <summary>Gradients of the parameters.</summary>
    public IReadOnlyList<IGradientPieces<T>> Gradients => maps;

    private int Padded => maps[0].OutputPadded;

    private bool IsGated => maps.Length == 4;

    /// <summary>γ of a user.</summary>
    public T* Scale(int user) => scales + (long)user * Padded;

    /// <summary>β of a user.</summary>
    public T* Shift(int user) => shifts + (long)user * Padded;

    /// <summary>Adjoint of γ of a user, zero at first, to be added to before <see cref="Reverse"/>.</summary>
    public T* ScaleAdjoint(int user) => scaleAdjoints + (long)user * Padded;

    /// <summary>Adjoint of β of a user.</summary>
    public T* ShiftAdjoint(int user) => shiftAdjoints + (long)user * Padded;

    /// <summary>Takes values, and memory for so many users.</summary>
    public void Begin(T* values, int users, Arena<T> arena)
    {
        var size = (long)users * Padded;
        for (var m = 0; m < maps.Length; m++)
        {
            maps[m].Begin(values, arena);
            value[m] = arena.Take(size);
            slope[m] = arena.Take(size);
        }
        scales = IsGated ? arena.Take(size) : value[Gamma];
        shifts = IsGated ? arena.Take(size) : value[Beta];
    }

    /// <summary>Takes memory for the way back.</summary>
    /// <param name="users">Number of users.</param>
    /// <param name="tasks">Their task embeddings.</param>
    /// <param name="arena">Memory of the batch.</param>
    public void BeginReverse(int users, T* tasks, Arena<T> arena)
    {
        var size = (long)users * Padded;
        for (var m = 0; m < maps.Length; m++)
        {
            adjoint[m] = arena.Take(size);
            maps[m].Collect(tasks, adjoint[m], users);
        }
        scaleAdjoints = arena.TakeZeros(size);
        shiftAdjoints = arena.TakeZeros(size);
    }

    /// <summary>γ and β of some users.</summary>
    /// <param name="chunk">The users.</param>
    /// <param name="tasks">Task embeddings of all users.</param>
    public void Forward(Chunk chunk, T* tasks)
    {
        var (first, count) = (chunk.FirstUser, chunk.EndUser - chunk.FirstUser);
        var start = (long)first * Padded;
        for (var m = 0; m < maps.Length; m++)
        {
            maps[m].Apply(tasks + (long)first * maps[m].InputPadded, value[m] + start, count, accumulate: false);
            if (m == Delta)
            {
                Sigmoid(value[m] + start, slope[m] + start, count * Padded);
            }
            else
            {
                arithmetic.Activate(Activation.Tanh, value[m] + start, null, slope[m] + start, null, count, Padded);
            }
        }
        for (var i = start; IsGated && i < start + count * Padded; i++)
        {
            var filler = value[Eta][i] * (T.One - value[Delta][i]);
            scales[i] = value[Gamma][i] * value[Delta][i] + filler;
            shifts[i] = value[Beta][i] * value[Delta][i] + filler;
        }
    }

    /// <summary>Adds to the adjoints of some users' task embeddings.</summary>
    /// <param name="chunk">The users.</param>
    /// <param name="taskAdjoint">Adjoints of all users' task embeddings.</param>
    public void Reverse(Chunk chunk, T* taskAdjoint)
    {
        var (first, count) = (chunk.FirstUser, chunk.EndUser - chunk.FirstUser);
        var start = (long)first * Padded;
        for (var i = start; i < start + count * Padded; i++)
        {
            var (scale, shift) = (scaleAdjoints[i], shiftAdjoints[i]);
            if (IsGated)
            {
                var (gate, filler) = (value[Delta][i], value[Eta][i]);
                var opening = scale * (value[Gamma][i] - filler) + shift * (value[Beta][i] - filler);
                adjoint[Delta][i] = opening * slope[Delta][i];
                adjoint[Eta][i] = (scale + shift) * (T.One - gate) * slope[Eta][i];
                (scale, shift) = (scale * gate, shift * gate);
            }
            adjoint[Gamma][i] = scale * slope[Gamma][i];
            adjoint[Beta][i] = shift * slope[Beta][i];
        }
        for (var m = 0; m < maps.Length; m++)
        {
            maps[m].Pull(adjoint[m] + start, taskAdjoint + (long)first * maps[m].InputPadded, count, accumulate: true);
        }
    }

    private static void Sigmoid(T* x, T* slopes, int n)
    {
        TensorPrimitives.Sigmoid(new ReadOnlySpan<T>(x, n), new Span<T>(x, n));
        for (var i = 0; i < n; i++)
        {
            slopes[i] = x[i] * (T.One - x[i]);
        }
    }
}
