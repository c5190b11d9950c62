using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Networks;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;

namespace RobustMeta.Engine.Fused.Processes;

/// <summary>
/// From the mean of a user's points (before the encoder's linear layer) to the Gaussian of the latent variable, given the context and, in
/// training, given context and query; and the variable itself: the first one's mean in evaluation, a draw from the second in training.
/// </summary>
internal sealed unsafe class Posterior<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly RowNetwork<T> pooled;
    private readonly DenseMap<T> mean;
    private readonly DenseMap<T> logVariance;
    private T* means;
    private T* logs;
    private T* noise;
    private T* meanAdjoint;
    private T* logAdjoint;
    private int users;

    /// <summary>A posterior whose parameters get places in a layout.</summary>
    /// <param name="name">Prefix of the parameter names.</param>
    /// <param name="inputs">Width of a mean of points.</param>
    /// <param name="width">Width of the latent variable.</param>
    /// <param name="layout">Receives the parameters.</param>
    /// <param name="arithmetic">Arithmetic.</param>
    public Posterior(string name, int inputs, int width, BlockLayout layout, Arithmetic<T> arithmetic)
    {
        Width = width;
        pooled = new(
            inputs,
            [new($"{name}.2", width, null), new($"{name}.pooled.0", width, Activation.Relu)],
            layout,
            arithmetic
        );
        mean = new($"{name}.mean.0.weight", 0, $"{name}.mean.0.bias", width, width, layout, arithmetic);
        logVariance = new(
            $"{name}.logVariance.0.weight",
            0,
            $"{name}.logVariance.0.bias",
            width,
            width,
            layout,
            arithmetic
        );
    }

    /// <summary>Width of the latent variable.</summary>
    public int Width { get; }

    /// <summary>Gradients of the parameters.</summary>
    public IReadOnlyList<IGradientPieces<T>> Gradients => [pooled, mean, logVariance];

    /// <summary>The latent variables <c>[B, padded]</c>.</summary>
    public T* Latents { get; private set; }

    /// <summary>Adjoints of the latent variables, to be written before <see cref="Reverse"/>.</summary>
    public T* LatentAdjoint { get; private set; }

    private int Padded => mean.OutputPadded;

    /// <summary>Mean of a user's context, to be written.</summary>
    public T* OfContext(int user) => pooled.Inputs + (long)user * pooled.InputPadded;

    /// <summary>Mean of a user's context and query, to be written in training.</summary>
    public T* OfTarget(int user) => OfContext(users + user);

    /// <summary>Adjoint of <see cref="OfContext"/>.</summary>
    public T* ContextAdjoint(int user) => pooled.InputAdjoint + (long)user * pooled.InputPadded;

    /// <summary>Adjoint of <see cref="OfTarget"/>.</summary>
    public T* TargetAdjoint(int user) => ContextAdjoint(users + user);

    /// <summary>Takes values, and memory for so many users.</summary>
    public void Begin(T* values, int number, bool isTraining, Arena<T> arena)
    {
        users = number;
        pooled.Begin(values, isTraining ? 2 * number : number, arena);
        mean.Begin(values, arena);
        logVariance.Begin(values, arena);
        means = arena.Take((long)pooled.Rows * Padded);
        logs = arena.Take((long)pooled.Rows * Padded);
        noise = isTraining ? arena.TakeZeros((long)number * Padded) : null;
        Latents = isTraining ? arena.Take((long)number * Padded) : means;
    }

    /// <summary>Takes memory for the way back.</summary>
    public void BeginReverse(Arena<T> arena)
    {
        pooled.BeginReverse(arena);
        meanAdjoint = arena.Take((long)pooled.Rows * Padded);
        logAdjoint = arena.Take((long)pooled.Rows * Padded);
        LatentAdjoint = arena.Take((long)users * Padded);
        mean.Collect(pooled.Outputs, meanAdjoint, pooled.Rows);
        logVariance.Collect(pooled.Outputs, logAdjoint, pooled.Rows);
    }

    /// <summary>Takes what the latent variable of a user is drawn with.</summary>
    public void TakeNoise(int user, ReadOnlySpan<double> numbers)
    {
        for (var i = 0; i < numbers.Length; i++)
        {
            noise[(long)user * Padded + i] = T.CreateTruncating(numbers[i]);
        }
    }

    /// <summary>Gaussians and latent variables of some users.</summary>
    public void Forward(Chunk chunk)
    {
        var (first, count) = (chunk.FirstUser, chunk.EndUser - chunk.FirstUser);
        Encode(first, count);
        if (noise is null)
        {
            return;
        }
        Encode(users + first, count);
        var (target, own) = ((long)(users + first) * Padded, (long)first * Padded);
        GaussianKernel<T>.Draw(means + target, logs + target, noise + own, Latents + own, count * Padded);
    }

    /// <summary>Adjoints of some users' means of points, from those of the latent variables and from the divergence.</summary>
    /// <param name="chunk">The users.</param>
    /// <param name="weights">Weight of each user's divergence.</param>
    public void Reverse(Chunk chunk, T* weights)
    {
        for (var u = chunk.FirstUser; u < chunk.EndUser; u++)
        {
            var (target, own) = ((long)(users + u) * Padded, (long)u * Padded);
            GaussianKernel<T>.ReverseDraw(
                logs + target,
                noise + own,
                LatentAdjoint + own,
                meanAdjoint + target,
                logAdjoint + target,
                Padded
            );
            GaussianKernel<T>.ReverseDivergence(weights[u], At(target), At(own), Padded);
        }
        var (first, count) = (chunk.FirstUser, chunk.EndUser - chunk.FirstUser);
        Pull(first, count);
        Pull(users + first, count);
    }

    private void Encode(int first, int count)
    {
        pooled.Forward(first, count);
        var (inputs, start) = ((long)first * pooled.OutputPadded, (long)first * Padded);
        mean.Apply(pooled.Outputs + inputs, means + start, count, accumulate: false);
        logVariance.Apply(pooled.Outputs + inputs, logs + start, count, accumulate: false);
    }

    private void Pull(int first, int count)
    {
        var (inputs, start) = ((long)first * pooled.OutputPadded, (long)first * Padded);
        mean.Pull(meanAdjoint + start, pooled.OutputAdjoint + inputs, count, accumulate: false);
        logVariance.Pull(logAdjoint + start, pooled.OutputAdjoint + inputs, count, accumulate: true);
        pooled.Reverse(first, count);
    }

    private GaussianKernel<T>.Gaussian At(long start) =>
        new(means + start, logs + start, meanAdjoint + start, logAdjoint + start);
}
