using System.Diagnostics;
using System.Numerics;
using System.Numerics.Tensors;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Networks;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;
using RobustMeta.Runtime.Vectors;
using RobustMeta.Tasks;

namespace RobustMeta.Engine.Fused.UserVectors;

/// <summary>
/// Losses and exact gradients of MWUF's cold vectors and of its scaling and shifting networks, in any precision. See
/// DERIVATION.md, vectors of users.
/// </summary>
internal sealed unsafe class FusedMwuf<T> : VectorCore<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    // Rows of the table that are summed before they join the others: workers share them, and one long sum would lose digits.
    private const int RowsPerSum = 256;

    private readonly KeptBase<T> kept;
    private readonly AlignedNumbers<T> trained;
    private readonly T[] sums;
    private readonly int dim;
    private readonly RowNetwork<T> moves;
    private readonly RowNetwork<T> scale;
    private readonly RowNetwork<T> shift;
    private readonly VectorRows<T> cold;
    private readonly VectorRows<T> warm;
    private bool isTraining;
    private T* mean;
    private T* coldVectors;
    private T* warmVectors;
    private T* warmAdjoint;

    /// <summary>An engine core for a model.</summary>
    /// <param name="form">Form of the model.</param>
    /// <param name="phase">What is learned: cold vectors and both networks.</param>
    /// <param name="label">What the model predicts.</param>
    /// <param name="arrays">Its parameters.</param>
    /// <param name="threads">Number of workers.</param>
    /// <param name="arithmetic">Width of vectors.</param>
    public FusedMwuf(
        UserVectorForm form,
        TrainingPhase phase,
        LabelKind label,
        ParameterArrays<T> arrays,
        int threads,
        Arithmetic<T> arithmetic
    )
        : base(form, phase, arrays, threads, arithmetic)
    {
        var schema = form.Schema;
        dim = form.VectorDim;
        trained = arrays.Values("user.vector");
        sums = new T[(TrainedUsers + RowsPerSum - 1) / RowsPerSum * dim];
        kept = new(form, Network, Batch);
        moves = new(dim, [], Layout, arithmetic);
        scale = new(form.UserInputWidth, Layers("scale"), Layout, arithmetic);
        shift = new(schema.ItemWidth, Layers("shift"), Layout, arithmetic);
        cold = new(Batch, Network, new(label), arithmetic);
        warm = new(Batch, Network, new(label), arithmetic);
        Complete(
            kept.Items(arrays),
            [kept.Users(arrays), new("cold", [schema.UserIdentity with { Name = "move" }], dim, arrays, moves)],
            scale,
            shift
        );

        System.Collections.Immutable.ImmutableArray<RowLayer> Layers(string name) =>
            RowLayer.Perceptron(name, [form.MetaHidden, dim], Activation.Relu);
    }

    /// <inheritdoc/>
    protected override void Begin(ReadOnlySpan<T> supportWeights, bool isTraining)
    {
        var users = Batch.Tasks.Count;
        this.isTraining = isTraining;
        BeginBase(supportWeights);
        kept.Begin(Values, Memory);
        scale.Begin(Values, users, Memory);
        shift.Begin(Values, users, Memory);
        cold.Begin(Memory);
        warm.Begin(Memory);
        mean = Memory.TakeZeros(moves.OutputPadded);
        coldVectors = Memory.Take((long)users * moves.OutputPadded);
        warmVectors = Memory.Take((long)users * moves.OutputPadded);
    }

    /// <inheritdoc/>
    protected override int AsidePieces => sums.Length / dim;

    /// <inheritdoc/>
    /// <remarks>Some rows of the table, for the mean of the vectors of all meta-training users; row 0 stands for others.</remarks>
    protected override void Aside(int piece)
    {
        var sum = sums.AsSpan(piece * dim, dim);
        sum.Clear();
        var first = 1 + piece * RowsPerSum;
        for (var row = first; row < Math.Min(first + RowsPerSum, TrainedUsers + 1); row++)
        {
            TensorPrimitives.Add(sum, trained.AsSpan(row * dim, dim), sum);
        }
    }

    /// <inheritdoc/>
    protected override void EndEncoding()
    {
        var total = new Span<T>(mean, dim);
        for (var part = 0; part < sums.Length; part += dim)
        {
            TensorPrimitives.Add(total, sums.AsSpan(part, dim), total);
        }
        TensorPrimitives.Divide(total, T.CreateChecked(TrainedUsers), total);
    }

    /// <inheritdoc/>
    protected override void ForwardChunk(int worker, int chunk)
    {
        var users = Chunks[chunk];
        Batch.TakeFractions(users);
        for (var u = users.FirstUser; u < users.EndUser; u++)
        {
            PoolItems(u);
        }
        kept.Apply(scale, users);
        shift.Forward(users.FirstUser, users.EndUser - users.FirstUser);
        for (var u = users.FirstUser; u < users.EndUser; u++)
        {
            var (start, width) = ((long)u * moves.OutputPadded, moves.OutputPadded);
            Arithmetic.Add(moves.Outputs + start, mean, coldVectors + start, width);
            // c (1 + scale) + shift.
            Arithmetic.Add(coldVectors + start, shift.Outputs + start, warmVectors + start, width);
            Arithmetic.AddProduct(T.One, coldVectors + start, scale.Outputs + start, warmVectors + start, width);
        }
        // The warm vectors after the cold ones: scores and losses of the queries are theirs.
        if (isTraining)
        {
            kept.Take(cold, coldVectors, users);
        }
        kept.Take(warm, warmVectors, users);
        for (var u = users.FirstUser; u < users.EndUser; u++)
        {
            if (isTraining)
            {
                cold.ForwardSupport(u);
                cold.ForwardQuery(u);
                warm.ForwardSupport(u);
            }
            warm.ForwardQuery(u);
        }
    }

    /// <inheritdoc/>
    protected override void BeginReverse(ReadOnlySpan<T> queryWeights, ReadOnlySpan<T> userWeights)
    {
        Batch.BeginReverse(Memory, queryWeights, userWeights);
        cold.BeginReverse(Memory);
        warm.BeginReverse(Memory);
        scale.BeginReverse(Memory);
        shift.BeginReverse(Memory);
        warmAdjoint = Memory.Take((long)Batch.Tasks.Count * moves.OutputPadded);
    }

    /// <inheritdoc/>
    /// <remarks>The warm loss does not see the cold vectors, so only the cold one comes back to their moves.</remarks>
    protected override void ReverseChunk(int worker, int chunk)
    {
        var users = Chunks[chunk];
        Reverse(cold, users);
        Reverse(warm, users);
        kept.Pull(cold.OwnAdjoint, moves.OutputAdjoint, users, accumulate: false);
        kept.Pull(warm.OwnAdjoint, warmAdjoint, users, accumulate: false);
        var (first, count) = (users.FirstUser, users.EndUser - users.FirstUser);
        var (start, size) = ((long)first * moves.OutputPadded, count * moves.OutputPadded);
        Arithmetic<T>.Copy(warmAdjoint + start, shift.OutputAdjoint + start, size);
        Arithmetic<T>.Copy(warmAdjoint + start, scale.OutputAdjoint + start, size);
        Arithmetic.Multiply(coldVectors + start, scale.OutputAdjoint + start, size);
        scale.Reverse(first, count);
        shift.Reverse(first, count);
        for (var u = first; u < users.EndUser; u++)
        {
            ReversePool(u);
            Batch.GiveWeightAdjoint(u);
        }
    }

    /// <inheritdoc/>
    protected override void ReverseItems(int first, int count, T* target) => throw new UnreachableException();

    private void Reverse(VectorRows<T> rows, Chunk users)
    {
        for (var u = users.FirstUser; u < users.EndUser; u++)
        {
            rows.WeighSupport(u);
            rows.WeighQuery(u, T.One);
            rows.Reverse(u, Batch.SupportOf(u), rows.Units);
            rows.Reverse(u, Batch.QueryOf(u), rows.Units);
        }
    }

    // The mean item of a user's support.
    private void PoolItems(int user)
    {
        var target = shift.Inputs + (long)user * shift.InputPadded;
        Arithmetic<T>.Clear(target, shift.InputPadded);
        var (first, count) = Batch.SupportOf(user);
        for (var i = first; i < first + count; i++)
        {
            Arithmetic.AddScaled(Batch.Fractions[i], Item(i), target, shift.InputPadded);
        }
    }

    private void ReversePool(int user)
    {
        var pulled = shift.InputAdjoint + (long)user * shift.InputPadded;
        var (first, count) = Batch.SupportOf(user);
        for (var i = first; i < first + count && Batch.SupportAdjoint.Length > 0; i++)
        {
            Batch.FractionAdjoint[i] += Arithmetic.Dot(pulled, Item(i), shift.InputPadded);
        }
    }

    private int TrainedUsers => trained.Length / dim - 1;

    private T* Item(int row) => Network.Items.Inputs + (long)Batch.Slots.Of[row] * shift.InputPadded;
}
