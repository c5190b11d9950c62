using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Runtime.Vectors;

namespace RobustMeta.Engine.Fused.Perceptron;

/// <content>
/// The first layer without a user's own weights: its inputs X are the same at every step, so that with the sum of the deltas
/// so far S_t and the kernel K = −α (X Xᵀ + |x_u|² + 1), Z_1 at step t is Z_1 at the start plus K S_t.
/// </content>
internal sealed unsafe partial class StepwisePass<T>
{
    // S_t, which every step adds to in place; K between supports (null with a single step, which never uses the
    // supports again), and between queries and supports.
    private T* sum;
    private T* supportKernel;
    private T* queryKernel;

    // Adjoints of the sum of deltas and of the kernels over −α.
    private T* sumAdjoint;
    private T* supportMove;
    private T* queryMove;
    private bool usesKernel;

    private void CarveKernel(ref Bump<T> memory, int supports, int queries)
    {
        supportKernel = steps > 1 ? memory.Take((long)supports * supports) : null;
        queryKernel = memory.Take((long)supports * queries);
        sum = memory.Take((long)supports * Shape.Padded[1]);
    }

    private void FillKernels(FusedBatch<T> batch, int user, Arena<T> scratch)
    {
        var items = supportItems[0];
        var count = batch.Tasks.SupportLength(user);
        var width = batch.ItemWidth;
        var (first, queries) = (batch.Tasks.QueryStarts[user], batch.Tasks.QueryLength(user));
        var shift = batch.UserNorm[user];
        if (steps > 1)
        {
            Arithmetic.Gram(
                new(items, count, width),
                new(items, count, width),
                new(supportKernel, count, count),
                -LocalLr,
                shift
            );
            batch.Pairs.Add(batch.SupportOf(user), batch.SupportOf(user), supportKernel);
        }
        var asked = scratch.Take((long)queries * width);
        Gather(batch, batch.SupportRows + first, queries, asked);
        Arithmetic.Gram(
            new(asked, queries, width),
            new(items, count, width),
            new(queryKernel, queries, count),
            -LocalLr,
            shift
        );
        batch.Pairs.Add(batch.QueryOf(user), batch.SupportOf(user), queryKernel);
    }

    // Z_1 of some rows += K S.
    private void AddKernel(T* kernel, int supports, int rows, T* target) =>
        Arithmetic.Gemm(
            new(kernel, rows, supports),
            new(sum, supports, Shape.Padded[1]),
            new(target, rows, Shape.Padded[1]),
            accumulate: true
        );

    // S_{t+1} = S_t + D_1.
    private void AddToSum(int t, T* delta, int count)
    {
        var size = count * Shape.Padded[1];
        if (t == 0)
        {
            Arithmetic<T>.Copy(delta, sum, size);
        }
        else
        {
            Arithmetic.AddScaled(T.One, delta, sum, size);
        }
    }

    // S_t anew from the steps before t. Two layers of which the last is taken apart keep no D_1, but what it is made of.
    private void SumDeltas(int t, int count, Arena<T> scratch)
    {
        var width = Shape.Padded[1];
        var isMade = hidden == 2 && Shape.SplitsLast;
        var made = isMade ? scratch.Take((long)count * width) : null;
        for (var s = 0; s < t; s++)
        {
            if (isMade)
            {
                Arithmetic.ScaleRows(rows[s].OutputDelta, rows[s].Pulled[1], null, null, made, count, width);
            }
            AddToSum(s, isMade ? made : rows[s].Delta[1], count);
        }
    }

    // With E the adjoint of the queries' Z_1: S gets K_qᵀ E, K_q gets E Sᵀ.
    private void ReverseQueryKernel(int supports, int queries, T* errors, Arena<T> scratch)
    {
        var width = Shape.Padded[1];
        queryMove = scratch.Take((long)queries * supports);
        Arithmetic.Gram(
            new(errors, queries, width),
            new(sum, supports, width),
            new(queryMove, queries, supports),
            -LocalLr,
            T.Zero
        );
        if (!Shape.IsSecondOrder)
        {
            return;
        }
        sumAdjoint = scratch.Take((long)supports * width);
        supportMove = steps > 1 ? scratch.TakeZeros((long)supports * supports) : null;
        Arithmetic.Gemm(
            new Matrix<T>(queryKernel, queries, supports).Transposed,
            new(errors, queries, width),
            new(sumAdjoint, supports, width),
            accumulate: false
        );
    }

    // The same for the supports' Z_1 at a step after the first.
    private void ReverseSupportKernel(int supports, T* errors, Arena<T> scratch)
    {
        var width = Shape.Padded[1];
        var move = scratch.Take((long)supports * supports);
        Arithmetic.Gram(
            new(errors, supports, width),
            new(sum, supports, width),
            new(move, supports, supports),
            -LocalLr,
            T.Zero
        );
        Arithmetic.AddScaled(T.One, move, supportMove, supports * supports);
        Arithmetic.Gemm(
            new(supportKernel, supports, supports),
            new(errors, supports, width),
            new(sumAdjoint, supports, width),
            accumulate: true
        );
    }

    // From the kernels to the items and to |x_u|². In first order the supports' items are constants of the step.
    private void ReverseKernels(FusedBatch<T> batch, int user, T* gradient, Arena<T> scratch)
    {
        var items = supportItems[0];
        var (first, supports) = (batch.Tasks.SupportStarts[user], batch.Tasks.SupportLength(user));
        var (firstQuery, queries) = (batch.Tasks.QueryStarts[user], batch.Tasks.QueryLength(user));
        var width = batch.ItemWidth;
        var ofQueries = batch.ItemAdjoint + (long)(batch.SupportRows + firstQuery) * width;
        Arithmetic.Gemm(
            new(queryMove, queries, supports),
            new(items, supports, width),
            new(ofQueries, queries, width),
            accumulate: false
        );
        var ofPairs = gradient + Slow.Layout.Size;
        batch.Pairs.Reverse(batch.QueryOf(user), batch.SupportOf(user), queryMove, ofPairs);
        var norm = Arithmetic<T>.Sum(queryMove, queries * supports);
        if (Shape.IsSecondOrder)
        {
            var ofSupports = batch.ItemAdjoint + (long)first * width;
            var asked = scratch.Take((long)queries * width);
            Gather(batch, batch.SupportRows + firstQuery, queries, asked);
            Arithmetic.Gemm(
                new Matrix<T>(queryMove, queries, supports).Transposed,
                new(asked, queries, width),
                new(ofSupports, supports, width),
                accumulate: false
            );
            if (steps > 1)
            {
                norm += Arithmetic<T>.Sum(supportMove, supports * supports);
                batch.Pairs.Reverse(batch.SupportOf(user), batch.SupportOf(user), supportMove, ofPairs);
                Symmetrise(supportMove, supports);
                Arithmetic.Gemm(
                    new(supportMove, supports, supports),
                    new(items, supports, width),
                    new(ofSupports, supports, width),
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
