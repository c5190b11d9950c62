using System.Diagnostics;
using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Networks;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;
using RobustMeta.Tasks;

namespace RobustMeta.Engine.Fused.UserVectors;

/// <summary>
/// Losses and exact gradients of MetaEmb's generator, in any precision, through the step on the generated vectors. See
/// DERIVATION.md, vectors of users.
/// </summary>
internal sealed unsafe class FusedMetaEmb<T> : VectorCore<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly T localLr;
    private readonly T alpha;
    private readonly KeptBase<T> kept;
    private readonly RowNetwork<T> generator;
    private readonly VectorRows<T> start;
    private readonly VectorRows<T> stepped;
    private T* pulls;
    private T* deltas;
    private T* vectors;
    private T* deltaAdjoint;

    /// <summary>An engine core for a model.</summary>
    /// <param name="form">Form of the model.</param>
    /// <param name="phase">What is learned: the generator.</param>
    /// <param name="label">What the model predicts.</param>
    /// <param name="arrays">Its parameters.</param>
    /// <param name="threads">Number of workers.</param>
    /// <param name="arithmetic">Width of vectors.</param>
    public FusedMetaEmb(
        UserVectorForm form,
        TrainingPhase phase,
        LabelKind label,
        ParameterArrays<T> arrays,
        int threads,
        Arithmetic<T> arithmetic
    )
        : base(form, phase, arrays, threads, arithmetic)
    {
        alpha = T.CreateChecked(form.Alpha);
        localLr = T.CreateChecked(form.LocalLr ?? throw new ArgumentException("The form has no step.", nameof(form)));
        kept = new(form, Network, Batch);
        var layers = RowLayer.Perceptron("generator", [form.MetaHidden, form.VectorDim], Activation.Relu);
        generator = new(form.UserInputWidth, layers, Layout, arithmetic);
        start = new(Batch, Network, new(label), arithmetic);
        stepped = new(Batch, Network, new(label), arithmetic);
        Complete(kept.Items(arrays), [kept.Users(arrays)], generator);
    }

    /// <inheritdoc/>
    protected override void Begin(ReadOnlySpan<T> supportWeights, bool isTraining)
    {
        var users = Batch.Tasks.Count;
        BeginBase(supportWeights);
        kept.Begin(Values, Memory);
        generator.Begin(Values, users, Memory);
        start.Begin(Memory, curved: true);
        stepped.Begin(Memory);
        pulls = Memory.Take(Batch.SupportRows);
        deltas = Memory.TakeZeros((long)users * Network.Padded);
        vectors = Memory.Take((long)users * generator.OutputPadded);
    }

    /// <inheritdoc/>
    protected override void ForwardChunk(int worker, int chunk)
    {
        var users = Chunks[chunk];
        Batch.TakeFractions(users);
        kept.Apply(generator, users);
        kept.Take(start, generator.Outputs, users);
        for (var u = users.FirstUser; u < users.EndUser; u++)
        {
            ForwardSupport(u);
        }
        var (first, count) = ((long)users.FirstUser * generator.OutputPadded, users.EndUser - users.FirstUser);
        Arithmetic<T>.Copy(generator.Outputs + first, vectors + first, (long)count * generator.OutputPadded);
        kept.Pull(deltas, vectors, users, accumulate: true);
        kept.Take(stepped, vectors, users);
        for (var u = users.FirstUser; u < users.EndUser; u++)
        {
            stepped.ForwardQuery(u);
        }
    }

    /// <inheritdoc/>
    protected override void BeginReverse(ReadOnlySpan<T> queryWeights, ReadOnlySpan<T> userWeights)
    {
        Batch.BeginReverse(Memory, queryWeights, userWeights);
        start.BeginReverse(Memory);
        stepped.BeginReverse(Memory);
        generator.BeginReverse(Memory);
        deltaAdjoint = Memory.Take((long)Batch.Tasks.Count * Network.Padded);
    }

    /// <inheritdoc/>
    protected override void ReverseChunk(int worker, int chunk)
    {
        var users = Chunks[chunk];
        for (var u = users.FirstUser; u < users.EndUser; u++)
        {
            stepped.WeighQuery(u, T.One - alpha);
            stepped.Reverse(u, Batch.QueryOf(u), stepped.Units);
        }
        var adjoint = generator.OutputAdjoint;
        kept.Pull(stepped.OwnAdjoint, adjoint, users, accumulate: false);
        kept.Push(adjoint, deltaAdjoint, users);
        for (var u = users.FirstUser; u < users.EndUser; u++)
        {
            ReverseSupport(u);
        }
        kept.Pull(start.OwnAdjoint, adjoint, users, accumulate: true);
        generator.Reverse(users.FirstUser, users.EndUser - users.FirstUser);
    }

    /// <inheritdoc/>
    protected override void ReverseItems(int first, int count, T* target) => throw new UnreachableException();

    // Losses under the generated vector, and −a D, what the step adds to the vector before the hidden layer's weight. The units'
    // place takes n_j, the derivatives of the scores by the hidden layer.
    private void ForwardSupport(int user)
    {
        var rows = Batch.SupportOf(user);
        start.ForwardSupport(user);
        var units = start.Units + (long)rows.First * Network.Padded;
        Network.Reverse(units, null, units, rows.Count);
        for (var i = rows.First; i < rows.First + rows.Count; i++)
        {
            pulls[i] = -localLr * Batch.Fractions[i] * start.Slopes[i];
        }
        var delta = deltas + (long)user * Network.Padded;
        Arithmetic.AddRows(pulls + rows.First, units, delta, rows.Count, Network.Padded);
    }

    // With t_j = −a n_jᵀ D̄: the score gets ω_j (ℓ″ t_j + α w ℓ′), its fraction ℓ′ t_j + α w ℓ.
    private void ReverseSupport(int user)
    {
        var (first, count) = Batch.SupportOf(user);
        var units = start.Units + (long)first * Network.Padded;
        var pulled = deltaAdjoint + (long)user * Network.Padded;
        Arithmetic.RowDots(units, pulled, -localLr, T.Zero, pulls + first, count, Network.Padded, accumulate: false);
        var weight = alpha * Batch.UserWeights[user];
        for (var i = first; i < first + count; i++)
        {
            var (slope, pull) = (start.Slopes[i], pulls[i]);
            Batch.FractionAdjoint[i] += slope * pull + weight * start.SupportLosses[i];
            start.Slopes[i] = Batch.Fractions[i] * (start.Curvatures[i] * pull + weight * slope);
        }
        var own = start.OwnAdjoint + (long)user * Network.Padded;
        Arithmetic.AddRows(start.Slopes + first, units, own, count, Network.Padded);
        Batch.GiveWeightAdjoint(user);
    }
}
