using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Networks;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Runtime.Vectors;

namespace RobustMeta.Engine.Fused.Processes;

/// <summary>
/// From the mean of a user's identity points (before the encoder's linear layer) to the task embedding: the mean plus the vectors of the
/// pool, by soft assignment.
/// </summary>
internal sealed unsafe class TaskEmbedding<T> : IGradientPieces<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Arithmetic<T> arithmetic;
    private readonly DenseMap<T> last;
    private readonly StudentKernel<T> kernel;
    private readonly long pool;
    private readonly int size;
    private T* block;
    private T* own;
    private T* assignment;
    private T* spread;
    private T* ownAdjoint;
    private T* assignmentAdjoint;
    private T* pulls;
    private T* inputAdjoint;
    private int users;

    /// <summary>An embedding whose parameters get places in a layout.</summary>
    /// <param name="name">Name of the encoder's last layer.</param>
    /// <param name="inputs">Width of a mean of points.</param>
    /// <param name="width">Width of the embedding.</param>
    /// <param name="size">Number of vectors in the pool.</param>
    /// <param name="degrees">Degrees of freedom of the assignment.</param>
    /// <param name="layout">Receives the parameters.</param>
    /// <param name="arithmetic">Arithmetic.</param>
    public TaskEmbedding(
        string name,
        int inputs,
        int width,
        int size,
        double degrees,
        BlockLayout layout,
        Arithmetic<T> arithmetic
    )
    {
        (this.size, this.arithmetic) = (size, arithmetic);
        last = new($"{name}.weight", 0, $"{name}.bias", inputs, width, layout, arithmetic);
        pool = layout.Add("pool", 0, size, width, Padded);
        kernel = new(size, Padded, degrees);
    }

    /// <inheritdoc/>
    public int Pieces => last.Pieces + 1;

    /// <summary>Task embeddings <c>[B, padded]</c>.</summary>
    public T* Tasks { get; private set; }

    /// <summary>Adjoints of the task embeddings, zero at first, to be added to before <see cref="Reverse"/>.</summary>
    public T* TaskAdjoint { get; private set; }

    private T* Inputs { get; set; }

    private int Padded => last.OutputPadded;

    /// <summary>Mean of a user's context, zero at first, to be written.</summary>
    public T* OfContext(int user) => Inputs + (long)user * last.InputPadded;

    /// <summary>Adjoint of <see cref="OfContext"/>.</summary>
    public T* ContextAdjoint(int user) => inputAdjoint + (long)user * last.InputPadded;

    /// <summary>Takes values, and memory for so many users.</summary>
    public void Begin(T* values, int number, Arena<T> arena)
    {
        block = values;
        users = number;
        last.Begin(values, arena);
        Inputs = arena.TakeZeros((long)number * last.InputPadded);
        own = arena.Take((long)number * Padded);
        Tasks = arena.Take((long)number * Padded);
        assignment = arena.Take((long)number * size);
        spread = arena.Take((long)number * size);
    }

    /// <summary>Takes memory for the way back, and the derivative of the clustering loss of all users.</summary>
    public void BeginReverse(T clustering, Arena<T> arena)
    {
        TaskAdjoint = arena.TakeZeros((long)users * Padded);
        ownAdjoint = arena.Take((long)users * Padded);
        inputAdjoint = arena.Take((long)users * last.InputPadded);
        assignmentAdjoint = arena.Take((long)users * size);
        pulls = arena.Take((long)users * size);
        last.Collect(Inputs, ownAdjoint, users);
        kernel.ReverseClustering(clustering, assignment, users, assignmentAdjoint);
    }

    /// <summary>Task embeddings of some users.</summary>
    public void Forward(Chunk chunk)
    {
        var (first, count) = (chunk.FirstUser, chunk.EndUser - chunk.FirstUser);
        last.Apply(OfContext(first), own + (long)first * Padded, count, accumulate: false);
        for (var u = first; u < chunk.EndUser; u++)
        {
            var weights = assignment + (long)u * size;
            kernel.Assign(own + (long)u * Padded, block + pool, weights, spread + (long)u * size);
            var task = Tasks + (long)u * Padded;
            Arithmetic<T>.Copy(own + (long)u * Padded, task, Padded);
            arithmetic.AddRows(weights, block + pool, task, size, Padded);
        }
    }

    /// <summary>Adjoints of some users' means of points.</summary>
    public void Reverse(Chunk chunk)
    {
        for (var u = chunk.FirstUser; u < chunk.EndUser; u++)
        {
            var (at, start) = ((long)u * size, (long)u * Padded);
            var task = TaskAdjoint + start;
            arithmetic.RowDots(
                block + pool,
                task,
                T.One,
                T.Zero,
                assignmentAdjoint + at,
                size,
                Padded,
                accumulate: true
            );
            kernel.Reverse(assignment + at, spread + at, assignmentAdjoint + at, pulls + at);
            // The vector gets −Σ e (vector − g).
            arithmetic.Scale(T.One, task, ownAdjoint + start, Padded);
            arithmetic.AddScaled(-Sum(pulls + at), own + start, ownAdjoint + start, Padded);
            arithmetic.AddRows(pulls + at, block + pool, ownAdjoint + start, size, Padded);
        }
        var (first, count) = (chunk.FirstUser, chunk.EndUser - chunk.FirstUser);
        last.Pull(ownAdjoint + (long)first * Padded, ContextAdjoint(first), count, accumulate: false);
    }

    /// <inheritdoc/>
    public void WriteGradient(int piece, T* gradient)
    {
        if (piece < last.Pieces)
        {
            last.WriteGradient(piece, gradient);
            return;
        }
        // Each g gets q times the task's adjoint and e (vector − g), over all users.
        var target = new Matrix<T>(gradient + pool, size, Padded);
        arithmetic.Gemm(
            new Matrix<T>(assignment, users, size).Transposed,
            new(TaskAdjoint, users, Padded),
            target,
            accumulate: false
        );
        arithmetic.Gemm(
            new Matrix<T>(pulls, users, size).Transposed,
            new(own, users, Padded),
            target,
            accumulate: true
        );
        for (var k = 0; k < size; k++)
        {
            var sum = T.Zero;
            for (var u = 0; u < users; u++)
            {
                sum += pulls[(long)u * size + k];
            }
            var start = (long)k * Padded;
            arithmetic.AddScaled(-sum, block + pool + start, gradient + pool + start, Padded);
        }
    }

    private T Sum(T* numbers)
    {
        var sum = T.Zero;
        for (var k = 0; k < size; k++)
        {
            sum += numbers[k];
        }
        return sum;
    }
}
