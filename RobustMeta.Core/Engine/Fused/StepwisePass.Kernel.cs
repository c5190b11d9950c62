namespace RobustMeta.Engine.Fused;

/// <content>
/// The first layer without a user's own weights: its inputs X are the same at every step, so that with the sum of the deltas
/// so far S_t and the kernel K = −α (X Xᵀ + |x_u|² + 1), Z_1 at step t is Z_1 at the start plus K S_t.
/// </content>
internal sealed unsafe partial class StepwisePass<T>
{
    // S_t [steps + 1], S_0 being zero and null; K between supports (null with a single step, which never looks at the
    // supports again), and between queries and supports.
    private readonly T*[] sums;
    private T* supportKernel;
    private T* queryKernel;

    // Adjoints of the sum of deltas and of the kernels over −α.
    private T* sumAdjoint;
    private T* supportMove;
    private T* queryMove;
    private bool usesKernel;

    private void CarveKernel(ref Bump<T> memory, int supports, int queries, bool training)
    {
        supportKernel = steps > 1 ? memory.Take((long)supports * supports) : null;
        queryKernel = memory.Take((long)supports * queries);
        var size = (long)supports * Shape.Padded[1];
        for (var t = 1; t <= steps; t++)
        {
            sums[t] = training || t == 1 ? memory.Take(size) : sums[1];
        }
    }

    private void FillKernels(FusedBatch<T> batch, int user, T* items, int count, Arena<T> scratch)
    {
        var width = Shape.Padded[0];
        var (first, queries) = (batch.Tasks.QueryOffsets[user], batch.Tasks.QueryLength(user));
        var shift = batch.UserNorm[user];
        if (steps > 1)
        {
            Arithmetic.Gram(items, width, items, width, supportKernel, count, count, width, -LocalLr, shift);
        }
        var asked = scratch.Take((long)queries * width);
        Gather(batch, batch.SupportRows + first, queries, asked);
        Arithmetic.Gram(asked, width, items, width, queryKernel, queries, count, width, -LocalLr, shift);
    }

    // Z_1 of some rows += K S_t.
    private void AddKernel(T* kernel, int t, int supports, int rows, T* target) =>
        Arithmetic.Gemm(
            kernel,
            supports,
            1,
            sums[t],
            Shape.Padded[1],
            target,
            Shape.Padded[1],
            rows,
            Shape.Padded[1],
            supports,
            accumulate: true
        );

    // S_{t+1} = S_t + D_1.
    private void AddToSum(int t, int count)
    {
        var size = count * Shape.Padded[1];
        if (t == 0)
        {
            Arithmetic<T>.Copy(rows[0].Delta[1], sums[1], size);
        }
        else
        {
            Arithmetic.Add(sums[t], rows[t].Delta[1], sums[t + 1], size);
        }
    }

    // With E the adjoint of the queries' Z_1: S gets K_qᵀ E, K_q gets E Sᵀ.
    private void ReverseQueryKernel(int supports, int queries, T* errors, Arena<T> scratch)
    {
        var width = Shape.Padded[1];
        queryMove = scratch.Take((long)queries * supports);
        Arithmetic.Gram(errors, width, sums[steps], width, queryMove, queries, supports, width, -LocalLr, T.Zero);
        if (!Shape.IsSecondOrder)
        {
            return;
        }
        sumAdjoint = scratch.Take((long)supports * width);
        supportMove = steps > 1 ? scratch.TakeZeros((long)supports * supports) : null;
        Arithmetic.Gemm(
            queryKernel,
            1,
            supports,
            errors,
            width,
            sumAdjoint,
            width,
            supports,
            width,
            queries,
            accumulate: false
        );
    }

    // The same for the supports' Z_1 at step t.
    private void ReverseSupportKernel(int t, int supports, T* errors, Arena<T> scratch)
    {
        var width = Shape.Padded[1];
        var move = scratch.Take((long)supports * supports);
        Arithmetic.Gram(errors, width, sums[t], width, move, supports, supports, width, -LocalLr, T.Zero);
        Arithmetic.AddScaled(T.One, move, supportMove, supports * supports);
        Arithmetic.Gemm(
            supportKernel,
            supports,
            1,
            errors,
            width,
            sumAdjoint,
            width,
            supports,
            width,
            supports,
            accumulate: true
        );
    }

    // From the kernels to the items and to |x_u|². In first order the supports' items are constants of the step.
    private void ReverseKernels(FusedBatch<T> batch, int user, T* items, Arena<T> scratch)
    {
        var (first, supports) = (batch.Tasks.SupportOffsets[user], batch.Tasks.SupportLength(user));
        var (firstQuery, queries) = (batch.Tasks.QueryOffsets[user], batch.Tasks.QueryLength(user));
        var width = Shape.Padded[0];
        var ofQueries = batch.ItemAdjoint + (long)(batch.SupportRows + firstQuery) * width;
        Arithmetic.Gemm(queryMove, supports, 1, items, width, ofQueries, width, queries, width, supports, false);
        var norm = Sum(queryMove, queries * supports);
        if (Shape.IsSecondOrder)
        {
            var ofSupports = batch.ItemAdjoint + (long)first * width;
            var asked = scratch.Take((long)queries * width);
            Gather(batch, batch.SupportRows + firstQuery, queries, asked);
            Arithmetic.Gemm(queryMove, 1, supports, asked, width, ofSupports, width, supports, width, queries, false);
            if (steps > 1)
            {
                norm += Sum(supportMove, supports * supports);
                Symmetrise(supportMove, supports);
                Arithmetic.Gemm(
                    supportMove,
                    supports,
                    1,
                    items,
                    width,
                    ofSupports,
                    width,
                    supports,
                    width,
                    supports,
                    accumulate: true
                );
            }
        }
        batch.UserNormAdjoint[user] = norm;
    }

    // M + Mᵀ in place of M: the kernel has X on both sides.
    private static void Symmetrise(T* matrix, int n)
    {
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var both = matrix[(long)i * n + j] + matrix[(long)j * n + i];
                matrix[(long)i * n + j] = both;
                matrix[(long)j * n + i] = both;
            }
        }
    }
}
