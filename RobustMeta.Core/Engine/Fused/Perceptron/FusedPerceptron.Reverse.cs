using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Runtime.Vectors;

namespace RobustMeta.Engine.Fused.Perceptron;

/// <content>The way back: chunks, then items and users, then the tables.</content>
internal sealed unsafe partial class FusedPerceptron<T>
{
    private const int NumbersPerPiece = 4096;
    private const int RowsPerPiece = 32;

    private T* chunkGradients;
    private T* itemLayerAdjoint;
    private T* itemAdjoint;
    private T* userAdjoint;
    private T* userBiasAdjoint;
    private T* total;

    /// <summary>Gradients of all parameters; see <see cref="IMetaGradientEngine.Backward"/>.</summary>
    public void Backward(ReadOnlySpan<T> queryWeights, ReadOnlySpan<T> userWeights)
    {
        RequireForward();
        TakeAdjoints(queryWeights, userWeights);
        pool.Run(chunks.Count, backward);
        pool.Run(ItemBlocks + 1, reverseItems);
        pool.Run(SumPieces + weightPieceCount + itemTables.Count, collect);
        AddFirstLayer(workers[0].Scratch);
        slow.Layout.Unpack(total, arrays.Gradient);
    }

    private void RequireForward()
    {
        if (!isReady)
        {
            throw new InvalidOperationException("Backward needs a Forward of the same batch before it.");
        }
        isReady = false;
    }

    private int SumPieces => (int)((slow.Layout.Size - slow.Layout.Rest + NumbersPerPiece - 1) / NumbersPerPiece);

    // The network's gradients, then the adjoints of products between tokens; places start at cache lines.
    private long ChunkSize => slow.Layout.Size + (pairs.Size + 15) / 16 * 16;

    private bool AdaptsFirst => shape.Steps > 0 && shape.AdaptsHidden[1];

    private void TakeAdjoints(ReadOnlySpan<T> queryWeights, ReadOnlySpan<T> userWeights)
    {
        var (rows, users) = (batch.SupportRows + batch.QueryRows, batch.Tasks.Count);
        var looksBack = shape.IsJoint || (shape.Steps > 0 && shape.IsSecondOrder);
        batch.FirstAdjoint = looksBack ? 0 : batch.SupportRows;
        batch.QueryWeights = memory.Take(batch.QueryRows);
        queryWeights.CopyTo(new(batch.QueryWeights, batch.QueryRows));
        batch.UserWeights = memory.Take(users);
        userWeights.CopyTo(new(batch.UserWeights, users));
        batch.LayerAdjoint = memory.Take((long)rows * shape.Padded[1]);
        batch.ItemAdjoint =
            batch.RowItems is not null ? batch.RowItems
            : AdaptsFirst ? memory.Take((long)rows * batch.ItemWidth)
            : null;
        batch.UserLayerAdjoint = memory.Take((long)users * shape.Padded[1]);
        batch.UserNormAdjoint = memory.TakeZeros(users);
        batch.UserMoveAdjoint = shape.HasRates ? memory.TakeZeros((long)users * shape.Padded[1]) : null;
        batch.UserInputAdjoint = shape.MovesInputs ? memory.TakeZeros((long)users * shape.UserPadded) : null;
        chunkGradients = memory.Take(chunks.Count * ChunkSize);
        TakeItemAdjoints();
        userAdjoint = memory.Take((long)users * shape.UserPadded);
        userBiasAdjoint = memory.Take(shape.Padded[1]);
        total = memory.Take(slow.Layout.Size);
    }

    private void BackwardChunk(int worker, int chunk)
    {
        // The last chunk first: caches still hold what it left on the way there.
        chunk = chunks.Count - 1 - chunk;
        var gradient = chunkGradients + chunk * ChunkSize;
        // In dual form nothing is added to the first layer's rows of items and users here; a part's block has to be whole.
        var start = isDual && partCount == 0 ? slow.Layout.Rest : 0;
        Arithmetic<T>.Clear(gradient + start, ChunkSize - start);
        workers[worker]
            .Training(isDual)
            .Backward(batch, chunks[chunk], (T*)chunkMemory[chunk], workers[worker].Scratch, gradient);
    }

