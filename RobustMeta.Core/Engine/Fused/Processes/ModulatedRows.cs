using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Networks;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;

namespace RobustMeta.Engine.Fused.Processes;

/// <summary>
/// The nonlinearity of a layer of the decoder: <c>relu(γ ∘ x + β)</c> with the user's scale and shift (or <c>relu(x)</c>), of rows x that
/// its user computes.
/// </summary>
internal sealed unsafe class ModulatedRows<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Arithmetic<T> arithmetic;
    private readonly ModulationMaps<T>? maps;

    /// <summary>A layer whose parameters get places in a layout.</summary>
    /// <param name="name">Prefix of the parameter names.</param>
    /// <param name="tasks">Width of a task embedding.</param>
    /// <param name="width">Width of the layer.</param>
    /// <param name="modulation">Kind of modulation.</param>
    /// <param name="layout">Receives the parameters.</param>
    /// <param name="arithmetic">Arithmetic.</param>
    public ModulatedRows(
        string name,
        int tasks,
        int width,
        Modulation modulation,
        BlockLayout layout,
        Arithmetic<T> arithmetic
    )
    {
        this.arithmetic = arithmetic;
        Padded = arithmetic.Padded(width);
        maps =
            modulation == Modulation.None
                ? null
                : new(name, tasks, width, modulation == Modulation.GatingFilm, layout, arithmetic);
    }

    /// <summary>Row length.</summary>
    public int Padded { get; }

    /// <summary>Gradients of the parameters.</summary>
    public IReadOnlyList<IGradientPieces<T>> Gradients => maps?.Gradients ?? [];

    /// <summary>Rows x <c>[rows, padded]</c>, to be written.</summary>
    public T* Inputs { get; private set; }

    /// <summary>Rows <c>[rows, padded]</c> after the nonlinearity.</summary>
    public T* Outputs { get; private set; }

    /// <summary>Adjoints of the outputs, to be written; after <see cref="Reverse"/> those of the inputs.</summary>
    public T* Adjoint { get; private set; }

    /// <summary>Takes values, and memory for a batch.</summary>
    public void Begin(T* values, ProcessBatch<T> batch, Arena<T> arena)
    {
        var size = (long)(batch.SupportRows + batch.QueryRows) * Padded;
        Inputs = arena.Take(size);
        Outputs = arena.Take(size);
        maps?.Begin(values, batch.Tasks.Count, arena);
    }

    /// <summary>Takes memory for the way back.</summary>
    public void BeginReverse(ProcessBatch<T> batch, T* tasks, Arena<T> arena)
    {
        Adjoint = arena.Take((long)(batch.SupportRows + batch.QueryRows) * Padded);
        maps?.BeginReverse(batch.Tasks.Count, tasks, arena);
    }

    /// <summary>Scales and shifts of some users.</summary>
    /// <param name="chunk">The users.</param>
    /// <param name="tasks">Task embeddings of all users.</param>
    public void EncodeUsers(Chunk chunk, T* tasks) => maps?.Forward(chunk, tasks);

    /// <summary>Outputs of some rows of a user.</summary>
    public void Forward(int user, RowRange rows)
    {
        var start = (long)rows.First * Padded;
        Arithmetic<T>.Copy(Inputs + start, Outputs + start, (long)rows.Count * Padded);
        for (var i = 0; i < rows.Count && maps is not null; i++)
        {
            arithmetic.Multiply(maps.Scale(user), Outputs + start + (long)i * Padded, Padded);
        }
        T* shift = maps is null ? null : maps.Shift(user);
        arithmetic.Activate(Activation.Relu, Outputs + start, shift, null, null, rows.Count, Padded);
    }

    /// <summary>Adjoints of the inputs of some rows of a user, and what these rows say about the user's scale and shift.</summary>
    public void Reverse(int user, RowRange rows)
    {
        var start = (long)rows.First * Padded;
        arithmetic.MultiplyStep(Outputs + start, T.Zero, Adjoint + start, rows.Count * Padded);
        if (maps is null)
        {
            return;
        }
        arithmetic.AddRows(null, Adjoint + start, maps.ShiftAdjoint(user), rows.Count, Padded);
        for (var i = 0; i < rows.Count; i++)
        {
            var adjoint = Adjoint + start + (long)i * Padded;
            var input = Inputs + start + (long)i * Padded;
            arithmetic.AddProduct(T.One, adjoint, input, maps.ScaleAdjoint(user), Padded);
            arithmetic.Multiply(maps.Scale(user), adjoint, Padded);
        }
    }

    /// <summary>Adds to the adjoints of some users' task embeddings, once all their rows have gone back.</summary>
    public void ReverseUsers(Chunk chunk, T* taskAdjoint) => maps?.Reverse(chunk, taskAdjoint);
}
