using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Networks;
using RobustMeta.Engine.Fused.Vectors;

namespace RobustMeta.Engine.Fused.Processes;

/// <summary>
/// The first layer of a network whose input is (encoded item | encoded user | more of the user, or the row's residual). A row is
/// the item's part, computed once an item, plus the user's, computed once a user, plus a number times a vector. Before the nonlinearity.
/// </summary>
internal sealed unsafe class PointLayer<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Arithmetic<T> arithmetic;
    private readonly DenseMap<T> items;
    private readonly DenseMap<T> users;
    private readonly DenseMap<T>? latent;
    private readonly VectorGradient<T>? ofResidual;
    private readonly long residual;
    private T* block;
    private T* itemPart;
    private T* userPart;
    private T* itemSums;
    private T* userSums;
    private T* rowAdjoint;
    private int endRow;

    /// <summary>A layer whose parameters get places in a layout.</summary>
    /// <param name="name">Its parameters are <c>NAME.weight</c> and <c>NAME.bias</c>.</param>
    /// <param name="inputs">Width of an encoded item and of an encoded user.</param>
    /// <param name="latents">Width of the latent variable, an input of the users; 0 where the residual is one of the rows.</param>
    /// <param name="outputs">Width of the output.</param>
    /// <param name="layout">Receives the parameters.</param>
    /// <param name="arithmetic">Arithmetic.</param>
    public PointLayer(string name, int inputs, int latents, int outputs, BlockLayout layout, Arithmetic<T> arithmetic)
    {
        this.arithmetic = arithmetic;
        var weight = $"{name}.weight";
        items = new(weight, 0, null, inputs, outputs, layout, arithmetic);
        users = new(weight, inputs, $"{name}.bias", inputs, outputs, layout, arithmetic);
        if (latents > 0)
        {
            latent = new(weight, 2 * inputs, null, latents, outputs, layout, arithmetic);
        }
        else
        {
            residual = layout.Add(weight, 2 * inputs, 1, outputs, Padded);
            ofResidual = new(residual, Padded, arithmetic);
        }
    }

    /// <summary>Row length of the outputs.</summary>
    public int Padded => items.OutputPadded;

    /// <summary>Gradients of the parameters.</summary>
    public IReadOnlyList<IGradientPieces<T>> Gradients =>
        latent is null ? [items, users, ofResidual!] : [items, users, latent];

    /// <summary>Takes values, and memory for a batch.</summary>
    public void Begin(T* values, ProcessBatch<T> batch, Arena<T> arena)
    {
        block = values;
        items.Begin(values, arena);
        users.Begin(values, arena);
        latent?.Begin(values, arena);
        itemPart = arena.Take((long)batch.Slots.Count * Padded);
        userPart = arena.Take((long)batch.Tasks.Count * Padded);
    }

    /// <summary>Takes memory for the way back.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="arena">Its memory.</param>
    /// <param name="latents">Latent variables of the users; not used without.</param>
    /// <param name="adjoint">Where the adjoints of rows will stand, <c>[rows, padded]</c>.</param>
    /// <param name="rows">Number of rows that have one, from the first on.</param>
    public void BeginReverse(ProcessBatch<T> batch, Arena<T> arena, T* latents, T* adjoint, int rows)
    {
        rowAdjoint = adjoint;
        endRow = rows;
        itemSums = arena.Take((long)batch.Slots.Count * Padded);
        userSums = arena.TakeZeros((long)batch.Tasks.Count * Padded);
        items.Collect(batch.Items, itemSums, batch.Slots.Count);
        users.Collect(batch.Users, userSums, batch.Tasks.Count);
        latent?.Collect(latents, userSums, batch.Tasks.Count);
        ofResidual?.Collect(batch.Residuals, adjoint, rows);
    }

    /// <summary>The part of some items.</summary>
    public void EncodeItems(ProcessBatch<T> batch, int first, int count) =>
        items.Apply(
            batch.Items + (long)first * items.InputPadded,
            itemPart + (long)first * Padded,
            count,
            accumulate: false
        );

    /// <summary>The part of some users.</summary>
    public void EncodeUsers(ProcessBatch<T> batch, Chunk chunk, T* latents)
    {
        var (first, count) = (chunk.FirstUser, chunk.EndUser - chunk.FirstUser);
        var target = userPart + (long)first * Padded;
        users.Apply(batch.Users + (long)first * users.InputPadded, target, count, accumulate: false);
        latent?.Apply(latents + (long)first * latent.InputPadded, target, count, accumulate: true);
    }

    /// <summary>Some rows of a user.</summary>
    public void Forward(ProcessBatch<T> batch, int user, RowRange rows, T* outputs)
    {
        for (var row = rows.First; row < rows.First + rows.Count; row++)
        {
            var target = outputs + (long)row * Padded;
            var item = itemPart + (long)batch.Slots.Of[row] * Padded;
            arithmetic.Add(item, userPart + (long)user * Padded, target, Padded);
            if (latent is null)
            {
                arithmetic.AddScaled(batch.Residuals[row], block + residual, target, Padded);
            }
        }
    }

    /// <summary>Adds the adjoints of some rows of a user to those of the user's part.</summary>
    public void Reverse(int user, RowRange rows) =>
        arithmetic.AddRows(
            null,
            rowAdjoint + (long)rows.First * Padded,
            userSums + (long)user * Padded,
            rows.Count,
            Padded
        );

    /// <summary>Adjoints of some encoded items, or added to what is there.</summary>
    public void ReverseItems(ProcessBatch<T> batch, int first, int count, T* target, bool accumulate)
    {
        var sums = itemSums + (long)first * Padded;
        batch.Slots.SumRows(arithmetic, rowAdjoint, 0, endRow, first, count, sums, Padded, accumulate: false);
        items.Pull(sums, target, count, accumulate);
    }

    /// <summary>Adjoints of some encoded users (<c>[B, padded]</c>), or added to what is there.</summary>
    public void ReverseUsers(Chunk chunk, T* target, bool accumulate)
    {
        var (first, count) = (chunk.FirstUser, chunk.EndUser - chunk.FirstUser);
        users.Pull(userSums + (long)first * Padded, target + (long)first * users.InputPadded, count, accumulate);
    }

    /// <summary>Adjoints of some users' latent variables (<c>[B, padded]</c>).</summary>
    public void ReverseLatents(Chunk chunk, T* target)
    {
        var (first, count) = (chunk.FirstUser, chunk.EndUser - chunk.FirstUser);
        latent!.Pull(
            userSums + (long)first * Padded,
            target + (long)first * latent.InputPadded,
            count,
            accumulate: false
        );
    }
}
