using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;

namespace RobustMeta.Engine.Fused.Perceptron;

/// <content>
/// Inputs that move with the embeddings: X^t = X^0 + P M^t with the moves M^t of the user's own rows, the user's input x_u^t and the
/// first layer's user part W_u^t. See DERIVATION.md, embeddings that adapt.
/// </content>
internal sealed unsafe partial class StepwisePass<T>
{
    // x_u^t and W_u^t [steps + 1]; the queries' items after the last step.
    private readonly T*[] userRow;
    private readonly T*[] userWeight;
    private T* queryItems;

    // M^t, on the way there.
    private T* moves;

    // Adjoints of W_u, x_u and the own rows, as they stand between two steps on the way back.
    private T* userWeightAdjoint;
    private T* userRowAdjoint;
    private T* ownAdjoint;

    private bool MovesInputs => Shape.MovesInputs;

    private void CarveInputs(ref Bump<T> memory, FusedBatch<T> batch, int user, bool training)
    {
        var start = memory;
        userRow[0] = batch.Users + (long)user * Shape.UserPadded;
        userWeight[0] = Slow.Block + at.User;
        for (var t = 0; t < steps; t++)
        {
            var same = training ? memory : start;
            supportItems[t] = same.Take((long)batch.Tasks.SupportLength(user) * Shape.Padded[0]);
            userRow[t + 1] = same.Take(Shape.UserPadded);
            userWeight[t + 1] = same.Take((long)Shape.UserWidth * Shape.Padded[1]);
            memory = same;
        }
        queryItems = memory.Take((long)batch.Tasks.QueryLength(user) * Shape.Padded[0]);
    }

    private void StartMoves(FusedBatch<T> batch, int user, Arena<T> scratch)
    {
        moves = scratch.TakeZeros((long)batch.OwnTokens!.Count(user) * batch.OwnTokens.Width);
        Gather(batch, batch.Tasks.SupportStarts[user], batch.Tasks.SupportLength(user), supportItems[0]);
    }

    // M^{t+1} = M^t − α Pᵀ (D_1 W_1ᵀ): before the step on W_1.
    private void MoveOwnRows(FusedBatch<T> batch, int user, int t, Arena<T> scratch)
    {
        var (rows, width) = (batch.SupportOf(user), Shape.Padded[0]);
        var pulled = scratch.Take((long)rows.Count * width);
        Network.Pull(this.rows[t].Delta[1], weights[t], 1, pulled, rows.Count, accumulate: false);
        batch.OwnTokens!.Sum(rows, -LocalLr, pulled, width, moves);
    }

    // X^{t+1}, or the queries' after the last step.
    private void MoveItems(FusedBatch<T> batch, RowRange rows, T* target)
    {
        Gather(batch, rows.First, rows.Count, target);
        batch.OwnTokens!.Spread(rows, T.One, moves, target, Shape.Padded[0]);
    }

    // W_u ← W_u − α x_u d̄ᵀ, x_u ← x_u − α ρ ∘ (W_u d̄), both from the old ones, and the user's part of the first layer.
    private void MoveUser(FusedBatch<T> batch, int user, int t, T* sum, Arena<T> scratch)
    {
        var (users, width) = (Shape.UserWidth, Shape.Padded[1]);
        var pulled = scratch.TakeZeros(Shape.UserPadded);
        Arithmetic.RowDots(userWeight[t], sum, T.One, T.Zero, pulled, users, width, accumulate: false);
        Take(userWeight[t], userWeight[t + 1], (long)users * width);
        Arithmetic.Outer(userRow[t], -LocalLr, sum, userWeight[t + 1], users, width, accumulate: true);
        Take(userRow[t], userRow[t + 1], Shape.UserPadded);
        var metric = batch.UserMetric + (long)user * Shape.UserPadded;
        Arithmetic.AddProduct(-LocalLr, metric, pulled, userRow[t + 1], Shape.UserPadded);
        Arithmetic<T>.Copy(weights[t + 1].Bias[1], userLayer[t + 1], width);
        AddUserPart(userRow[t + 1], t + 1, userLayer[t + 1]);
    }