    // The items' tables, which take the longest, so that the other pieces even out what workers have left to do; the first layer's rows of
    // items; sums over chunks. Each piece writes to a place of its own.
    private void Collect(int worker, int piece)
    {
        var rows = piece - itemTables.Count;
        if (rows < 0)
        {
            ReverseField(piece);
        }
        else if (rows < weightPieceCount)
        {
            var (first, count, place) = weightPieces[rows];
            AddWeightRows(first, count, batch.Items + place, batch.ItemWidth, itemLayerAdjoint, batch.Slots.Count);
        }
        else
        {
            var start = slow.Layout.Rest + (long)(rows - weightPieceCount) * NumbersPerPiece;
            SumChunks(start, (int)Math.Min(NumbersPerPiece, slow.Layout.Size - start));
        }
    }

    private void SumChunks(long start, int count)
    {
        Arithmetic<T>.Copy(chunkGradients + start, total + start, count);
        for (var chunk = 1; chunk < chunks.Count; chunk++)
        {
            arithmetic.AddScaled(T.One, chunkGradients + chunk * ChunkSize + start, total + start, count);
        }
    }

    // The first layer's rows of users, its bias, and the users' tables.
    private void ReverseUsers()
    {
        var (users, below, width) = (batch.Tasks.Count, shape.UserPadded, shape.Padded[1]);
        if (shape.MovesInputs)
        {
            SumChunks(slow.Layout.User, shape.UserWidth * width);
        }
        arithmetic.Gemm(
            new Matrix<T>(batch.Users, users, shape.UserWidth, below).Transposed,
            new(batch.UserLayerAdjoint, users, width),
            new(total + slow.Layout.User, shape.UserWidth, width),
            accumulate: shape.MovesInputs
        );
        Arithmetic<T>.Clear(userBiasAdjoint, width);
        arithmetic.AddRows(null, batch.UserLayerAdjoint, userBiasAdjoint, users, width);
        arithmetic.Gemm(
            new(batch.UserLayerAdjoint, users, shape.Width[1], width),
            new(slow.UserTransposed, shape.Width[1], below),
            new(userAdjoint, users, below),
            accumulate: false
        );
        AddMoves();
        for (var field = 0; field < userTables.Count; field++)
        {
            userTables.Scatter(field, batch.Tasks.Users.AsSpan(), userAdjoint, below);
        }
        for (var u = 0; u < users && exposure is not null; u++)
        {
            exposure.Reverse(u, userAdjoint + (long)u * below + exposure.Start, batch.SupportAdjoint);
        }
    }

    // What reaches x_u through |x_u|² (or the rates' weighted square): twice x_u in second order, once in first order,
    // where the step's own x_u counts as a constant.
    private void AddMoves()
    {
        if (!shape.AdaptsHidden[1] || shape.Steps == 0)
        {
            return;
        }
        var (below, width) = (shape.UserPadded, shape.Padded[1]);
        if (shape.MovesInputs)
        {
            arithmetic.AddScaled(T.One, batch.UserInputAdjoint, userAdjoint, batch.Tasks.Count * below);
            return;
        }
        var factor = shape.IsSecondOrder ? T.One + T.One : T.One;
        for (var u = 0; u < batch.Tasks.Count; u++)
        {
            var x = batch.Users + (long)u * below;
            if (!shape.HasRates)
            {
                arithmetic.AddScaled(factor * batch.UserNormAdjoint[u], x, userAdjoint + (long)u * below, below);
                continue;
            }
            var move = batch.UserMoveAdjoint + (long)u * width;
            for (var i = 0; i < shape.UserWidth; i++)
            {
                var rates = slow.Block + slow.Layout.RateUser + (long)i * width;
                userAdjoint[(long)u * below + i] += factor * x[i] * arithmetic.Dot(rates, move, width);
            }
        }
    }

    // Adjoints of the rates of the first layer's rows of users and of its bias, and of the context: after the sums.
    private void AddFirstLayer(Arena<T> scratch)
    {
        var width = shape.Padded[1];
        arithmetic.AddScaled(T.One, userBiasAdjoint, total + slow.Layout.Bias[1], width);
        if (slow.Layout.RateUser >= 0)
        {
            for (var u = 0; u < batch.Tasks.Count; u++)
            {
                var move = batch.UserMoveAdjoint + (long)u * width;
                arithmetic.AddScaled(T.One, move, total + slow.Layout.RateBias[1], width);
                for (var i = 0; i < shape.UserWidth; i++)
                {
                    var x = batch.Users[(long)u * shape.UserPadded + i];
                    arithmetic.AddScaled(x * x, move, total + slow.Layout.RateUser + (long)i * width, width);
                }
            }
        }
        if (shape.Context > 0 && shape.Steps > 0)
        {
            scratch.Reset();
            slow.ReverseContext(total + slow.Layout.ContextMove, total, scratch);
        }
    }
}