    // into += x W_u^t.
    private void AddUserPart(T* x, int t, T* into) =>
        Arithmetic.Gemm(
            new(x, 1, Shape.UserWidth, Shape.UserPadded),
            new(userWeight[t], Shape.UserWidth, Shape.Padded[1]),
            new(into, 1, Shape.Padded[1]),
            accumulate: true
        );

    private void StartInputAdjoints(FusedBatch<T> batch, int user, Arena<T> scratch)
    {
        userWeightAdjoint = scratch.TakeZeros((long)Shape.UserWidth * Shape.Padded[1]);
        userRowAdjoint = batch.UserInputAdjoint + (long)user * Shape.UserPadded;
        ownAdjoint = scratch.Take((long)batch.OwnTokens!.Count(user) * batch.OwnTokens.Width);
    }

    // From c̄ to what made the user's part at step t; where that is the slow layer, the batch does it for all users at once.
    private void ReverseUserPart(int t)
    {
        if (t == 0)
        {
            return;
        }
        var (users, width) = (Shape.UserWidth, Shape.Padded[1]);
        Arithmetic.AddScaled(T.One, userAdjoint, own.Bias[1], width);
        Arithmetic.Outer(userRow[t], T.One, userAdjoint, userWeightAdjoint, users, width, accumulate: true);
        Arithmetic.RowDots(userWeight[t], userAdjoint, T.One, T.Zero, userRowAdjoint, users, width, accumulate: true);
        Arithmetic<T>.Clear(userAdjoint, width);
    }

    // The adjoint of the own rows after step t: all that has reached the rows' items so far.
    private void SumOwnAdjoint(FusedBatch<T> batch, int user, int t)
    {
        var (rows, queries, width) = (batch.SupportOf(user), batch.QueryOf(user), Shape.Padded[0]);
        var tokens = batch.OwnTokens!;
        Arithmetic<T>.Clear(ownAdjoint, (long)tokens.Count(user) * tokens.Width);
        tokens.Sum(queries, T.One, batch.ItemAdjoint + (long)queries.First * width, width, ownAdjoint);
        if (t < steps - 1)
        {
            tokens.Sum(rows, T.One, batch.ItemAdjoint + (long)rows.First * width, width, ownAdjoint);
        }
    }

    // F_1 and the old weights get what the step did to the inputs: those of the items, then that of the user.
    private void PushInputs(FusedBatch<T> batch, int user, int t, Arena<T> scratch)
    {
        var (rows, width) = (batch.SupportOf(user), Shape.Padded[0]);
        var u = scratch.TakeZeros((long)rows.Count * width);
        batch.OwnTokens!.Spread(rows, -LocalLr, ownAdjoint, u, width);
        Arithmetic.Gemm(
            new(u, rows.Count, Shape.Width[0], width),
            new(weights[t].Weight[1], Shape.Width[0], Shape.Padded[1]),
            new(f[1], rows.Count, Shape.Padded[1]),
            accumulate: true
        );
        Network.AddOuter(u, 0, this.rows[t].Delta[1], 1, own.Weight[1], rows.Count);
        PushUserInput(batch, user, t, scratch);
    }

    private void PushUserInput(FusedBatch<T> batch, int user, int t, Arena<T> scratch)
    {
        var (users, width) = (Shape.UserWidth, Shape.Padded[1]);
        var count = batch.Tasks.SupportLength(user);
        var sum = DeltaSum(t, count, scratch);
        var metric = batch.UserMetric + (long)user * Shape.UserPadded;
        var u = scratch.TakeZeros(Shape.UserPadded);
        Arithmetic.AddProduct(-LocalLr, metric, userRowAdjoint, u, Shape.UserPadded);
        var pushed = scratch.TakeZeros(width);
        Arithmetic.AddRows(userRow[t], userWeightAdjoint, pushed, users, width);
        Arithmetic.Scale(-LocalLr, pushed, pushed, width);
        AddUserPart(u, t, pushed);
        Arithmetic.Outer(null, T.One, pushed, f[1], count, width, accumulate: true);
        Arithmetic.RowDots(userWeightAdjoint, sum, -LocalLr, T.Zero, userRowAdjoint, users, width, accumulate: true);
        Arithmetic.Outer(u, T.One, sum, userWeightAdjoint, users, width, accumulate: true);
    }
}
